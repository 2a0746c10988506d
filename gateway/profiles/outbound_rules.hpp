#pragma once
// `out` and `no_echo` of a profile: what Parley tells, and as which of their events its clients are told it. Immutable
// and pure.

#include "events/errors.hpp"
#include "gateway/profiles/rule_reading.hpp"

#include <map>
#include <set>

namespace parley::gateway {

/// One event for a client: `name` lives as long as the profile (or as what was mapped, when no rule was).
struct foreign_event {
  std::string_view name;
  std::string args; ///< JSON array text
};

class outbound_rules {
public:
  /// Events that one push may become: as many as a room has members, and some.
  static constexpr std::size_t events_max = 8192;

  [[nodiscard]] static checked<outbound_rules> compile(const located_json* out, const located_json* no_echo,
                                                       rule_reading& reading);

  [[nodiscard]] bool maps(std::string_view name) const noexcept { return rules_.contains(name); }
  [[nodiscard]] bool echoes(std::string_view name) const noexcept { return !quiet_.contains(name); }
  /// See profile::outbound; `name` is mapped.
  [[nodiscard]] result<void> apply(std::vector<foreign_event>& to, std::string_view name, std::string_view body,
                                   std::string_view space) const;
  [[nodiscard]] std::vector<std::string_view> names() const;

private:
  struct rule {
    std::string event; ///< theirs; empty: nobody is told
    std::string space; ///< empty: any
    condition when;
    std::optional<reference> each; ///< a list: one event for each item
    std::optional<args_template> args;
  };
  [[nodiscard]] static checked<rule> read(const located_json& from, rule_reading& reading);
  [[nodiscard]] static bool add(std::vector<foreign_event>& to, const rule& r, const mapped_input& in,
                                mapping_budget& budget);
  [[nodiscard]] static bool add_each(std::vector<foreign_event>& to, const rule& r, const mapped_input& in,
                                     mapping_budget& budget);

  std::map<std::string, std::vector<rule>, std::less<>> rules_;
  std::set<std::string, std::less<>> quiet_;
};

} // namespace parley::gateway
