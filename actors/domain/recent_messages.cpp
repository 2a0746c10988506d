#include "actors/domain/recent_messages.hpp"

#include "events/record.hpp"

#include <algorithm>

namespace parley::domain {

void remember(recent_messages& recent, version seq, const events::message_sent& e) {
  if (recent.size() >= recent_messages_max) recent.pop_front();
  recent.push_back({seq, e.message, e.user, to_hex(sha256(e.text)), false});
}

void mark_deleted(recent_messages& recent, version seq) {
  const auto at = std::ranges::lower_bound(recent, seq, {}, &known_message::seq);
  if (at != recent.end() && at->seq == seq) at->deleted = true;
}

result<known_message> find_message(const recent_messages& recent, const message_reference& which,
                                   const user_id& preferred) {
  std::deque<const known_message*> found;
  for (const auto& m : recent)
    if ((which.seq == 0 || m.seq == which.seq) && (which.id.empty() || m.id == which.id)) found.push_back(&m);
  if (found.size() > 1) {
    const auto own = [&](const known_message* m) { return m->user == preferred; };
    if (std::ranges::any_of(found, own)) std::erase_if(found, [&](const known_message* m) { return !own(m); });
  }
  if (found.size() > 1) return fail(errc::conflict, "several messages have this id: name the seq of one");
  if (found.size() == 1) return *found.front();
  // A message that is no more among the recent ones cannot change but by being deleted, which its deletion's repeat
  // does no harm to.
  if (which.older) return *which.older;
  return fail(errc::not_found, "no such message among the last ones here");
}

} // namespace parley::domain
