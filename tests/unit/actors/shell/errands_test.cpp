// Errands that processes repeat: after a crash, from a position of long ago, at any time. Nobody is told twice.
#include "tests/support/log/books.hpp"
#include "tests/support/seeded.hpp"
#include "tests/unit/actors/shell/event_sourced_fixture.hpp"

#include <set>

using namespace parley;
using namespace parley::test;
using namespace std::chrono_literals;
using domain::calendar;
using domain::conversation;
using domain::inbox;
using domain::ledger;
using domain::listing;

namespace {

const stream_id lamp{"listing/ls1"}, pias{"calendar/pia"};

stream_id inbox_of(const std::string& user) { return make_stream(inbox::family, user); }

position kept_position(const event_log& log) {
  const auto kept = log.find_snapshot(follower_stream()).value();
  return kept ? kept->version : 0;
}
/// The follower goes on from there when it starts next.
void set_back(event_log& log, position to) {
  REQUIRE(to <= kept_position(log));
  append_request r;
  r.snapshot = snapshot{follower_stream(), to, 1, "{}"};
  REQUIRE(log.append({&r, 1}).front().has_value());
}

/// What is in somebody's inbox that is there more than once.
std::string told_twice(const event_log& log, const std::string& user) {
  std::set<std::string> told;
  for (const auto& r : records_of(log, inbox_of(user))) {
    const auto content = content_of(r).value();
    const auto& e = std::get<events::inbox_event>(content);
    std::string what;
    if (const auto* m = std::get_if<events::message_delivered>(&e))
      what = m->conversation.text + ' ' + std::to_string(m->seq);
    if (const auto* n = std::get_if<events::notified>(&e)) what = n->notification.text;
    if (!what.empty() && !told.insert(what).second) return user + ": " + what;
  }
  return {};
}
std::size_t messages_in(const event_log& log, const std::string& user) {
  return count(log, inbox_of(user), "message-delivered");
}

/// Ann, bob and pia say, buy, book, block, read and call, at random.
class three_people {
public:
  three_people(actor_world& world, const event_log& log, seeded& random, std::size_t& number)
    : world_{world}
    , log_{log}
    , random_{random}
    , number_{number} {}

  /// Eur for bob, lamps of ann's, and everybody at a device.
  void prepare() {
    world_.ask<ledger>(
        eur,
        ledger::transfer{{"deposit:d1"}, "EUR", {domain::world, domain::wallet_of({"bob"}), 100'000, "deposit:d1"}},
        caller("op"));
    world_.ask<listing>(lamp, listing::create{{"ls1"}, "Lamp", "Bright.", 400, "EUR", 1000}, caller("ann"));
    for (const std::string user : {"ann", "bob", "pia"})
      world_.ask<inbox>(inbox_of(user), inbox::join{}, caller(user, user + "1"));
  }

  void act() {
    static const std::vector<std::string> people{"ann", "bob", "pia"};
    const auto& one = people[random_.below(3)];
    const auto& other = people[random_.below(3)];
    const auto both = domain::direct_conversation({one}, {other});
    const auto id = std::to_string(++number_);
    const auto by = caller(one, one + "1");
    if (const auto choice = random_.below(12); choice == 0) {
      world_.ask<listing>(lamp, listing::purchase{{"ls1.p" + id}, 1, {}, {}}, caller("bob"));
    } else if (choice == 1) {
      world_.ask<calendar>(pias, wanted(), caller("bob"));
    } else if (choice == 2) {
      read_what_is_unread(one);
    } else if (both.empty()) {
      return;
    } else if (choice == 3) {
      tell(both, conversation::block{both, true}, by);
      if (!random_.one_in(3)) tell(both, conversation::block{both, false}, by);
    } else if (choice == 4) {
      tell(both, conversation::call{both, {"c_" + id + '.' + both.text}, "{}", std::string(64, 'd'), {}}, by);
    } else if (choice == 5) {
      tell(both, conversation::accept{{}, "{}", std::string(64, 'd')}, by);
    } else if (choice == 6) {
      tell(both, conversation::hang_up{}, by);
    } else {
      tell(both, conversation::send{both, {{"m" + id}, "hello", {}, {}}}, by);
    }
  }

private:
  template <class Command>
  void tell(const conversation_id& both, Command c, const domain::context& by) {
    world_.ask<conversation>(make_stream(conversation::family, both.text), std::move(c), by);
  }
  /// What is read may be told once more, as far as the list of the unread goes.
  void read_what_is_unread(const std::string& user) {
    for (const auto& r : records_of(log_, inbox_of(user))) {
      const auto content = content_of(r).value();
      if (const auto* n = std::get_if<events::notified>(&std::get<events::inbox_event>(content)))
        world_.ask<inbox>(inbox_of(user), inbox::mark_read{n->notification}, caller(user));
    }
  }
  calendar::request wanted() {
    calendar::request r;
    r.id = domain::make_booking_id("bk_" + std::to_string(10'000'000 + number_), {"pia"});
    r.provider = {"pia"};
    r.service = {"sv1"};
    r.title = "Haircut";
    r.starts_at = world_.now() + 1h * static_cast<int>(1 + random_.below(100));
    r.minutes = 30;
    r.price_minor = 100;
    r.currency = "EUR";
    return r;
  }

  actor_world& world_;
  const event_log& log_;
  seeded& random_;
  std::size_t& number_;
};

actor_world::options starting(time_point start, std::uint64_t seed) {
  actor_world::options chosen;
  chosen.start = start;
  chosen.seed = seed;
  return chosen;
}

} // namespace

TEST_CASE("wherever the server dies, and however old the follower's position, nobody is told anything twice") {
  std::size_t told = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    INFO("seed " << seed);
    seeded random{seed};
    memory_log log;
    std::size_t number = 0;
    auto start = noon;
    for (int life = 0; life < 6; ++life) {
      actor_world world{log, starting(start, seed)};
      three_people they{world, log, random, number};
      they.prepare();
      for (int i = 0; i < 25; ++i) {
        they.act();
        for (auto steps = random.below(30); steps > 0 && world.one_of_all(random); --steps) {
        }
      }
      if (random.one_in(3)) world.pass(3s); // the follower keeps its position now and then
      start = world.now() + (random.one_in(2) ? 1s : 24h * static_cast<int>(1 + random.below(1000)));
      if (random.one_in(2)) set_back(log, random.below(kept_position(log) + 1));
    }
    actor_world world{log, starting(start, seed)};
    world.pass(2s);
    for (const std::string user : {"ann", "bob", "pia"}) {
      CHECK(told_twice(log, user) == "");
      told += messages_in(log, user);
    }
    std::size_t said = 0;
    for (const auto* both : {"ann~bob", "ann~pia", "bob~pia"})
      said += count(log, make_stream(conversation::family, both), "message-sent");
    CHECK(messages_in(log, "ann") + messages_in(log, "bob") + messages_in(log, "pia") == 2 * said);
  }
  CHECK(told > 500); // else it was not about much
}

TEST_CASE("all errands there ever were, repeated years later, change nothing") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    INFO("seed " << seed);
    seeded random{seed};
    memory_log log;
    std::size_t number = 0;
    {
      actor_world world{log, starting(noon, seed)};
      three_people they{world, log, random, number};
      they.prepare();
      for (int i = 0; i < 150; ++i) {
        they.act();
        world.settle();
      }
    }
    { // what time brings has come
      actor_world world{log, starting(noon + 24h * 500, seed)};
      world.pass(5s);
    }
    const auto before = log.head();
    set_back(log, 0);
    actor_world world{log, starting(noon + 24h * 1000, seed)};
    world.pass(5s);
    CHECK(log.head() == before);
    CHECK(kept_position(log) == before); // it did go through all of it
  }
}

TEST_CASE("an inbox that was written before knows from its records what it has taken") {
  memory_log log;
  const conversation_id both{"ann~bob"};
  {
    actor_world world{log};
    for (const auto* id : {"m1", "m2"})
      world.ask<conversation>(make_stream(conversation::family, both.text),
                              conversation::send{both, {{id}, "hello", {}, {}}}, caller("ann"));
    world.settle();
  }
  write_snapshot(log, inbox_of("bob"), inbox::snapshot_schema - 1, "{}");
  set_back(log, 0);
  actor_world world{log, starting(noon + 48h, 0)};
  world.pass(2s);
  CHECK(messages_in(log, "bob") == 2);
}

TEST_CASE("nobody passes for a process by the name of their command") {
  memory_log log;
  const conversation_id both{"ann~bob"};
  const auto say = [&](actor_world& in, std::string id) {
    in.ask<conversation>(make_stream(conversation::family, both.text),
                         conversation::send{both, {{std::move(id)}, "hello", {}, {}}}, caller("ann"));
    in.settle();
  };
  {
    actor_world world{log};
    world.ask<inbox>(inbox_of("bob"), inbox::notify{{"bob"}, {"n1"}, "sale", "Sold", {}, {}}, caller("op"));
    auto by = caller("bob");
    by.cause = domain::cause_of({{"deliveries"}, {1'000'000, 0}});
    const auto marked = world.ask<inbox>(inbox_of("bob"), inbox::mark_read{{"n1"}}, by);
    world.settle();
    CHECK(is_ok(marked));
    say(world, "m1");
    CHECK(messages_in(log, "bob") == 1);
  }
  actor_world world{log, starting(noon + 1h, 0)}; // what was taken is now read from the records
  say(world, "m2");
  CHECK(messages_in(log, "bob") == 2);
}
