// The session's dealings with places: its own note goes into the log before a place is asked to let it in, and is taken
// out after the place has let it go. So a crash leaves behind no member that nobody would leave for.
//
// Commands are pipelined, so several errands to one place may be under way, and their answers come in order. The newest
// one's settles what we owe; an answer that says neither yes nor no (the log failed, the place's actor failed) leaves
// open whether the place let us in, and then it is asked to let us go.

#include "actors/session_actor.hpp"

namespace parley {
namespace {

using domain::session;

constexpr std::chrono::seconds claim_wait{1};
constexpr std::chrono::seconds retry_after{1};

/// The place said no, by a rule: we are not in. Anything else says nothing.
bool is_refusal(const result<answer>& r) { return !r && describe(r.error().code).status < 500; }

std::optional<bool> membership_by(const result<answer>& join) {
  if (join) return true;
  return is_refusal(join) ? std::optional{false} : std::nullopt;
}

} // namespace

/// Complete when both are known: that our own note is durable, and what the place says. Either may come first.
struct session_actor::joining {
  client_port_ptr client;
  std::optional<std::uint64_t> ack;
  stream_id place;
  std::optional<version> after;
  std::uint64_t errand = 0;
  std::optional<result<answer>> noted, let_in;
};

void session_actor::serve_join(client_command& c, join_place& j) {
  const auto one = std::make_shared<joining>();
  one->client = std::exchange(c.client, nullptr);
  one->ack = c.ack;
  one->place = j.place;
  one->after = j.after;
  if (is_ready() && !state().places.contains(j.place) && state().places.size() >= domain::places_max)
    return one->client->answer(c.ack, fail(errc::conflict, "in too many places at once; leave one first"));
  command(session::enter{id_, who_.login, j.place}, as_client(), [this, one](result<answer> r) {
    one->noted = std::move(r);
    if (one->let_in) return joined(*one);
    const bool place_is_asked = one->errand != 0;
    if (!*one->noted && !place_is_asked) one->client->answer(one->ack, tl::make_unexpected(one->noted->error()));
  });
  if (one->noted && !*one->noted) return;
  one->errand = begin_errand(j.place);
  auto answered = [this, one](const result<answer>& r) {
    one->let_in = r;
    if (one->noted) joined(*one);
  };
  std::visit([&](auto& command) { ask(j.place, std::move(command), std::nullopt, back_here(std::move(answered))); },
             j.command);
}

void session_actor::joined(joining& j) {
  const auto& place_says = *j.let_in;
  const auto heard = end_errand(j.place, j.errand, membership_by(place_says));
  if (*j.noted && place_says) {
    j.client->answer(j.ack, *place_says);
    j.client->joined(j.place, place_says->body);
    if (j.client != client_ || heard == word::stale) return; // whoever came back since follows it by `rejoin`
    unclaimed_.erase(j.place);
    auto after = std::min(j.after.value_or(place_says->version), place_says->version);
    if (place_says->forgetful) after = std::max(after, place_says->since);
    return client_->subscribe(j.place, after);
  }
  j.client->answer(j.ack, tl::make_unexpected(*j.noted ? place_says.error() : j.noted->error()));
  if (heard != word::last) return;
  if (is_refusal(place_says))
    exit(j.place, j.errand);
  else if (!*j.noted || !may_be_member(j.place))
    leave_for_good(j.place, "left");
}

void session_actor::serve_leave(client_command& c, const leave_place& l) {
  auto answered = [this, client = std::exchange(c.client, nullptr), ack = c.ack, place = l.place,
                   number = begin_errand(l.place)](const result<answer>& r) { left(client, ack, place, number, r); };
  ask_to_leave(l.place, "left", back_here(std::move(answered)));
}

void session_actor::left(const client_port_ptr& client, std::optional<std::uint64_t> ack, const stream_id& place,
                         std::uint64_t number, const result<answer>& r) {
  const auto heard = end_errand(place, number, r ? std::optional{false} : std::nullopt);
  if (!r) {
    client->answer(ack, tl::make_unexpected(r.error()));
    if (heard == word::last && !may_be_member(place)) leave_for_good(place, "left");
    return;
  }
  client->unsubscribe(place);
  if (client_ && client_ != client) client_->unsubscribe(place);
  client->answer(ack, *r);
  client->left(place);
  handed_.erase(place);
  unclaimed_.erase(place);
  if (heard == word::last) exit(place, number);
}

void session_actor::dismiss(const stream_id& place) {
  if (client_) client_->unsubscribe(place);
  handed_.erase(place);
  unclaimed_.erase(place);
  const auto known = errands_.find(place);
  if (known != errands_.end() && known->second.waiting) {
    known->second.member = known->second.sure = false; // what is under way settles it
    return;
  }
  const auto number = begin_errand(place);
  end_errand(place, number, false);
  exit(place, number);
}

// --- coming back ----------------------------------------------------------------------------------------------------

void session_actor::rejoin(const std::map<stream_id, version>& seen) {
  unclaimed_.clear();
  for (const auto& [place, seq] : seen)
    if (state().places.contains(place)) handed_[place] = seq;
  for (const auto& place : state().places) {
    const auto handed = handed_.find(place);
    const auto known = errands_.find(place);
    const bool sure = known != errands_.end() && known->second.sure;
    if (sure && handed != handed_.end())
      client_->subscribe(place, handed->second);
    else
      unclaimed_.insert(place);
  }
  if (!unclaimed_.empty()) await_claims();
}

void session_actor::await_claims() {
  later(claim_wait, [this, client = client_] {
    if (client != client_ || unclaimed_.empty()) return;
    for (const auto& place : std::set{unclaimed_}) {
      if (!is_ready()) break;
      const auto known = errands_.find(place);
      if (!state().places.contains(place))
        unclaimed_.erase(place);
      else if (known == errands_.end() || !known->second.waiting)
        ask_again(place);
    }
    await_claims();
  });
}

/// A member's join changes nothing, and tells since when it is one: nothing of before was promised to it.
void session_actor::ask_again(const stream_id& place) {
  auto answered = [this, place, number = begin_errand(place), client = client_](const result<answer>& r) {
    const auto heard = end_errand(place, number, membership_by(r));
    if (is_refusal(r)) {
      unclaimed_.erase(place);
      if (heard == word::last) exit(place, number);
    }
    if (!r || heard == word::stale || client != client_ || unclaimed_.erase(place) == 0) return;
    const auto handed = handed_.find(place);
    client_->subscribe(place, std::min(handed == handed_.end() ? r->since : handed->second, r->version));
  };
  if (place.family() == domain::room::family)
    ask(place, domain::room::command{domain::room::join{}}, std::nullopt, back_here(std::move(answered)));
  else
    ask(place, domain::lounge::command{domain::lounge::join{}}, std::nullopt, back_here(std::move(answered)));
}

// --- the end: every place gets its one `left` -----------------------------------------------------------------------

void session_actor::leave_places() {
  for (const auto& place : state().places) leave_for_good(place, state().close_reason);
}

void session_actor::leave_for_good(const stream_id& place, const std::string& reason) {
  unclaimed_.erase(place);
  auto gone = [this, place, reason, number = begin_errand(place)](const result<answer>& r) {
    if (end_errand(place, number, r ? std::optional{false} : std::nullopt) != word::last) return;
    if (r) return exit(place, number);
    later(retry_after, [this, place, reason, number] {
      if (is_newest(place, number)) leave_for_good(place, reason);
    });
  };
  ask_to_leave(place, reason, back_here(std::move(gone)));
}

void session_actor::exit(const stream_id& place, std::uint64_t number) {
  insist(
      session::exit{place}, [this, place, number] { return is_newest(place, number); },
      [this, place, number] {
        if (is_newest(place, number)) errands_.erase(place);
      });
}

// --- errands --------------------------------------------------------------------------------------------------------

std::uint64_t session_actor::begin_errand(const stream_id& place) {
  auto& e = errands_[place];
  e.newest = ++errands_begun_;
  e.waiting = true;
  return e.newest;
}

bool session_actor::is_newest(const stream_id& place, std::uint64_t number) const {
  const auto at = errands_.find(place);
  return at != errands_.end() && at->second.newest == number;
}

session_actor::word session_actor::end_errand(const stream_id& place, std::uint64_t number,
                                              std::optional<bool> member) {
  const auto at = errands_.find(place);
  if (at == errands_.end() || number < at->second.heard) return word::stale;
  auto& e = at->second;
  e.heard = number;
  if (member) e.member = e.sure = *member;
  if (e.newest != number) return word::for_now;
  e.waiting = false;
  return word::last;
}

bool session_actor::may_be_member(const stream_id& place) const {
  const auto at = errands_.find(place);
  return at != errands_.end() && at->second.member;
}

void session_actor::ask(const stream_id& place, domain::room::command c, std::optional<idempotency> once,
                        reply::function then) {
  parley::request<domain::room> r{std::move(c), as_client(), std::move(once), std::nullopt, reply{std::move(then)}};
  r.by.cause = id_.text + "#" + std::to_string(++commands_);
  rt().entities.ask(place, std::move(r));
}

void session_actor::ask(const stream_id& place, domain::lounge::command c, std::optional<idempotency> once,
                        reply::function then) {
  parley::request<domain::lounge> r{std::move(c), as_client(), std::move(once), std::nullopt, reply{std::move(then)}};
  r.by.cause = id_.text + "#" + std::to_string(++commands_);
  rt().entities.ask(place, std::move(r));
}

void session_actor::ask_to_leave(const stream_id& place, const std::string& reason, reply::function then) {
  if (place.family() == domain::room::family)
    ask(place, domain::room::command{domain::room::leave{reason}}, std::nullopt, std::move(then));
  else
    ask(place, domain::lounge::command{domain::lounge::leave{reason}}, std::nullopt, std::move(then));
}

} // namespace parley
