#pragma once
// A message before it is sent: what rooms and lounges check alike.

#include "actors/domain/decision.hpp"
#include "events/gathering_events.hpp"

namespace parley::domain {

inline constexpr std::size_t message_bytes_max = 16 * 1024;
inline constexpr std::size_t message_id_bytes_max = 128;
inline constexpr std::size_t reply_bytes_max = 2048;
inline constexpr std::size_t client_time_bytes_max = 64;
inline constexpr std::size_t place_id_bytes_max = 128; ///< of a room's or lounge's id; the stream id has a bound too

struct draft_message {
  message_id id; ///< the client's, else one made by the caller of the decider; never empty
  std::string text;
  std::string reply_to;    ///< JSON object text {id,text,sender}; empty: none
  std::string client_time; ///< opaque; empty: none
};

/// The event, of the caller and under `sender_name`: a payload does not say who speaks. errc::too_large when the text
/// or the reply is longer than its bound; errc::invalid for everything else that cannot be stored or shown (empty or
/// not UTF-8, a NUL, a reply that is no JSON object), saying which field.
[[nodiscard]] result<events::message_sent> compose(const draft_message& draft, std::string_view sender_name,
                                                   const context& by);

} // namespace parley::domain
