// What members of a room say: messages, signaling, and what is shown of them for a moment.

#include "actors/domain/rooms/room_rules.hpp"
#include "actors/domain/text.hpp"

namespace parley::domain::room_rules {

result<decided> decide_one(const room::state& s, const room::send& c, const context& by) {
  const auto who = caller(s, by);
  if (!who) return tl::make_unexpected(who.error());
  auto message = compose(c.message, (*who)->name, by);
  if (!message) return tl::make_unexpected(std::move(message.error()));
  decided d;
  d.events.push_back(std::move(*message));
  return d;
}

result<decided> decide_one(const room::state& s, const room::typing& c, const context& by) {
  const auto who = caller(s, by);
  if (!who) return tl::make_unexpected(who.error());
  decided d;
  d.signals.push_back(typing_signal{by.user, by.session, (*who)->name, c.is_typing});
  return d;
}

namespace {

/// A session id, then a user id; nobody in particular is one target without a name.
result<std::vector<session_id>> targets_of(const room::state& s, const std::string& to, const session_id& from) {
  if (to.empty()) {
    if (s.members.size() > relay_targets_max + 1)
      return fail(errc::conflict, "there are too many here to signal to all of them; name whom it is for");
    return std::vector{session_id{}};
  }
  std::vector<session_id> found;
  if (s.members.contains(session_id{to})) {
    if (to != from.text) found.push_back(session_id{to});
  } else {
    for (const auto& [session, m] : s.members)
      if (m.user.text == to && session != from) found.push_back(session);
  }
  if (found.empty()) return fail(errc::target_not_found);
  if (found.size() > relay_targets_max)
    return fail(errc::conflict, "that user is here with too many sessions; name one of them");
  return found;
}

bool is_sha256(std::string_view hex) {
  return hex.size() == 64 && hex.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

} // namespace

result<decided> decide_one(const room::state& s, const room::relay& c, const context& by) {
  if (const auto who = caller(s, by); !who) return tl::make_unexpected(who.error());
  if (c.payload.size() > relay_bytes_max)
    return fail(errc::too_large,
                "an offer, answer or candidate has at most " + std::to_string(relay_bytes_max) + " bytes");
  if (c.payload.empty() || !is_utf8(c.payload)) return fail(errc::invalid, "the payload is empty or not valid UTF-8");
  if (c.kind != relay_kind::candidate && !is_sha256(c.sha256)) return fail(errc::invalid, "a SHA-256 is needed");
  const auto targets = targets_of(s, c.to, by.session);
  if (!targets) return tl::make_unexpected(targets.error());
  decided d;
  for (const auto& to : *targets) {
    if (c.kind == relay_kind::offer)
      d.events.push_back(events::offer_relayed{by.user, by.session, to.text, c.payload.size(), c.sha256});
    if (c.kind == relay_kind::answer)
      d.events.push_back(events::answer_relayed{by.user, by.session, to.text, c.payload.size(), c.sha256});
    d.signals.push_back(relay_signal{c.kind, by.user, by.session, to, c.payload});
  }
  return d;
}

result<decided> decide_one(const room::state& s, const room::show_status& c, const context& by) {
  const auto who = caller(s, by);
  if (!who) return tl::make_unexpected(who.error());
  if (!c.muted && !c.video_off && !c.hand_raised)
    return fail(errc::invalid, "a status is muted, videoOff or handRaised");
  decided d;
  d.signals.push_back(status_signal{by.user, by.session, (*who)->name, c.muted, c.video_off, c.hand_raised});
  return d;
}

result<decided> decide_one(const room::state& s, const room::react& c, const context& by) {
  const auto who = caller(s, by);
  if (!who) return tl::make_unexpected(who.error());
  if (!is_identifier(c.emoji, emoji_bytes_max))
    return fail(errc::invalid, "emoji must be 1 to " + std::to_string(emoji_bytes_max) + " bytes of text");
  decided d;
  d.signals.push_back(reaction_signal{by.user, by.session, (*who)->name, c.emoji});
  return d;
}

} // namespace parley::domain::room_rules
