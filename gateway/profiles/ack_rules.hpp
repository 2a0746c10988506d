#pragma once
// `acks` of a profile: how its clients are answered what they asked, by their names; `*` is any other. Immutable and
// pure.

#include "gateway/profiles/rule_reading.hpp"

#include <map>

namespace parley::gateway {

/// An answer in their words.
struct foreign_reply {
  std::string_view event; ///< empty: the arguments of the callback, when there is one; else an event, callback or not
  std::string args;       ///< JSON array text

  friend bool operator==(const foreign_reply&, const foreign_reply&) = default;
};

class ack_rules {
public:
  enum class of : std::uint8_t { answer, refusal };

  [[nodiscard]] static checked<ack_rules> compile(const located_json& from, rule_reading& reading);

  /// None: the profile does not say; the framing's own form holds. `body` is JSON text.
  [[nodiscard]] std::optional<foreign_reply> apply(of what, std::string_view asked, std::string_view body) const;

private:
  struct reply {
    std::string event;
    args_template args;
  };
  struct entry {
    std::optional<reply> answer, refusal;
  };
  [[nodiscard]] static checked<std::optional<reply>> read(const located_json* from, rule_reading& reading);

  std::map<std::string, entry, std::less<>> entries_;
};

} // namespace parley::gateway
