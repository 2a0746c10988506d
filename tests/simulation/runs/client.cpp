#include "tests/simulation/runs/client.hpp"

#include "actors/domain/people/conversation.hpp"

#include <fmt/format.h>

namespace parley::simulation {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

bool is_room(const stream_id& place) { return place.family() == "room"; }
const char* id_name(const stream_id& place) { return is_room(place) ? "roomId" : "loungeId"; }
json named(const stream_id& place) { return {{id_name(place), std::string{place.key()}}}; }

} // namespace

client::client(std::size_t number, surroundings& around, chance random, identity who, bool aliases)
  : number_{number}
  , around_{around}
  , random_{random}
  , who_{std::move(who)}
  , aliases_{aliases} {}

client::~client() {
  if (line_) line_->abandon();
}

// --- what it does ---------------------------------------------------------------------------------------------------

void client::connect() {
  if (line_) return;
  gateway::hello h;
  h.token = who_.token;
  h.session = session_;
  h.resume = resume_;
  h.address = "192.0.2." + std::to_string(number_ % 250);
  h.aliases = aliases_;
  connected_at_ = around_.time.now();
  around_.story.note(name(), "connects" + (session_.empty() ? std::string{} : " as " + session_));
  line_ = around_.net.connect(*this, std::move(h));
}

void client::ask(command c, std::string_view event, json data) {
  c.at = around_.time.now();
  const auto ack = ++acks_;
  around_.story.note(name(), fmt::format("asks {} {}{} #{}", event, c.place.text, c.id.empty() ? "" : " " + c.id, ack));
  under_way_.emplace(ack, std::move(c));
  send({{"event", event}, {"data", std::move(data)}, {"ack", ack}});
}

void client::join(const stream_id& place, bool from_last_seen) {
  if (!is_live()) return;
  auto data = named(place);
  std::optional<version> after;
  if (from_last_seen) after = views_.contains(place) ? views_[place].last : 0;
  if (after) data["after"] = *after;
  ask({asked::join, place, {}, after, {}}, is_room(place) ? "join-room" : "join-lounge", std::move(data));
}

void client::leave(const stream_id& place) {
  if (!is_live()) return;
  views_[place].wants_out = true;
  ask({asked::leave, place, {}, {}, {}}, is_room(place) ? "leave-room" : "leave-lounge", named(place));
}

void client::say(const stream_id& place, std::size_t bytes) {
  if (!is_live()) return;
  say({place, fmt::format("c{}-{}", number_, said_.size() + 1), {}, user_, {}, false}, bytes);
}

void client::write_to(const client& other, std::size_t bytes) {
  if (!is_live() || who_.user.empty() || other.who_.user.empty() || other.who_.user == who_.user) return;
  const auto in = domain::direct_conversation({who_.user}, {other.who_.user});
  const auto id = fmt::format("c{}-{}", number_, said_.size() + 1);
  say({make_stream("conversation", in.text), id, {}, user_, other.who_.user, false}, bytes);
}

void client::say(message m, std::size_t bytes) {
  m.text = m.id;
  m.text.resize(std::max(bytes, m.text.size()), '.');
  said_.push_back(m);
  say_again(m);
}

void client::say_again(const message& m) {
  if (!m.to.empty() && m.user != who_.user) return; // of somebody it no longer is: that would be another conversation
  auto data = m.to.empty() ? named(m.place) : json{{"receiverId", m.to}};
  data["id"] = m.id;
  data["text"] = m.text;
  ask({asked::message, m.place, m.id, {}, {}}, is_room(m.place) ? "send-message" : "message", std::move(data));
}

void client::repeat() {
  if (!is_live() || said_.empty()) return;
  for (auto m = said_.rbegin(); m != said_.rend(); ++m)
    if (!m->settled) return say_again(*m);
  say_again(said_.back());
}

void client::signal(const stream_id& place, std::size_t kind, std::string to) {
  if (!is_live()) return;
  constexpr std::array<const char*, 3> events{"offer", "answer", "ice-candidate"};
  constexpr std::array<const char*, 3> bodies{"offer", "answer", "candidate"};
  auto data = named(place);
  data[bodies[kind % 3]] = {{"for", to}, {"by", session_}};
  if (!to.empty()) data["to"] = std::move(to);
  ask({asked::other, place, {}, {}, {}}, events[kind % 3], std::move(data));
}

void client::type(const stream_id& place) {
  if (is_live()) ask({asked::other, place, {}, {}, {}}, "typing", named(place));
}

void client::block(const client& other, bool on) {
  if (!is_live() || who_.user.empty() || other.who_.user.empty() || other.who_.user == who_.user) return;
  around_.block({who_.user}, {other.who_.user}, on);
}

void client::call(const client& other) {
  if (!is_live() || who_.user.empty() || other.who_.user.empty() || other.who_.user == who_.user) return;
  const json offer{{"for", other.who_.user}, {"by", user_}};
  ask({asked::call, {}, {}, {}, {}}, "call-user", {{"to", other.who_.user}, {"offer", offer}});
}

void client::answer_call() {
  if (!is_live() || ringing_.empty()) return;
  const json answer{{"for", ""}, {"by", user_}};
  ask({asked::other, {}, {}, {}, {}}, "call-accepted", {{"callId", std::exchange(ringing_, {})}, {"answer", answer}});
}

void client::hang_up() {
  if (is_live() && !call_.empty()) ask({asked::other, {}, {}, {}, {}}, "call-ended", {{"callId", call_}});
}

void client::take_back(const stream_id& place) {
  const auto there = [&](const message& m) { return m.place == place; };
  const auto last = std::find_if(said_.rbegin(), said_.rend(), there);
  if (!is_live() || is_room(place) || last == said_.rend()) return;
  auto data = named(place);
  data["messageId"] = last->id;
  ask({asked::other, place, {}, {}, {}}, "delete-message", std::move(data));
}

void client::nonsense(std::size_t which) {
  if (!is_live()) return;
  constexpr std::array<std::string_view, 5> texts{"", "{", "[1,2]", R"({"event":"no-such-event","ack":"x"})",
                                                  R"({"event":"join-room","data":{"roomId":["r0"]}})"};
  line_->send(std::string{texts[which % texts.size()]});
}

void client::stall(moment how_long) {
  if (!line_) return;
  line_->stall(true);
  around_.time.after(how_long, [line = std::weak_ptr{line_}] {
    if (const auto still = line.lock()) still->stall(false);
  });
}

void client::lose_connection(moment unnoticed) {
  if (!line_) return;
  around_.story.note(name(), "loses its connection");
  line_->cut(unnoticed);
}

void client::say_goodbye() {
  if (!is_live()) return;
  around_.story.note(name(), "says goodbye");
  line_->say_goodbye();
}

void client::forget() {
  if (line_) line_->cut(around_.time.now() % 5s);
  session_.clear();
  resume_.clear();
  views_.clear();
  ringing_.clear();
  call_.clear();
}

void client::become(identity who) {
  forget();
  who_ = std::move(who);
}

void client::imitate(const client& other, bool with_session) {
  if (&other == this) return;
  become(other.who_);
  if (!with_session || other.session_.empty()) return;
  session_ = other.session_;
  resume_ = other.resume_;
  around_.shared.insert(session_);
}

// --- what it knows --------------------------------------------------------------------------------------------------

void client::check_settled() {
  claim("who comes back is let in", is_live() || !comes_back_, [] { return "it tries and tries"; });
  if (!is_live()) return;
  claim("every command is answered", under_way_.empty(), [&] {
    return fmt::format("{} commands wait, the first is #{}", under_way_.size(), under_way_.begin()->first);
  });
  if (around_.shared.contains(session_)) return;
  for (const auto& [id, place] : around_.truth.places()) {
    const auto in = place.members.find(session_);
    if (in == place.members.end()) continue;
    // Of a join whose answer was lost it knows nothing; what it is owed then begins with its joining.
    const auto& v = views_[stream_id{id}];
    const auto base = v.following ? v.last : std::max(v.last, in->second);
    const auto missing = place.next_shown(base, user_);
    claim("nothing is missed", missing == 0,
          [&, &id = id] { return fmt::format("{}: has seq {}, and {} never came", id, base, missing); });
  }
  for (const auto& [id, place] : around_.truth.places()) {
    if (!place.present_at_end.contains(session_)) continue;
    const auto& v = views_[stream_id{id}];
    claim("who was in a room when it closed is shown its end", v.ended || v.wants_out, [&, &id = id, &place = place] {
      return fmt::format("{} ended with seq {}, and it has seq {}", id, place.head(), v.last);
    });
  }
}

} // namespace parley::simulation
