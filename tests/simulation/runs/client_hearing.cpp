// What a client is told: each answer, each push and each end of a connection is held against the history of the log.

#include "tests/simulation/claims/push_text.hpp"
#include "tests/simulation/runs/client.hpp"

#include "events/json_reader.hpp"
#include "events/simd_json.hpp"

#include <charconv>
#include <fmt/format.h>

namespace parley::simulation {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr std::uint16_t log_in_again = 4401, taken_over = 4409;

} // namespace

void client::hung_up(std::uint16_t code) {
  around_.story.note(name(), fmt::format("is hung up on: {}", code));
  line_->abandon();
  line_ = nullptr;
  greeted_ = false;
  for (const auto& [ack, c] : std::exchange(under_way_, {})) {
    // It may be done all the same. What is owed from now on the place knows.
    auto& v = views_[c.place];
    // A leave that was refused may be done later, and the join after it is the beginning of another stay.
    if (c.what == asked::leave || (c.what == asked::join && v.wants_out)) v.following = false;
    if (c.what == asked::join) {
      v.left = false;
      v.put_out = 0;
      v.unsure = true;
    }
    if (c.what == asked::message) in_doubt_.insert(c.id);
  }
  for (auto& [place, v] : views_) v.may_repeat = true;
  if (code == 1000) { // over, as we asked
    session_.clear();
    resume_.clear();
    for (auto& [place, v] : views_) v.following = false;
  }
  if (code == log_in_again) {
    claim("only a revoked login is told to log in again", who_.login.empty() || around_.truth.is_revoked(who_.login),
          [&] { return fmt::format("login {} was refused", who_.login); });
    session_.clear();
  }
  comes_back_ = patient_ && code != log_in_again && code != taken_over && code != 1000;
  if (!comes_back_) return;
  const auto wait = random_.between(100ms, 8s);
  around_.time.after(wait, [this, number = ++reconnects_] {
    if (number == reconnects_ && patient_) connect();
  });
}

void client::hear(std::string_view text) {
  constexpr std::string_view ack = "{\"ack\":", event = "{\"event\":\"", data = "\",\"data\":";
  if (text.starts_with(ack)) return hear_answer(text);
  const auto name_end = text.find('"', event.size());
  const auto name = text.substr(event.size(), name_end - event.size());
  const auto from = name_end + data.size();
  claim("a push is an event and its data", text.starts_with(event) && text.substr(name_end, data.size()) == data,
        [&] { return std::string{text}; });
  if (!around_.claims.good()) return;
  hear_event(name, text.substr(from, text.size() - from - 1));
}

void client::hear_json(std::string_view text, void (client::*hear_it)(const json&)) {
  constexpr std::size_t depth_max = 64;
  const auto document = read_json(text, depth_max);
  claim("the server speaks JSON", document && document->is_object(), [&] { return std::string{text}; });
  if (document && document->is_object()) (this->*hear_it)(*document);
}

/// Read without making a document of it: the answer to a join lists everybody who is present.
void client::hear_answer(std::string_view text) {
  const auto parsed = parse_here(text);
  claim("the server speaks JSON", parsed.error() == simdjson::SUCCESS, [&] { return std::string{text}; });
  if (parsed.error() != simdjson::SUCCESS) return;
  const auto& frame = parsed.value_unsafe();
  const auto ack = frame["ack"].get_uint64().value();
  const auto asked_for = under_way_.extract(ack);
  claim("a command is answered once", !asked_for.empty(), [&] { return fmt::format("answer {} came again", ack); });
  if (asked_for.empty()) return;
  const auto& c = asked_for.mapped();
  const auto error = frame["error"]["code"].get_string();
  const bool refused = error.error() == simdjson::SUCCESS;
  const auto code = refused ? error.value_unsafe() : std::string_view{};
  around_.story.note(name(), fmt::format("is answered #{}: {}", ack, refused ? code : "done"));
  const auto revoked = around_.revoked.find(who_.login);
  claim("a revoked session does nothing more", refused || revoked == around_.revoked.end() || c.at <= revoked->second,
        [&] { return fmt::format("command {} was done after its login was revoked", ack); });
  if (refused) {
    // Whether a join that failed was done all the same, only a place that ended says.
    if (auto& v = views_[c.place]; c.what == asked::join && !v.following && !code.starts_with("room_"))
      v.wants_out = true;
    // A leave is refused for want of the log alone, and then may be done all the same.
    if (c.what == asked::leave) views_[c.place].following = false;
    return;
  }
  if (c.what == asked::join &&
      !frame["data"]["waiting"].error()) { // what comes when it is let in begins with its joining
    auto& v = views_[c.place];
    v.following = v.left = v.wants_out = false;
    return;
  }
  auto seq = frame["data"]["seq"].get_uint64();
  switch (c.what) {
  case asked::join: return joined(c, seq.value());
  case asked::leave: views_[c.place].following = false; return;
  case asked::message: {
    const auto of_id = [&](const message& m) { return m.id == c.id; };
    if (const auto m = std::find_if(said_.rbegin(), said_.rend(), of_id); m != said_.rend()) m->settled = true;
    claim("what is acknowledged is in the log", around_.truth.message(c.place, user_, c.id) == seq.value(),
          [&] { return fmt::format("{} was acknowledged as {} of {}", c.id, seq.value(), c.place.text); });
    const auto first = seqs_.emplace(fmt::format("{}|{}|{}", user_, c.place.text, c.id), seq.value()).first->second;
    claim("a repeat gets the first answer", first == seq.value(),
          [&] { return fmt::format("{} was first {} and then {}", c.id, first, seq.value()); });
    return;
  }
  case asked::call:
    if (const auto id = frame["data"]["callId"].get_string(); !id.error()) call_ = id.value_unsafe();
    return;
  case asked::other: return;
  }
}

void client::joined(const command& c, version version_then) {
  auto& v = views_[c.place];
  auto base = std::min(c.after.value_or(version_then), version_then);
  const auto* place = around_.truth.place(c.place);
  claim("what is acknowledged is in the log", place != nullptr && place->head() >= version_then,
        [&] { return fmt::format("a join was answered at {} of {}", version_then, c.place.text); });
  if (place == nullptr) return;
  const auto stay = place->joined_by(session_, version_then);
  if (place->keeps_nothing) base = std::max(base, stay);
  // Put out and in again before it saw that: where nobody is shown what was before they came, nor is it.
  const bool goes_on = v.following && (!place->keeps_nothing || stay <= v.stay);
  v.at = goes_on ? std::min(v.at, base) : base;
  if (!goes_on) v.last = base;
  v.stay = stay;
  v.following = true;
  v.left = false;
  v.put_out = 0;
  v.joined_at = version_then;
  const auto leaves = [&](const auto& asked_for) {
    return asked_for.second.what == asked::leave && asked_for.second.place == c.place;
  };
  v.wants_out = std::any_of(under_way_.begin(), under_way_.end(), leaves); // asked before it knew that it was in
}

void client::hear_greeting(const json& body) {
  const auto session = body["sessionId"].get<std::string>();
  const bool resumed = body["resumed"].get<bool>();
  claim("a session that comes back is the one asked for", !resumed || session == session_,
        [&] { return fmt::format("{} became {}", session_, session); });
  const auto revoked = around_.revoked.find(who_.login);
  claim("a revoked login is not let in", revoked == around_.revoked.end() || connected_at_ <= revoked->second,
        [&] { return who_.login; });
  claim("nobody is somebody else", who_.token.empty() || body["userId"].get<std::string>() == who_.user,
        [&] { return fmt::format("{} is greeted as {}", who_.user, body["userId"].dump()); });
  around_.story.note(name(), fmt::format("is greeted as {}{}", session, resumed ? ", again" : ""));
  user_ = body["userId"].get<std::string>();
  std::set<stream_id> places;
  for (const auto& place : body["places"]) places.insert(place_of(place.dump()));
  std::vector<stream_id> gone;
  for (auto& [place, v] : views_) {
    const bool was_in = std::exchange(v.unsure, false) || v.following;
    if (resumed && was_in && !places.contains(place)) gone.push_back(place);
    v.following = v.following && places.contains(place);
  }
  if (std::exchange(life_, around_.life) != around_.life) {
    // A server that crashed knows since when it is in a place, but not what of before it had asked for.
    for (auto& [id, v] : views_)
      if (const auto* place = around_.truth.place(id); place != nullptr && v.following)
        v.last = v.at = std::max(v.last, place->joined_by(session, place->head()));
    for (auto& [id, v] : views_) v.left = false; // nor whether it had left a place before that ended
  }
  if (session_ != session) calls_over_.clear();
  session_ = session;
  resume_ = body["resume"].get<std::string>();
  greeted_ = true;
  comes_back_ = false;
  // A crash may have kept from us that it ended, and also that we were in at all; whoever asks again is told.
  for (const auto& place : gone) join(place, true);
  say_again_what_is_in_doubt(resumed && random_.one_in(2));
}

void client::say_again_what_is_in_doubt(bool wanted) {
  const auto in_doubt = std::exchange(in_doubt_, {});
  for (const auto& m : said_)
    if (wanted && in_doubt.contains(m.id)) say_again(m);
}

void client::hear_event(std::string_view name_of, std::string_view body) {
  if (name_of == "connected") return hear_json(body, &client::hear_greeting);
  if (name_of == "exception") return;
  if (name_of == "room-left" || name_of == "lounge-left") {
    auto& v = views_[place_of(body)];
    v.following = false;
    v.left = true;
    return;
  }
  if (name_of == "room-joined" || name_of == "lounge-joined") return hear_joined(body);
  if (name_of == "user-list" || name_of == "typing") return;
  const auto seq = seq_of(body);
  if (seq == 0) {
    hear_call(name_of, body);
    return hear_json(body, &client::hear_signal);
  }

  const bool is_alias = name_of == "receive-message" || name_of == "receive_message";
  if (is_alias) {
    claim("an alias says the same", last_body_ == body, [&] { return std::string{body}; });
    return;
  }
  last_body_ = body;
  const auto* place = find_place(body);
  const auto& id = last_place_.id;
  const auto where = [&] { return fmt::format("{} seq {}", id.text, seq); };
  claim("nothing is published that is not in the log",
        place != nullptr && seq <= place->head() && place->shown[seq - 1] == body, [&] {
          return fmt::format("{}: {} but the log has {}", where(), body,
                             place == nullptr || seq > place->head() ? "nothing" : place->shown[seq - 1]);
        });
  if (!around_.claims.good()) return;
  around_.story.note(name(), fmt::format("hears {}#{} {}", id.text, seq, name_of));
  if (around_.shared.contains(session_)) return;
  auto& v = views_[id];
  claim("nothing comes of a place that was left", !v.left, where);
  if (v.put_out && place->joined_by(session_, seq) <= v.put_out) return;
  v.put_out = 0;
  if (!v.following) begin_to_follow(v, *place, seq);
  if (std::exchange(v.may_repeat, false)) v.at = std::min(v.last, seq - 1);
  claim("nothing comes twice, and nothing late", seq > v.at,
        [&] { return fmt::format("{} came after seq {}", where(), v.at); });
  claim("nothing is missed", place->next_shown(v.at, user_) == seq, [&] {
    return fmt::format("{} came after seq {}, but {} is between", where(), v.at, place->next_shown(v.at, user_));
  });
  v.at = seq;
  v.last = std::max(v.last, seq);
  // With a room that ends everybody leaves it first, and is told the end all the same.
  if (name_of == "user-left" && seq > v.joined_at && quoted(body, "\"id\":\"") == session_ &&
      !quoted(body, "\"reason\":\"").starts_with("room-")) {
    v.put_out = seq;
    v.following = false;
  }
  if (name_of != "room-closed" && name_of != "room-expired") return;
  v.following = false;
  v.ended = true;
}

const place_history* client::find_place(std::string_view body) {
  if (is_in_inbox(body)) {
    last_place_ = {make_stream("inbox", user_), around_.truth.place(make_stream("inbox", user_))};
    return last_place_.truth;
  }
  const auto room = quoted(body, "\"roomId\":\"");
  const auto is_last = [&](std::string_view key) { return !key.empty() && last_place_.id.key() == key; };
  const bool same = room.empty() ? last_place_.id.family() == "lounge" && is_last(quoted(body, "\"loungeId\":\""))
                                 : last_place_.id.family() == "room" && is_last(room);
  if (!same) last_place_ = {place_of(body), nullptr};
  if (last_place_.truth == nullptr) last_place_.truth = around_.truth.place(last_place_.id);
  return last_place_.truth;
}

/// Its join was done, and the connection broke before it was told; or the place let it go, and now tells the end. What
/// it is owed begins with its joining.
void client::begin_to_follow(view& v, const place_history& place, version seq) const {
  v.following = true;
  v.may_repeat = true;
  v.stay = place.joined_by(session_, seq);
  v.last = v.at = std::max(v.last, v.stay);
}

/// It was put out and came in again before it knew either: where nobody is shown what was before they came, it begins
/// anew.
void client::hear_joined(std::string_view body) {
  const auto id = place_of(body);
  const auto* place = around_.truth.place(id);
  auto& v = views_[id];
  around_.story.note(name(), fmt::format("is told that it is in {}", id.text));
  if (place == nullptr || !place->keeps_nothing || !v.following) return;
  const auto stay = place->joined_by(session_, seq_of(body));
  if (stay <= v.stay) return;
  v.stay = stay;
  v.last = v.at = std::max(v.last, stay);
}

/// Steps of a call come to all devices of who takes part, and are kept nowhere.
void client::hear_call(std::string_view name_of, std::string_view body) {
  const auto id = std::string{quoted(body, "\"callId\":\"")};
  if (id.empty()) return;
  call_ = id;
  if (name_of == "incoming-call") ringing_ = id;
  if (name_of != "call-ended" && name_of != "call-rejected") return;
  if (ringing_ == id) ringing_.clear();
  if (around_.shared.contains(session_)) return;
  claim("a call ends once for each device", calls_over_.insert(id).second,
        [&] { return fmt::format("{} is over, again", id); });
}

void client::hear_signal(const json& body) {
  for (const auto* kind : {"offer", "answer", "candidate"}) {
    if (!body.contains(kind)) continue;
    const auto to = body[kind].value("for", std::string{});
    const auto by = body[kind].value("by", std::string{});
    claim("a signal reaches whom it is for", to.empty() || to == session_ || to == user_,
          [&] { return fmt::format("a signal for {}", to); });
    claim("a signal says whom it is from", by == body.value("from", std::string{}) && by != session_,
          [&] { return fmt::format("{} of {} says it is from {}", kind, by, body.value("from", std::string{})); });
    return;
  }
}

} // namespace parley::simulation
