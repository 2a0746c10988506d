// The session's dealings with places. Its own note of a place is durable before the place is asked to let it in, and is
// taken out after the place has let it go: so neither a crash nor a failed commit leaves behind a member that nobody
// would leave for.
//
// An errand (a join, a leave) settles whether we are in a place, and there is one at a time to each; what the client
// says to that place meanwhile waits in line. An answer that says neither yes nor no (the log failed, the place's actor
// failed) leaves open whether the place has us, and then it is asked to let us go until it says that it did.

#include "actors/places.hpp"
#include "actors/session_actor.hpp"

namespace parley {
namespace {

using domain::session;

constexpr std::chrono::seconds claim_wait{1};
constexpr std::chrono::seconds retry_after{1};
constexpr std::size_t line_max = 256; ///< commands to one place that wait for an errand

/// The place said no, by a rule: we are not in. Anything else says nothing.
bool is_refusal(const result<answer>& r) { return !r && describe(r.error().code).status < 500; }

const stream_id& place_of(const client_request& what) {
  return std::visit([](const auto& one) -> const stream_id& { return one.place; }, what);
}

/// Of the conversations only a booking's chat is written to as a place: what is for a person is a tell_person.
bool is_said_in_chat(const tell_place& t) {
  const auto* said = std::get_if<domain::conversation::command>(&t.command);
  return said && std::holds_alternative<domain::conversation::send>(*said);
}

/// What of a place is not for who came in: all before, where it keeps nothing for anybody. Nor in a lounge, where
/// messages are taken back: what was before is read over REST, without those.
version shown_after(const stream_id& place, const answer& joining) {
  return joining.forgetful || place.family() == domain::lounge::family ? joining.since : 0;
}

result<answer> not_now() { return fail(errc::unavailable, "a join or leave is still under way there; try again", 1); }

} // namespace

client_port_ptr session_actor::answer_client(client_command& c, result<answer> r) {
  auto client = std::exchange(c.client, nullptr);
  if (!c.own) client->answer(c.ack, std::move(r));
  return client;
}

void session_actor::perform(client_command_ptr c) {
  if (std::holds_alternative<tell_person>(c->what)) return tell_a_person(std::move(c));
  const auto known = dealings_.find(place_of(c->what));
  if (known != dealings_.end() && known->second.busy) {
    auto& line = known->second.line;
    if (known->second.retrying || line.size() >= line_max)
      answer_client(*c, not_now());
    else
      line.push_back(std::move(c));
    return;
  }
  if (auto* j = std::get_if<join_place>(&c->what)) return join(std::move(c), *j);
  if (auto* l = std::get_if<leave_place>(&c->what)) return leave(std::move(c), l->place);
  auto& t = std::get<tell_place>(c->what);
  if (t.place.family() == domain::conversation::family && who_.login.empty())
    return void(answer_client(*c, fail(errc::unauthenticated, "sign in first")));
  if (is_said_in_chat(t)) return say_in_chat(std::move(c));
  auto answered = [c](result<answer> r) { answer_client(*c, std::move(r)); };
  ask(t.place, std::move(t.command), std::move(t.once), std::move(answered));
}

void session_actor::join(client_command_ptr c, join_place& j) {
  begin(j.place);
  dealings_[j.place].asked_after = j.after;
  auto noted = [this, c, &j](const result<answer>& note) {
    if (!note) {
      answer_client(*c, tl::make_unexpected(note.error()));
      return finish(j.place);
    }
    if (is_ready() && state().closed) { // meanwhile
      answer_client(*c, fail(errc::session_revoked, "the session is over"));
      // An earlier join may have put us in, and with the note taken out nobody would leave for us.
      return dealings_[j.place].member ? keep_leaving(j.place, state().close_reason) : exit(j.place);
    }
    auto answered = [this, c, &j](const result<answer>& r) { joined(*c, j, r); };
    ask(j.place, std::move(j.command), std::nullopt, back_here(std::move(answered)));
  };
  command(session::enter{id_, who_.login, j.place}, as_client(), std::move(noted));
}

void session_actor::joined(client_command& c, const join_place& j, const result<answer>& r) {
  auto& with = dealings_[j.place];
  const auto client = answer_client(c, r);
  if (is_refusal(r)) return exit(j.place);
  if (!r) return with.member ? finish(j.place) : keep_leaving(j.place, "left");
  if (r->waiting) {
    wait_at(j.place, j.after);
    return finish(j.place);
  }
  const bool is_new = !with.member;
  if (is_new) { // of an earlier stay
    receipts_.forget(j.place);
    with.wanted.reset();
    with.unaware = farewells_.may_be_unseen(j.place);
  }
  farewells_.forget(j.place);
  with.hidden = shown_after(j.place, *r);
  with.member = with.sure = true;
  with.waiting = with.going = false;
  client->joined(j.place, r->body);
  // Who came back is owed what it missed, also when it joins once more and asks for nothing of before.
  const bool came_back = unclaimed_.erase(j.place) != 0;
  const auto otherwise = came_back ? missed_since(j.place, r->since) : r->version;
  const auto after = want(with, std::min(j.after.value_or(otherwise), r->version));
  if (is_new || j.after) receipts_.wants(j.place, after);
  if (client == client_) {
    client_->subscribe(j.place, after);
  } else if (client_) { // who came back meanwhile does not follow it yet
    unclaimed_.insert(j.place);
    if (!came_back) await_claims();
  }
  finish(j.place);
}

void session_actor::leave(client_command_ptr c, const stream_id& place) {
  begin(place);
  go(place);
  auto answered = [this, c, &place](const result<answer>& r) {
    if (r) follow_no_more(place);
    const auto client = answer_client(*c, r);
    // Without a note we were never in.
    if (!r) return is_ready() && !state().places.contains(place) ? finish(place) : keep_leaving(place, "left", true);
    client->left(place);
    farewells_.waive(place);
    exit(place);
  };
  ask_to_leave(place, "left", std::move(answered));
}

void session_actor::dismiss(const dismissed& d) {
  // Nobody was here in this run of the server: whoever comes back asks the place, which then says it once more.
  if (!served_ || !dealings_.contains(d.place)) return;
  const bool waited = dealings_[d.place].waiting, was_in = dealings_[d.place].member;
  keep_farewell(d);
  if (client_) client_->unsubscribe(d.place, d.last);
  if (is_busy(d.place)) { // what is under way settles it
    follow_no_more(d.place);
    go(d.place);
    dealings_[d.place].member = false;
  } else {
    begin(d.place);
    exit(d.place);
  }
  if (was_in) explain_dismissal(d, waited);
}

void session_actor::keep_farewell(const dismissed& d) {
  const auto& with = dealings_[d.place];
  const bool unknown_since = d.since == 0 && !with.sure;
  if (with.going) return;
  // Put out in an earlier run of the server, or while that went down: how it came to that is in the place's history.
  if (unknown_since) return client_ ? client_->left(d.place) : void();
  if (!with.member && farewells_.contains(d.place)) {
    // Who joins once more after the end was told it then, or had left; unless that was in a run of before.
    if (with.asked_after) farewells_.claim(d.place, *with.asked_after, client_);
  } else {
    const auto follower = with.member && !unclaimed_.contains(d.place) ? client_ : nullptr;
    farewells_.note(d.place, std::max(with.hidden, d.forgetful ? d.since : 0), d.last, follower);
    if (!follower) farewells_.owe(d.place, with.asked_after.value_or(missed_since(d.place, d.since)), nullptr);
  }
  if (client_) say_farewells();
}

/// Gone at once, each is read to its end all the same: see hub::unsubscribe.
void session_actor::say_farewells() {
  for (const auto& [place, rest] : farewells_.take(client_)) {
    client_->subscribe(place, rest.after);
    client_->unsubscribe(place, rest.last);
  }
}

// --- coming back ----------------------------------------------------------------------------------------------------

void session_actor::rejoin(const std::map<stream_id, version>& seen) {
  say_farewells();
  unclaimed_.clear();
  receipts_.keep_only(state().places);
  for (const auto& [place, seq] : seen)
    if (state().places.contains(place)) receipts_.has(place, seq);
  for (const auto& place : state().places) {
    const auto received = receipts_.of(place);
    const auto known = dealings_.find(place);
    const bool sure = known != dealings_.end() && known->second.sure;
    if (sure && received && !is_unaware(place)) {
      known->second.wanted.reset(); // the rest has arrived
      client_->subscribe(place, want(known->second, *received));
    } else {
      unclaimed_.insert(place);
    }
  }
  if (!unclaimed_.empty()) await_claims();
}

void session_actor::await_claims() {
  later(claim_wait, [this, client = client_] {
    if (client != client_ || unclaimed_.empty()) return;
    for (const auto& place : std::set{unclaimed_}) {
      if (!is_ready()) break;
      if (!state().places.contains(place))
        unclaimed_.erase(place);
      else if (!is_busy(place))
        ask_again(place);
    }
    await_claims();
  });
}

/// The place tells since when we are a member. Who is none is not made one: it may have left in the last run of the
/// server, and only our note of that was lost.
void session_actor::ask_again(const stream_id& place) {
  begin(place);
  auto answered = [this, place, client = client_](const result<answer>& r) {
    auto& with = dealings_[place];
    // Put out while nobody of us was here: how it came to that is in the place's history.
    if (!r && r.error().code == errc::not_member && client_) client_->left(place);
    if (is_refusal(r) || (!r && !with.member)) return exit(place);
    if (r && r->waiting) {
      wait_at(place, with.wanted);
    } else if (r) {
      const bool was_sure = with.sure && !with.waiting;
      with.member = with.sure = true;
      with.hidden = shown_after(place, *r);
      const bool is_news = !was_sure || is_unaware(place);
      if (client == client_ && unclaimed_.erase(place) != 0) {
        if (is_news) welcome(place, r->body);
        client_->subscribe(place, want(with, std::min(missed_since(place, r->since), r->version)));
      }
    }
    finish(place);
  };
  ask(place, returning_to(place), std::nullopt, back_here(std::move(answered)));
}

/// Put out and let in again, and for all we know it saw neither.
bool session_actor::is_unaware(const stream_id& place) const {
  const auto& with = dealings_.at(place);
  return with.unaware && receipts_.of(place).value_or(0) < with.hidden;
}

/// Notes that the client is to have all after that seq, and gives what of it may be shown.
version session_actor::want(dealing& with, version after) {
  after = std::max(after, with.hidden);
  with.wanted = std::min(with.wanted.value_or(after), after);
  return after;
}

/// What the connections of before were surely given. As long as that is not known: all that they wanted, and when that
/// is not known either, all since the joining.
version session_actor::missed_since(const stream_id& place, version joined) const {
  if (const auto received = receipts_.of(place)) return *received;
  const auto known = dealings_.find(place);
  return known == dealings_.end() ? joined : known->second.wanted.value_or(joined);
}

// --- the end: every place gets its one `left` -----------------------------------------------------------------------

void session_actor::leave_places() {
  for (const auto& place : state().places) leave_for_good(place, state().close_reason);
}

void session_actor::leave_for_good(const stream_id& place, const std::string& reason) {
  unclaimed_.erase(place);
  if (is_busy(place)) {
    dealings_[place].leave_after = reason;
    return;
  }
  begin(place);
  go(place);
  keep_leaving(place, reason);
}

void session_actor::keep_leaving(const stream_id& place, const std::string& reason, bool wished) {
  ask_to_leave(place, reason, [this, place, reason, wished](const result<answer>& r) {
    if (r) {
      if (wished) farewells_.waive(place);
      if (client_ && wished) client_->left(place);
      return exit(place);
    }
    let_nobody_wait(place);
    later(retry_after, [this, place, reason, wished] { keep_leaving(place, reason, wished); });
  });
}

// --- errands --------------------------------------------------------------------------------------------------------

bool session_actor::is_busy(const stream_id& place) const {
  const auto known = dealings_.find(place);
  return known != dealings_.end() && known->second.busy;
}

void session_actor::begin(const stream_id& place) { dealings_[place].busy = true; }

void session_actor::go(const stream_id& place) {
  auto& with = dealings_[place];
  with.sure = with.waiting = false;
  with.going = true;
}

void session_actor::exit(const stream_id& place) {
  follow_no_more(place);
  go(place);
  dealings_[place].member = false;
  const auto once_more = [this, place] {
    let_nobody_wait(place);
    return true;
  };
  insist(session::exit{place}, once_more, [this, place] { finish(place); });
}

void session_actor::let_nobody_wait(const stream_id& place) {
  auto& with = dealings_[place];
  with.retrying = true;
  for (auto& c : std::exchange(with.line, {})) answer_client(*c, not_now());
}

void session_actor::follow_no_more(const stream_id& place) {
  if (client_) client_->unsubscribe(place, 0);
  receipts_.forget(place);
  unclaimed_.erase(place);
}

void session_actor::finish(const stream_id& place) {
  const auto at = dealings_.find(place);
  if (at == dealings_.end()) return; // the actor is going
  auto& with = at->second;
  with.busy = with.retrying = false;
  with.asked_after.reset();
  if (with.draining) return; // the loop below goes on
  with.draining = true;
  while (!with.busy && (with.leave_after || !with.line.empty())) {
    if (const auto reason = std::exchange(with.leave_after, {})) {
      leave_for_good(place, *reason);
    } else {
      auto c = std::move(with.line.front());
      with.line.pop_front();
      // A client that went meanwhile is in no place that it has to leave again.
      if (c->client == client_ || !std::holds_alternative<join_place>(c->what)) perform(std::move(c));
    }
  }
  with.draining = false;
  if (!with.busy && !with.member) dealings_.erase(at);
}

void session_actor::ask(const stream_id& place, any_command c, std::optional<idempotency> once, reply::function then) {
  auto by = as_client();
  by.cause = id_.text + "#" + std::to_string(++commands_);
  rt().entities.ask(place, request_of(std::move(c), std::move(by), std::move(once), reply{std::move(then)}));
}

void session_actor::ask_to_leave(const stream_id& place, const std::string& reason, heard then) {
  ask(place, leaving(place, reason), std::nullopt, back_here(std::move(then)));
}

} // namespace parley
