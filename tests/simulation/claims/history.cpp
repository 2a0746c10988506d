#include "tests/simulation/claims/history.hpp"

#include "events/json_writer.hpp"
#include "gateway/hub/presenter.hpp"

#include <fmt/format.h>

namespace parley::simulation {
namespace {

constexpr std::size_t page_events = 1000, page_bytes = 4 << 20;

std::string text_at(const nlohmann::json& data, const char* name) {
  const auto at = data.find(name);
  return at != data.end() && at->is_string() ? at->get<std::string>() : std::string{};
}

std::optional<time_point> time_at(const nlohmann::json& data, const char* name) {
  const auto time = parse_iso8601(text_at(data, name));
  return time ? std::optional{*time} : std::nullopt;
}

std::uint64_t digest_of(const record& r) {
  const auto text = fmt::format("{}#{} {} {} {} {}", r.stream.text, r.version, r.type, r.data.dump(), r.personal.dump(),
                                r.time.time_since_epoch().count());
  std::uint64_t word = text.size(); // against faults, not against forgers
  for (const char c : text) word = (word ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return word;
}

std::string message_key(std::string_view place, std::string_view user, std::string_view id) {
  return fmt::format("{}|{}|{}", place, user, id);
}

} // namespace

version place_history::next_shown(version after, const std::string& user) const {
  for (auto i = after; i < shown.size(); ++i) {
    const auto one = only_for.find(i + 1);
    if (!shown[i].empty() && (one == only_for.end() || one->second == user)) return i + 1;
  }
  return 0;
}

version place_history::joined_by(const std::string& session, version then) const {
  version last = 0;
  if (const auto at = joins.find(session); at != joins.end())
    for (const auto seq : at->second)
      if (seq <= then) last = seq;
  return last;
}

void history::follow(const event_log& log) {
  if (head() >= log.head()) return;
  const simulated_disk::undisturbed reading{disk_};
  while (head() < log.head()) {
    const auto page = log.read(head(), page_events, page_bytes);
    if (!page) return; // damaged
    verdict_.check("the log has no gap", !page->empty(),
                   [&] { return fmt::format("nothing follows position {}, but the head is {}", head(), log.head()); });
    if (page->empty()) return;
    for (const auto& r : *page) {
      const auto session = text_at(r.data, "sessionId");
      story_.note("record", fmt::format("{} {}#{} {}{}{} by {} ({})", r.position, r.stream.text, r.version, r.type,
                                        session.empty() ? "" : " ", session, r.actor, r.cause));
      take(r);
    }
  }
}

void history::compare(const event_log& log) {
  verdict_.check("what was durable survives a crash", log.head() >= head(),
                 [&] { return fmt::format("the log ends at {}, but {} was durable", log.head(), head()); });
  const simulated_disk::undisturbed reading{disk_};
  for (position at = 0; at < head() && verdict_.good();) {
    const auto page = log.read(at, page_events, page_bytes);
    if (!page || page->empty()) return;
    for (const auto& r : *page) {
      if (r.position > head()) return;
      at = r.position;
      verdict_.check("what was durable survives a crash", digest_of(r) == positions_[at - 1],
                     [&] { return fmt::format("position {} ({}) holds something else now", at, r.stream.text); });
    }
  }
}

void history::take(const record& r) {
  verdict_.check("positions have no gap", r.position == head() + 1,
                 [&] { return fmt::format("position {} follows {}", r.position, head()); });
  positions_.push_back(digest_of(r));
  auto& v = versions_[r.stream.text];
  verdict_.check("versions of a stream have no gap", r.version == v + 1,
                 [&] { return fmt::format("{}: version {} follows {}", r.stream.text, r.version, v); });
  v = r.version;
  const auto family = r.stream.family();
  const auto content = content_of(r);
  verdict_.check("every record can be decoded", content.has_value(),
                 [&] { return fmt::format("position {} ({})", r.position, r.type); });
  if (!content) return;
  dealings_.take(r, *content);
  if (family == "room" || family == "lounge" || family == "inbox") return take_place(r, *content);
  if (family == "conversation" && r.type == "message-sent") take_message(r);
  if (r.type == "login-revoked") revoked_.insert(text_at(r.data, "loginId"));
  if (family == "session") take_session(r);
}

void history::take_message(const record& r) {
  const auto id = message_key(r.stream.text, text_at(r.data, "userId"), text_at(r.data, "messageId"));
  verdict_.check("a repeated message changes nothing", messages_.emplace(id, r.version).second,
                 [&] { return fmt::format("{} was written again at position {}", id, r.position); });
}

void history::take_place(const record& r, const event& content) {
  auto& p = places_[r.stream.text];
  const auto body = gateway::present({r.stream, r.version, r.time, content});
  p.shown.push_back(body ? body->body : std::string{});
  if (body && !body->only_for.empty()) p.only_for.emplace(r.version, body->only_for.text);

  const auto session = text_at(r.data, "sessionId");
  const auto where = [&] { return fmt::format("{} in {} at position {}", session, r.stream.text, r.position); };
  if (r.type == "lounge-created") {
    p.keeps_nothing = true; // for who comes in: what was before is read over REST, without what was taken back
  } else if (r.type == "room-opened") {
    p.keeps_nothing = text_at(r.data, "history") == "none";
    p.expires_at = time_at(r.data, "expiresAt");
  } else if (r.type == "joined") {
    p.joins[session].push_back(r.version);
    verdict_.check("a session notes a place before it joins", sessions_[session].places.contains(r.stream.text), where);
    verdict_.check("a session joins once", p.members.emplace(session, r.version).second, where);
    verdict_.check("nobody enters a closed room", !p.closed, where);
    verdict_.check("nobody enters an expired room", !p.expires_at || r.time < *p.expires_at, where);
  } else if (r.type == "left") {
    verdict_.check("one left for each join", p.members.erase(session) == 1, where);
    if (const auto reason = text_at(r.data, "reason"); reason == "room-closed" || reason == "room-expired")
      p.present_at_end.insert(session);
  } else if (r.type == "room-closed") {
    verdict_.check("a closed room is empty", p.members.empty(), where);
    verdict_.check("a room closes once", !std::exchange(p.closed, true), where);
  } else if (r.type == "message-sent") {
    verdict_.check("only members speak", p.members.contains(session), where);
    take_message(r);
  } else if (r.type == "offer-relayed" || r.type == "answer-relayed") {
    verdict_.check("only members signal", p.members.contains(session), where);
  }
  if (r.stream.family() == "lounge") take_moderation(p, r);
}

/// Mutes and bans as their events say, whatever any state thinks of them.
void history::take_moderation(place_history& p, const record& r) {
  const auto user = text_at(r.data, "userId"), target = text_at(r.data, "targetId");
  const auto action = text_at(r.data, "action"), id = text_at(r.data, "actionId");
  const auto where = [&] { return fmt::format("{} of {} at position {}", r.type, r.stream.text, r.position); };
  if (r.type == "joined") {
    p.users[text_at(r.data, "sessionId")] = user;
    verdict_.check("nobody who is banned comes in", !p.bans.contains(user), where);
  } else if (r.type == "left") {
    p.users.erase(text_at(r.data, "sessionId"));
  } else if (r.type == "message-sent") {
    p.messages.insert(r.version);
    verdict_.check("nobody who is muted or banned is heard", !p.mutes.contains(user) && !p.bans.contains(user), where);
  } else if (r.type == "moderation-action") {
    p.actions.insert(id);
    if (action == "mute") p.mutes[target] = {id, time_at(r.data, "until")};
    if (action == "ban") p.bans[target] = {id, time_at(r.data, "until")};
    if (action == "unmute") p.mutes.erase(target);
    if (action == "unban") p.bans.erase(target);
  } else if (r.type == "moderation-expired") {
    auto& all = action == "mute" ? p.mutes : p.bans;
    const auto at = all.find(target);
    const bool is_over = at != all.end() && at->second.action == id && at->second.until && *at->second.until <= r.time;
    verdict_.check("a mute or ban lasts as long as was said", is_over, where);
    if (at != all.end()) all.erase(at);
  } else if (r.type == "message-deleted") {
    const auto seq = r.data.value("messageSeq", version{0});
    verdict_.check("what is deleted was said, and is deleted once",
                   p.messages.contains(seq) && p.deleted.insert(seq).second, where);
  }
  // A ban and the leaving of the banned are one commit: looked at when something else follows.
  if (r.type == "left" || r.type == "moderation-action") return;
  for (const auto& [session, who] : p.users)
    verdict_.check("who is banned is put out", !p.bans.contains(who), [&, &session = session, &who = who] {
      return fmt::format("{} of {} is in {} at position {}", session, who, r.stream.text, r.position);
    });
}

void history::take_session(const record& r) {
  const std::string id{r.stream.key()};
  auto& s = sessions_[id];
  const auto where = [&] { return fmt::format("{} at position {} ({})", r.stream.text, r.position, r.type); };
  const auto reason = text_at(r.data, "reason");
  const auto place = text_at(r.data, "place");
  verdict_.check("a session ends once, and then only leaves", !s.closed || r.type == "exited", where);
  if (r.type == "session-opened") {
    verdict_.check("a session begins once", r.version == 1, where);
    s.login = text_at(r.data, "loginId");
  } else if (r.type == "entered") {
    verdict_.check("a session notes a place once", s.places.insert(place).second, where);
  } else if (r.type == "exited") {
    verdict_.check("a session notes a place once", s.places.erase(place) == 1, where);
    const auto* left = this->place({place});
    verdict_.check("a session keeps its note until it has left", left == nullptr || !left->members.contains(id), where);
  } else if (r.type == "disconnected") {
    // A restart prolongs the grace of who was gone before.
    verdict_.check("a connection is lost once", !s.grace_until || reason == "server-restarted", where);
    s.grace_until = time_at(r.data, "graceUntil");
  } else if (r.type == "resumed") {
    verdict_.check("only who was gone comes back", s.grace_until.has_value(), where);
    s.grace_until.reset();
  } else if (r.type == "session-closed") {
    const bool in_time = s.grace_until && *s.grace_until <= r.time;
    verdict_.check("nobody is given up before the grace is over", reason != "connection-lost" || in_time, where);
    s.closed = true;
  }
}

const place_history* history::place(const stream_id& id) const {
  const auto at = places_.find(id.text);
  return at == places_.end() ? nullptr : &at->second;
}

version history::message(const stream_id& place, const std::string& user, const std::string& id) const {
  const auto at = messages_.find(message_key(place.text, user, id));
  return at == messages_.end() ? 0 : at->second;
}

version history::a_message(const stream_id& place, std::size_t which) const {
  const auto* p = this->place(place);
  if (p == nullptr || p->messages.empty()) return 0;
  return *std::next(p->messages.begin(), static_cast<std::ptrdiff_t>(which % p->messages.size()));
}

bool history::acted(const stream_id& place, const std::string& action) const {
  const auto* p = this->place(place);
  return p != nullptr && p->actions.contains(action);
}

} // namespace parley::simulation
