#pragma once
// A message before it is sent: what rooms and lounges check alike.

#include "actors/domain/decision.hpp"
#include "events/gathering_events.hpp"

namespace parley::domain {

inline constexpr std::size_t message_bytes_max = 16 * 1024;
inline constexpr std::size_t message_id_bytes_max = 128;
inline constexpr std::size_t reply_bytes_max = 2048;
inline constexpr std::size_t client_time_bytes_max = 64;

struct draft_message {
  message_id id; ///< the client's, else one made by the caller of the decider; never empty
  std::string text;
  std::string name;        ///< shown beside the text; empty: the member's
  std::string reply_to;    ///< JSON object text {id,text,sender}; empty: none
  std::string client_time; ///< opaque; empty: none
};

/// The event, or errc::invalid / errc::too_large saying which field is out of bounds.
[[nodiscard]] result<events::message_sent> compose(const draft_message& draft, std::string_view member_name,
                                                   const context& by);

} // namespace parley::domain
