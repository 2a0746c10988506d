#pragma once
// The last messages of a lounge, without their texts: enough to say whose a message is, where it stands and what it
// said (by its hash) the moment after it was sent, without asking a read model that lags. Of an older one whoever asks
// brings what a read model knows.

#include "events/errors.hpp"
#include "events/gathering_events.hpp"

#include <deque>
#include <optional>

namespace parley::domain {

inline constexpr std::size_t recent_messages_max = 256; ///< in a snapshot some 40 KB

/// A message as evidence.
struct known_message {
  version seq = 0;
  message_id id;
  user_id user;
  std::string sha256; ///< of its text, hex
  bool deleted = false;
};
using recent_messages = std::deque<known_message>; ///< in the order of seq

/// A message as somebody names it. The ids are the clients', and two people may use the same one.
struct message_reference {
  message_id id;
  version seq = 0; ///< 0: not given
  /// What a read model knows of it, for messages beyond the recent ones.
  std::optional<known_message> older;

  [[nodiscard]] bool empty() const noexcept { return id.empty() && seq == 0; }
};

void remember(recent_messages& recent, version seq, const events::message_sent& e);
void mark_deleted(recent_messages& recent, version seq);

/// Of several with the same id, the one of `preferred`. errc::not_found; errc::conflict when it could be several:
/// then its seq must be named.
[[nodiscard]] result<known_message> find_message(const recent_messages& recent, const message_reference& which,
                                                 const user_id& preferred);

} // namespace parley::domain
