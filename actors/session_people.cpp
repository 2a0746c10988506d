// The session's dealings with people: its own inbox, in which it is as in a place without being asked, and what its
// client says to another person, once that person is found.

#include "actors/session_actor.hpp"

#include <nlohmann/json.hpp>

namespace parley {
namespace {

using domain::conversation;
using domain::inbox;

constexpr std::chrono::seconds try_again{1};

stream_id inbox_of(const user_id& who) { return make_stream(inbox::family, who.text); }

/// What conversation::ask_other is answered.
user_id other_in(const answer& a) {
  const auto told = nlohmann::json::parse(a.body, nullptr, false);
  return {told.is_object() ? told.value("otherId", std::string{}) : std::string{}};
}

} // namespace

/// Whoever has an account is told what concerns them on every connection. As any join: nothing of it is missed, not
/// even across a crash.
void session_actor::follow_inbox() {
  if (!client_ || who_.login.empty()) return;
  const auto place = inbox_of(who_.user);
  const auto known = dealings_.find(place);
  const bool follows =
      known != dealings_.end() && known->second.member && known->second.sure && !unclaimed_.contains(place);
  if (follows || (is_ready() && state().closed)) return;
  if (!is_busy(place)) {
    auto c = std::make_shared<client_command>();
    c->client = client_;
    c->own = true;
    c->what = join_place{place, inbox::command{inbox::join{}}, std::nullopt};
    perform(std::move(c));
  }
  later(try_again, [this, client = client_] {
    if (client == client_) follow_inbox();
  });
}

void session_actor::tell_a_person(client_command_ptr c) {
  auto& t = std::get<tell_person>(c->what);
  if (who_.login.empty()) return void(answer_client(*c, fail(errc::unauthenticated, "sign in first")));
  auto found = [this, c, &t](const result<answer>& r) {
    if (!r) return void(answer_client(*c, tl::make_unexpected(r.error())));
    auto* said = std::get_if<conversation::command>(&t.command);
    auto* call = said ? std::get_if<conversation::call>(said) : nullptr;
    if (!call) return say_to_person(c);
    auto free = [this, c, call](const result<answer>& yes) {
      if (!yes && yes.error().code == errc::busy) call->not_free = "busy";
      if (!yes && yes.error().code == errc::unreachable) call->not_free = "unavailable";
      say_to_person(c);
    };
    ask(inbox_of(t.other), inbox::command{inbox::ask_free{}}, std::nullopt, back_here(std::move(free)));
  };
  ask(make_stream(domain::account::family, t.other.text), domain::account::command{domain::account::look_up{}},
      std::nullopt, back_here(std::move(found)));
}

void session_actor::say_to_person(const client_command_ptr& c) {
  auto& t = std::get<tell_person>(c->what);
  ask(t.place, std::move(t.command), std::move(t.once), [c](result<answer> r) { answer_client(*c, std::move(r)); });
}

/// The chat knows its two, their direct conversation who of them blocks whom. The chat judges it all the same, so that
/// a repeat of what was said before the block gets its first answer.
void session_actor::say_in_chat(client_command_ptr c) {
  auto& t = std::get<tell_place>(c->what);
  auto met = [this, c, &t](const result<answer>& r) {
    if (!r) return void(answer_client(*c, tl::make_unexpected(r.error())));
    auto judged = [this, c, &t](const result<answer>& may) {
      const bool blocked = !may && may.error().code == errc::blocked;
      const bool never_opened = !may && may.error().code == errc::not_found;
      if (!may && !blocked && !never_opened) return void(answer_client(*c, tl::make_unexpected(may.error())));
      std::get<conversation::send>(std::get<conversation::command>(t.command)).blocked = blocked;
      ask(t.place, std::move(t.command), std::move(t.once),
          [c](result<answer> said) { answer_client(*c, std::move(said)); });
    };
    const auto direct = domain::direct_conversation(who_.user, other_in(*r));
    ask(make_stream(conversation::family, direct.text), conversation::command{conversation::ask_other{}}, std::nullopt,
        back_here(std::move(judged)));
  };
  ask(t.place, conversation::command{conversation::ask_other{}}, std::nullopt, back_here(std::move(met)));
}

} // namespace parley
