#pragma once
// Strong identifiers: a user id cannot be passed where a room id is asked for. Values, freely copied; no thread of
// their own. The text of an id is what clients and the log see; only `stream_id` has inner structure (family/key).

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace parley {

template <class Tag>
struct text_id {
  std::string text;

  [[nodiscard]] bool empty() const noexcept { return text.empty(); }
  friend auto operator<=>(const text_id&, const text_id&) = default;
};

using user_id = text_id<struct user_tag>;
using session_id = text_id<struct session_tag>; ///< one realtime session (a WebSocket and its grace period)
using login_id = text_id<struct login_tag>;     ///< one signed-in device: `sid` in its tokens
using room_id = text_id<struct room_tag>;       ///< compares without case: always held in lower case
using lounge_id = text_id<struct lounge_tag>;
using message_id = text_id<struct message_tag>;
using action_id = text_id<struct action_tag>; ///< something a moderator did
using report_id = text_id<struct report_tag>; ///< somebody's word to moderators
using conversation_id = text_id<struct conversation_tag>;
using call_id = text_id<struct call_tag>; ///< `<random>.<conversation>`, so that it leads there
using notification_id = text_id<struct notification_tag>;
using service_id = text_id<struct service_tag>;
using booking_id = text_id<struct booking_tag>; ///< leads to its provider's calendar: see events/booking_events.hpp
using review_id = text_id<struct review_tag>;

/// Names a stream of the log, `family/key`, at most `stream_id_bytes_max` bytes, no NUL. Location-free: it says which
/// entity is meant, never where it runs.
struct stream_id {
  std::string text;

  [[nodiscard]] std::string_view family() const noexcept { return std::string_view{text}.substr(0, text.find('/')); }
  [[nodiscard]] std::string_view key() const noexcept {
    const auto slash = text.find('/');
    return slash == std::string::npos ? std::string_view{} : std::string_view{text}.substr(slash + 1);
  }
  [[nodiscard]] bool empty() const noexcept { return text.empty(); }
  friend auto operator<=>(const stream_id&, const stream_id&) = default;
};
inline constexpr std::size_t stream_id_bytes_max = 256;

[[nodiscard]] inline stream_id make_stream(std::string_view family, std::string_view key) {
  std::string text;
  text.reserve(family.size() + key.size() + 1);
  text.append(family).append(1, '/').append(key);
  return {std::move(text)};
}

/// Place in the whole log: 1 for the first event, then gapless. 0 means "before the first".
using position = std::uint64_t;
/// Place in one stream: 1 for the first event, then gapless. 0 means "no such stream yet". Clients see it as `seq`.
using version = std::uint64_t;

} // namespace parley

template <class Tag>
struct std::hash<parley::text_id<Tag>> {
  std::size_t operator()(const parley::text_id<Tag>& id) const noexcept { return std::hash<std::string>{}(id.text); }
};
template <>
struct std::hash<parley::stream_id> {
  std::size_t operator()(const parley::stream_id& id) const noexcept { return std::hash<std::string>{}(id.text); }
};
