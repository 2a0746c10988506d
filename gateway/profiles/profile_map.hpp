#pragma once
// Who gets which profile without asking for one: rules from an origin, a host or a path to a profile's name, as the
// configuration gives them. Pure.

#include "events/errors.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace parley::gateway {

/// What is known of a connection or request. Empty: not known, or not said.
struct profile_hints {
  std::string_view asked_by_query{};  ///< ?profile=
  std::string_view asked_by_header{}; ///< Parley-Profile
  std::string_view asked_by_auth{};   ///< auth.profile of a first frame
  std::string_view origin{};          ///< the Origin header
  std::string_view host{};            ///< the Host header
  std::string_view path{};            ///< decoded, without query

  /// The name that was asked for; empty: none was. The query first, since a person types it to try something.
  [[nodiscard]] std::string_view asked() const noexcept;
};

struct profile_rule {
  enum class kind { origin, host, path };
  kind is = kind::host;
  std::string pattern; ///< in lower case, but for a path: that is a prefix of whole segments, and a host has no port
  std::string profile;

  [[nodiscard]] bool applies(const profile_hints& to) const;
};

/// `https://meet.example.org=meetings` (an origin), `chat.example.org=one-time-chat` (a host, whatever the port),
/// `/legacy=messenger` (a path and all below it). Several stand in a list with commas; earlier ones count first.
/// errc::invalid says which one is wrong.
[[nodiscard]] result<std::vector<profile_rule>> parse_profile_rules(std::string_view text);

} // namespace parley::gateway
