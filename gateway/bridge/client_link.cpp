#include "gateway/bridge/client_link.hpp"

#include "actors/registry.hpp"
#include "events/assertion.hpp"
#include "events/json_writer.hpp"
#include "gateway/bridge/link_port.hpp"
#include "gateway/bridge/vocabulary.hpp"

namespace parley::gateway {
namespace {

constexpr std::string_view guest_name = "Guest";

/// A place's second event is its first join: opening a room by joining it writes both.
constexpr version opened_by_join = 2;

/// From here on acks are numbers of ours; a client that counts so far is renumbered, too.
constexpr std::uint64_t first_own_number = std::uint64_t{1} << 63;

/// The member of an `auth` object, when it is a string.
std::string text_member(const nlohmann::json& auth, const char* name) {
  const auto at = auth.find(name);
  return at != auth.end() && at->is_string() ? at->get<std::string>() : std::string{};
}

/// One's own inbox is followed without being entered or left.
bool is_shown(const stream_id& place) { return place.family() != domain::inbox::family; }

/// A place as clients call it.
void write_place(json_writer& out, const stream_id& place) {
  out.begin_object().field(place.family() == "room" ? "roomId" : "loungeId", place.key()).end_object();
}

} // namespace

std::shared_ptr<session_link> link_opener::open(std::shared_ptr<connection> c, hello h) {
  auto link = std::make_shared<client_link>(loop_, hub_, with_, std::move(c), std::move(h));
  link->start();
  return link;
}

client_link::client_link(io_loop& loop, hub& topics, const link_dependencies& with, std::shared_ptr<connection> c,
                         hello h)
  : loop_{loop}
  , hub_{topics}
  , with_{with}
  , connection_{std::move(c)}
  , hello_{std::move(h)} {
  hello_.auth = nullptr; // what counts of it was read before
}

void client_link::start() {
  if (hello_.token.empty() && hello_.session.empty() && !hello_.complete) return become_guest_later();
  enter();
}

void client_link::become_guest_later() {
  first_frame_ = loop_.after(first_frame_wait, [this] {
    const auto self = shared_from_this(); // the connection may let go of a link that refuses it
    if (phase_ == phase::waiting_for_token) enter();
  });
}

void client_link::take_auth(const nlohmann::json& auth) {
  hello_.token = text_member(auth, "token");
  hello_.session = text_member(auth, "session");
  hello_.resume = text_member(auth, "resume");
}

void client_link::enter() {
  first_frame_ = nullptr;
  const session_id asked{std::exchange(hello_.session, {})};
  if (hello_.token.empty()) {
    // A guest is known by the session alone, so that whoever holds its resume secret is the same guest again.
    guest_ = true;
    name_ = guest_name;
    user_ = {derived_id(asked.text, "g_")};
  } else {
    auto claims = with_.tokens.verify_access(std::exchange(hello_.token, {}), with_.clock.now());
    if (!claims) return refuse(claims.error());
    user_ = std::move(claims->user);
    login_ = std::move(claims->login);
    name_ = std::move(claims->name);
    guest_ = claims->guest;
  }
  if (!asked.empty() && with_.tokens.verify_resume(std::exchange(hello_.resume, {}), asked, user_))
    return ask_for_session(asked, true);
  ask_for_session({random_id(with_.random, "s_")}, false);
}

void client_link::ask_for_session(session_id id, bool resuming) {
  phase_ = phase::attaching;
  session_ = std::move(id);
  session_stream_ = make_stream(domain::session::family, session_.text);
  if (login_.empty() && !resuming) user_ = {derived_id(session_.text, "g_")};
  port_ = std::make_shared<link_port>(loop_, shared_from_this());
  auto arrived = std::make_shared<client_arrived>();
  arrived->client = port_;
  arrived->session = session_;
  arrived->who = {user_, login_, name_, guest_};
  arrived->resuming = resuming;
  with_.entities.tell(session_stream_, std::move(arrived));
}

void client_link::refuse(const error& why) {
  phase_ = phase::over;
  connection_->close(close_code::log_in_again, text_of(why));
}

void client_link::receive(client_message message) {
  if (phase_ == phase::over) return connection_->answer(message.ack, fail(errc::session_revoked));
  const bool brings_token = !std::exchange(first_frame_came_, true) && login_.empty() && message.auth.is_object();
  if (phase_ == phase::waiting_for_token || (brings_token && !text_member(message.auth, "token").empty())) {
    leave_session(true); // a guest of a moment ago has nowhere been yet
    if (brings_token) take_auth(message.auth);
    enter();
    if (phase_ == phase::over) return connection_->answer(message.ack, fail(errc::unauthenticated));
  }
  if (message.event.empty()) return connection_->answer(message.ack, std::string{"{}"}); // it only brought its token
  if (message.event == "location:update" && !locations_.take(with_.clock.now()))
    return connection_->answer(message.ack, fail(errc::rate_limited, "one location a second is enough", 1));
  auto request = interpret(message, {user_, places_, with_.rooms_open_on_join}, with_.random);
  if (!request) return connection_->answer(message.ack, tl::make_unexpected(std::move(request.error())));
  auto command = std::make_shared<client_command>();
  command->client = port_;
  command->ack = message.ack;
  auto* join = std::get_if<join_place>(&*request);
  if (join && !joins_.take(with_.clock.now()))
    return connection_->answer(message.ack, fail(errc::rate_limited, "joining too often; try again in a second", 1));
  if (join && !join->after && !resumed_)
    if (const auto told = hello_.told.find(join->place); told != hello_.told.end()) join->after = told->second;
  auto* to_room = join && !places_.contains(join->place) ? std::get_if<domain::room::command>(&join->command) : nullptr;
  auto* room = to_room ? std::get_if<domain::room::join>(to_room) : nullptr;
  if (room && room->open_if_absent)
    limit_opening(*room, command->ack);
  else if (command->ack && *command->ack >= first_own_number)
    renumber(command->ack, std::nullopt);
  command->what = std::move(*request);
  with_.entities.tell(session_stream_, std::move(command));
}

/// Whoever invents room after room fills the log: an opening join costs, one that opens nothing gets it back. One that
/// cannot pay may still come into a room that is open.
void client_link::limit_opening(domain::room::join& join, std::optional<std::uint64_t>& ack) {
  const auto wait_s = with_.take_room_opening(hello_.address);
  join.open_if_absent = wait_s == 0;
  renumber(ack, wait_s);
}

void client_link::end_opening(int wait_s, result<parley::answer>& outcome) {
  if (wait_s != 0) {
    if (!outcome && outcome.error().code == errc::room_not_found)
      outcome = fail(errc::rate_limited, "too many rooms were opened from this address; wait", wait_s);
    return;
  }
  const bool opened = outcome && outcome->at != 0 && outcome->version == opened_by_join;
  const bool unknown = !outcome && describe(outcome.error().code).status >= 500;
  if (!opened && !unknown) with_.room_not_opened(hello_.address);
}

void client_link::renumber(std::optional<std::uint64_t>& ack, std::optional<int> wait_s) {
  const auto number = first_own_number + own_numbers_++;
  renumbered_.emplace(number, renumbered{std::exchange(ack, number), wait_s});
}

void client_link::drained() {
  if (attached_to_hub_) hub_.drained(connection_->ref().id);
}
void client_link::pinged() {
  if (attached_to_hub_) hub_.pinged(connection_->ref().id);
}
void client_link::ponged() {
  if (attached_to_hub_) hub_.ponged(connection_->ref().id);
}

void client_link::closed(goodbye how) {
  first_frame_ = nullptr;
  phase_ = phase::over;
  leave_session(how == goodbye::clean);
  connection_ = nullptr;
}

void client_link::leave_session(bool clean) {
  std::map<stream_id, version> handed;
  if (std::exchange(attached_to_hub_, false)) handed = hub_.detach(connection_->ref().id);
  if (!port_) return;
  auto gone = std::make_shared<client_gone>();
  gone->client = std::exchange(port_, nullptr);
  gone->clean = clean;
  gone->handed = std::move(handed);
  with_.entities.tell(session_stream_, std::move(gone));
}

// --- what the session tells
// -------------------------------------------------------------------------------------------

void client_link::greet(const greeting& g) {
  if (!connection_) return;
  phase_ = phase::live;
  resumed_ = g.resumed;
  if (!std::exchange(attached_to_hub_, true)) hub_.attach(connection_, session_, g.user, g.resumed);
  places_ = {g.places.begin(), g.places.end()};
  std::string body;
  json_writer out{body};
  const auto resume = with_.tokens.issue_resume(g.session, g.user);
  out.begin_object().field("sessionId", g.session.text).field("resume", resume).field("userId", g.user.text);
  out.field("name", g.name).field("guest", g.guest).field("resumed", g.resumed);
  out.key("places").begin_array();
  for (const auto& place : g.places)
    if (is_shown(place)) write_place(out, place);
  out.end_array().end_object();
  connection_->greet(g.session.text, resume, body);
}

void client_link::session_over() {
  if (connection_) ask_for_session({random_id(with_.random, "s_")}, false);
}

void client_link::answer(std::optional<std::uint64_t> ack, result<parley::answer> outcome) {
  if (ack && *ack >= first_own_number) {
    const auto asked = renumbered_.extract(*ack);
    PARLEY_ASSERT(asked);
    ack = asked.mapped().ack;
    if (const auto wait_s = asked.mapped().wait_s) end_opening(*wait_s, outcome);
  }
  if (outcome) with_.writes.wrote(user_, outcome->at);
  if (!connection_) return;
  if (outcome)
    connection_->answer(ack, std::move(outcome->body));
  else
    connection_->answer(ack, tl::make_unexpected(std::move(outcome.error())));
}

void client_link::subscribe(const stream_id& topic, version after) {
  // What the client says it has counts once. Whose session came back is spared what it knows; whose session was over
  // is told of what came meanwhile: of a place when it joins again (see `receive`), of its inbox here.
  if (const auto told = hello_.told.extract(topic))
    after = resumed_ ? std::max(after, told.mapped()) : std::min(after, told.mapped());
  if (attached_to_hub_) hub_.subscribe(connection_->ref().id, topic, after);
}

void client_link::unsubscribe(const stream_id& topic, version up_to) {
  places_.erase(topic);
  if (attached_to_hub_) hub_.unsubscribe(connection_->ref().id, topic, up_to);
}

void client_link::joined(const stream_id& place, const std::string& body) {
  places_.insert(place);
  if (!connection_ || !is_shown(place)) return;
  const bool is_room = place.family() == domain::room::family;
  connection_->push(is_room ? "room-joined" : "lounge-joined", {}, body);
  // The others learn of each other by user-joined and user-left.
  if (place.family() == domain::lounge::family) connection_->push("user-list", {}, body);
}

void client_link::left(const stream_id& place) {
  if (!connection_) return;
  // Who left by its own wish and lags does not want what it has not read: nothing comes after room-left.
  if (attached_to_hub_) hub_.forget(connection_->ref().id, place);
  const bool is_room = place.family() == domain::room::family;
  std::string body;
  json_writer out{body};
  write_place(out, place);
  connection_->push(is_room ? "room-left" : "lounge-left", {}, body);
}

void client_link::tell(std::string_view event, const std::string& body) {
  if (connection_) connection_->push(event, {}, body);
}

void client_link::close(close_reason why) {
  phase_ = phase::over;
  if (!connection_) return;
  switch (why) {
  case close_reason::log_in_again: return connection_->close(close_code::log_in_again, "signed out: log in again");
  case close_reason::taken_over:
    return connection_->close(close_code::taken_over, "this session was resumed by another connection");
  case close_reason::come_back: return connection_->close(close_code::come_back, "come back: reconnect and resume");
  case close_reason::internal: return connection_->close(close_code::internal, "internal error: reconnect");
  }
}

} // namespace parley::gateway
