// Random commands against each decider. A failure prints its seed; PARLEY_SEED=<n> runs that one.

#include "actors/domain/lounges/lounge.hpp"
#include "actors/domain/people/account.hpp"
#include "actors/domain/people/session.hpp"
#include "actors/domain/rooms/room.hpp"
#include "tests/support/given_when_then.hpp"

#include <cstdlib>
#include <set>

using namespace parley;
using namespace parley::test;
using namespace std::chrono_literals;

namespace {

class xorshift {
public:
  explicit xorshift(std::uint64_t seed)
    : state_{seed * 0x9E3779B97F4A7C15u | 1u} {}
  std::uint64_t below(std::uint64_t n) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return (state_ >> 11) % n;
  }
  std::string one_of(std::string_view prefix, std::uint64_t n) {
    return std::string{prefix} + std::to_string(below(n));
  }

private:
  std::uint64_t state_;
};

/// Runs `steps` commands; `check` sees each accepted decision with the state before and after. A command that was
/// accepted is asked again at the same time: it must change nothing, unless `speaks` (each time is a new event).
template <class Entity>
void run(std::uint64_t seed, auto make, auto speaks, auto check) {
  INFO("replay with PARLEY_SEED=" << seed);
  xorshift random{seed};
  typename Entity::state s;
  auto now = noon;
  for (int step = 0; step < 300; ++step) {
    now += std::chrono::milliseconds{random.below(2000)};
    const auto [command, by] = make(random, now);
    const auto d = Entity::decide(s, command, by);
    if (!d) continue;
    auto after = s;
    for (const auto& e : d->events) Entity::evolve(after, e, now);
    check(s, *d, after);
    check_snapshot<Entity>(after);
    if (!speaks(command) && !d->refused_with) {
      const auto again = Entity::decide(after, command, by);
      REQUIRE((!again || again->events.empty()));
    }
    s = std::move(after);
  }
}

void for_seeds(auto f) {
  if (const char* one = std::getenv("PARLEY_SEED")) return f(std::strtoull(one, nullptr, 10));
  for (std::uint64_t seed = 1; seed <= 100; ++seed) f(seed);
}

/// Who is present by the events alone: each `left` ends one `joined`, and both count right.
class presence {
public:
  template <class Event>
  void see(const Event& any) {
    if (const auto* j = std::get_if<events::joined>(&any)) {
      REQUIRE(present_.insert(j->session).second);
      REQUIRE(j->participants == present_.size());
    } else if (const auto* l = std::get_if<events::left>(&any)) {
      REQUIRE(present_.erase(l->session) == 1);
      REQUIRE(l->participants == present_.size());
    }
  }
  [[nodiscard]] std::size_t size() const { return present_.size(); }

private:
  std::set<session_id> present_;
};

} // namespace

TEST_CASE("whatever is asked of a room: nobody too many, one left for each join, nothing after the end") {
  using domain::room;
  for_seeds([](std::uint64_t seed) {
    presence there;
    run<room>(
        seed,
        [](xorshift& r, time_point now) {
          auto by = caller(r.one_of("u", 3), r.one_of("s", 6), now);
          by.user = {"u" + std::to_string(by.session.text.back() % 3)};
          by.guest = r.below(3) == 0;
          room::open open;
          open.id = {"r"};
          open.capacity = 1 + static_cast<std::uint32_t>(r.below(4));
          if (r.below(2)) open.admission = "ask";
          if (r.below(2)) open.lifetime = std::chrono::seconds{1 + r.below(300)};
          const std::string sha(64, 'b');
          switch (r.below(16)) {
          case 0: return std::pair{room::command{open}, by};
          case 1: return std::pair{room::command{room::leave{}}, by};
          case 2: return std::pair{room::command{room::leave{}}, by};
          case 3: return std::pair{room::command{room::send{{{"m"}, "x", {}, {}}}}, by};
          case 4:
            return std::pair{room::command{room::relay{domain::relay_kind::offer, r.one_of("u", 4), "{}", sha}}, by};
          case 5:
            if (r.below(20) == 0) return std::pair{room::command{room::close{}}, by};
            return std::pair{room::command{room::typing{true}}, by};
          case 6: return std::pair{room::command{room::timer_fired{r.below(30) ? "other" : "expiry"}}, by};
          case 7: return std::pair{room::command{room::admit{r.one_of("u", 4)}}, by};
          case 8: return std::pair{room::command{room::admit{r.one_of("s", 6)}}, by};
          case 9: return std::pair{room::command{room::deny{r.one_of("s", 6)}}, by};
          case 10:
            if (r.below(4) == 0) return std::pair{room::command{room::kick{r.one_of("u", 4)}}, by};
            if (r.below(2) == 0) return std::pair{room::command{room::look{}}, by};
            return std::pair{room::command{room::show_status{true, {}, {}}}, by};
          default: return std::pair{room::command{room::join{{"r"}, "R", r.below(4) == 0, {}}}, by};
          }
        },
        [](const room::command& c) {
          return std::holds_alternative<room::send>(c) || std::holds_alternative<room::relay>(c);
        },
        [&](const room::state& before, const auto& d, const room::state& after) {
          if (before.closed) REQUIRE(d.events.empty());
          for (const auto& e : d.events) there.see(e);
          REQUIRE(there.size() == after.members.size());
          REQUIRE(after.members.size() <= after.capacity);
          for (const auto& [session, m] : after.waiting) {
            REQUIRE_FALSE(after.members.contains(session));
            REQUIRE_FALSE(after.admitted.contains(m.user));
            REQUIRE_FALSE(after.removed.contains(m.user));
          }
          for (const auto& [user, since] : after.removed) {
            REQUIRE_FALSE(after.admitted.contains(user));
            for (const auto& [session, m] : after.members) REQUIRE(m.user != user);
          }
          if (after.closed) REQUIRE((after.members.empty() && after.waiting.empty()));
          if (after.closed && !before.closed)
            REQUIRE(d.dismissed.size() == before.members.size() + before.waiting.size());
        });
  });
}

TEST_CASE("whatever is asked of a lounge: one left for each join, nobody banned is in, nobody muted is heard, and a "
          "timer stands for each mute and ban with an end") {
  using domain::lounge;
  for_seeds([](std::uint64_t seed) {
    presence there;
    std::set<std::pair<time_point, std::string>> standing;
    run<lounge>(
        seed,
        [](xorshift& r, time_point now) {
          auto by = caller("", r.one_of("s", 6), now);
          by.user = {"u" + std::to_string(by.session.text.back() % 3)};
          const std::string actions[] = {"warn", "mute", "unmute", "kick", "ban", "unban", "delete-message"};
          const auto id = r.one_of("a", 40);
          switch (r.below(12)) {
          case 0: return std::pair{lounge::command{lounge::create{{"l"}, "Bar", ""}}, by};
          case 1:
          case 2: return std::pair{lounge::command{lounge::send{{{"m"}, "x", {}, {}}}}, by};
          case 3: return std::pair{lounge::command{lounge::leave{}}, by};
          case 4:
          case 5: {
            lounge::moderate c;
            c.id = {id + std::to_string(now.time_since_epoch().count())};
            c.action = actions[r.below(7)];
            c.target = r.one_of("u", 3);
            c.reason = "spam";
            c.has_account = r.below(4) != 0;
            if (r.below(2) && (c.action == "mute" || c.action == "ban"))
              c.duration = std::chrono::seconds{1 + r.below(9)};
            if (c.action == "delete-message") c.about.seq = r.below(40);
            return std::pair{lounge::command{c}, by};
          }
          case 6:
            return std::pair{lounge::command{lounge::set_role{{r.one_of("u", 3)}, r.below(2) ? "moderator" : "member"}},
                             by};
          case 7: return std::pair{lounge::command{lounge::timer_fired{"over " + id}}, by};
          default: return std::pair{lounge::command{lounge::join{}}, by};
          }
        },
        [](const lounge::command& c) { return std::holds_alternative<lounge::send>(c); },
        [&](const lounge::state&, const auto& d, const lounge::state& after) {
          for (const auto& e : d.events) {
            there.see(e);
            if (const auto* said = std::get_if<events::message_sent>(&e))
              REQUIRE_FALSE(after.mutes.contains(said->user));
          }
          REQUIRE(there.size() == after.members.size());
          for (const auto& [session, m] : after.members) REQUIRE_FALSE(after.bans.contains(m.user));
          for (const auto& t : d.timers) {
            const std::pair key{t.timer.due, t.timer.what};
            REQUIRE((t.set ? standing.insert(key).second : standing.erase(key) == 1));
          }
          std::set<std::pair<time_point, std::string>> expected;
          for (const auto* all : {&after.mutes, &after.bans})
            for (const auto& [user, r] : *all)
              if (r.until) expected.emplace(*r.until, "over " + r.action.text);
          REQUIRE(standing == expected);
        });
  });
}

TEST_CASE("whatever is asked of a session: a restart timer stands while anything is owed, a grace timer while away") {
  using domain::session;
  for_seeds([](std::uint64_t seed) {
    std::set<std::pair<time_point, std::string>> standing;
    run<session>(
        seed,
        [](xorshift& r, time_point now) {
          const auto by = caller("u", "s", now);
          const auto place = make_stream("room", r.one_of("p", 4));
          switch (r.below(14)) {
          case 0: return std::pair{session::command{session::disconnect{"connection-lost", 3s}}, by};
          case 1: return std::pair{session::command{session::resume{}}, by};
          case 2: return std::pair{session::command{session::timer_fired{"grace", 3s}}, by};
          case 3: return std::pair{session::command{session::timer_fired{"restart", 3s}}, by};
          case 4:
            if (r.below(10) == 0) return std::pair{session::command{session::close{"left"}}, by};
            [[fallthrough]];
          case 5:
          case 6:
          case 7: return std::pair{session::command{session::exit{place}}, by};
          default: return std::pair{session::command{session::enter{{"s"}, {"l"}, place}}, by};
          }
        },
        [](const session::command&) { return false; },
        [&](const session::state& before, const auto& d, const session::state& after) {
          for (const auto& t : d.timers) {
            const std::pair key{t.timer.due, t.timer.what};
            if (t.set)
              REQUIRE(standing.insert(key).second);
            else
              standing.erase(key);
          }
          std::set<std::pair<time_point, std::string>> expected;
          if (!after.id.empty() && (!after.closed || !after.places.empty())) expected.emplace(at_restart, "restart");
          if (after.grace_until) expected.emplace(*after.grace_until, "grace");
          REQUIRE(standing == expected);
          if (before.closed)
            for (const auto& e : d.events) REQUIRE(std::holds_alternative<events::exited>(e));
        });
  });
}

TEST_CASE("whatever is asked of an account: never too many logins, generations only rise") {
  using domain::account;
  for_seeds([](std::uint64_t seed) {
    run<account>(
        seed,
        [](xorshift& r, time_point now) {
          const auto by = caller("u", "", now);
          const auto until = now + std::chrono::seconds{10 + r.below(10'000)};
          const login_id login{r.one_of("l", 60)};
          switch (r.below(8)) {
          case 0:
            return std::pair{
                account::command{account::register_user{{"u"}, "a@b", {"email/x"}, "A", "h", login, "", until}}, by};
          case 1: return std::pair{account::command{account::refresh_login{login, 1 + r.below(2), until}}, by};
          case 2: return std::pair{account::command{account::revoke_login{login, "logout"}}, by};
          case 3: return std::pair{account::command{account::rename{r.one_of("n", 3)}}, by};
          default: return std::pair{account::command{account::open_login{login, "h", "", until}}, by};
          }
        },
        // The same refresh token again is a reuse, and must be.
        [](const account::command& c) { return std::holds_alternative<account::refresh_login>(c); },
        [](const account::state& before, const auto& d, const account::state& after) {
          REQUIRE(after.logins.size() <= domain::logins_max);
          for (const auto& [id, login] : after.logins)
            if (const auto was = before.logins.find(id); was != before.logins.end())
              REQUIRE(login.generation >= was->second.generation);
          if (d.refused_with) REQUIRE(after.logins.size() + 1 == before.logins.size());
        });
  });
}
