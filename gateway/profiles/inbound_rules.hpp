#pragma once
// `in` of a profile: what its clients send, by their names, and what that is called here. Immutable and pure.

#include "events/errors.hpp"
#include "gateway/profiles/rule_reading.hpp"
#include "gateway/protocol/client_message.hpp"

#include <map>

namespace parley::gateway {

class inbound_rules {
public:
  [[nodiscard]] static checked<inbound_rules> compile(const located_json& from, rule_reading& reading);

  /// See profile::inbound.
  [[nodiscard]] result<std::optional<client_message>> apply(client_message m, std::string_view space) const;
  [[nodiscard]] std::vector<std::string_view> names() const;

private:
  struct rule {
    std::string event; ///< ours; empty: nothing is to be done
    std::string space; ///< empty: any
    condition when;
    std::optional<args_template> args;
  };
  [[nodiscard]] static checked<rule> read(const located_json& from, rule_reading& reading);

  std::map<std::string, std::vector<rule>, std::less<>> rules_;
};

} // namespace parley::gateway
