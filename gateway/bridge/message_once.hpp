#pragma once
// What makes a message with an id from its client take effect once, over whichever protocol it comes. Pure.

#include "actors/entities.hpp"

namespace parley::gateway {

/// The same user, place, id and text get the first answer again; another text under a used id is errc::key_reused.
/// `id`: the client's, not empty.
[[nodiscard]] inline idempotency message_once(const user_id& from, const stream_id& to, const std::string& id,
                                              const std::string& text) {
  idempotency once;
  once.key = from.text + '|' + to.text + '|' + id;
  once.fingerprint = to_hex(sha256(text + '\n' + to.text));
  return once;
}

} // namespace parley::gateway
