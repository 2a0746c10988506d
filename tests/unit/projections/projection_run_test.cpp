#include "projections/projection_run.hpp"

#include "tests/simulation/machine/memory_read_store.hpp"
#include "tests/support/log/story.hpp"

#include <catch2/catch_test_macros.hpp>

namespace parley::test {
namespace {

using namespace std::chrono_literals;
using simulation::fold_of;
using simulation::memory_read_store;
using simulation::read_tables;
using simulation::store_fault;
using run = projection_run;

struct projecting {
  story told;
  read_tables tables;
  memory_read_store store;
  projection_progress progress;
  projection_run run;

  explicit projecting(std::size_t batch_events = 10, std::uint64_t seed = 0)
    : store{tables, seed}
    , run{told.log, store, progress, {batch_events, 1 << 20, 100ms, 5000ms}} {
    told.open_room("r1");
  }
  void say(int n) {
    for (int i = 0; i < n; ++i) told.say("r1", "text");
  }
  /// Steps until the run waits for something; pauses are over at once.
  run::next settle() {
    for (int steps = 0; steps < 100'000; ++steps) {
      const auto next = run.step();
      if (std::holds_alternative<run::log_beyond>(next) || std::holds_alternative<run::over>(next)) return next;
    }
    FAIL("the run does not come to rest");
    return run::over{};
  }
  /// Why the tables are not what the log makes of empty ones.
  std::string wrong() const {
    const auto fresh = fold_of(told.log, tables.checkpoint).value();
    return tables.events != tables.checkpoint ? "some events were applied twice, or not"
                                              : first_difference(tables, fresh);
  }
  projection_state state() const { return progress.status().state; }
};

template <class Next>
bool is(const run::next& next) {
  return std::holds_alternative<Next>(next);
}
std::chrono::milliseconds pause_of(const run::next& next) { return std::get<run::pause>(next).how_long; }

} // namespace

TEST_CASE("a run opens its store, applies batch after batch, then waits for the log") {
  projecting p;
  p.say(14);
  CHECK(p.state() == projection_state::starting);
  CHECK(is<run::more>(p.run.step()));
  CHECK(p.state() == projection_state::running);
  CHECK(is<run::more>(p.run.step()));
  CHECK(p.progress.applied() == 10);
  CHECK(is<run::more>(p.run.step()));
  CHECK(p.progress.applied() == 15);
  CHECK(std::get<run::log_beyond>(p.run.step()).after == 15);
  CHECK(std::get<run::log_beyond>(p.run.step()).after == 15);
  p.say(1);
  CHECK(is<run::more>(p.run.step()));
  CHECK(p.progress.applied() == 16);
  CHECK(p.wrong().empty());
}

TEST_CASE("a run begins where its store stands") {
  projecting p;
  p.say(3);
  p.settle();
  projection_progress later;
  run next{p.told.log, p.store, later, {}};
  p.say(2);
  CHECK(is<run::more>(next.step()));
  CHECK(later.applied() == 4);
  CHECK(is<run::more>(next.step()));
  CHECK(later.applied() == 6);
  CHECK(p.wrong().empty());
}

TEST_CASE("a store that is away is tried again after growing pauses, which are short again once it was there") {
  projecting p;
  p.store.set_odds(store_fault::open_fails, 1000);
  for (const auto expected : {100ms, 200ms, 400ms, 800ms, 1600ms, 3200ms, 5000ms, 5000ms})
    CHECK(pause_of(p.run.step()) == expected);
  CHECK(p.state() == projection_state::unreachable);
  CHECK(p.progress.status().message == "open fails (injected)");
  p.store.set_odds(store_fault::open_fails, 0);
  p.settle();
  CHECK(p.state() == projection_state::running);
  CHECK(p.progress.status().message.empty());
  p.say(1);
  p.store.inject(store_fault::begin_fails);
  CHECK(pause_of(p.run.step()) == 100ms);
}

TEST_CASE("a store that opens but takes nothing is not tried ever faster") {
  projecting p;
  p.store.set_odds(store_fault::apply_fails, 1000);
  CHECK(is<run::more>(p.run.step()));
  CHECK(pause_of(p.run.step()) == 100ms);
  CHECK(is<run::more>(p.run.step()));
  CHECK(pause_of(p.run.step()) == 200ms);
}

TEST_CASE("a log that cannot be read for a moment makes a run pause, and go on from where it was") {
  projecting p;
  p.say(2);
  p.settle();
  p.say(4);
  p.told.log.fail_reads(error{errc::log_unavailable, "the log cannot be read (injected)", 5});
  CHECK(pause_of(p.run.step()) == 100ms);
  CHECK(p.state() == projection_state::unreachable);
  CHECK(p.progress.status().message == "the log cannot be read (injected)");
  CHECK(p.progress.applied() == 3);
  CHECK(is<run::more>(p.run.step())); // opens the store, as after any pause
  CHECK(pause_of(p.run.step()) == 200ms);
  p.told.log.fail_reads({});
  CHECK(is<run::log_beyond>(p.settle()));
  CHECK(p.state() == projection_state::running);
  CHECK(p.progress.applied() == 7);
  CHECK(p.wrong().empty());
}

TEST_CASE("a log that is damaged stops a run") {
  projecting p;
  p.say(2);
  p.told.log.fail_reads(error{errc::corrupt, "a record is damaged (injected)", 0});
  CHECK(is<run::over>(p.settle()));
  CHECK(p.state() == projection_state::stopped);
  CHECK(p.progress.status().message == "a record is damaged (injected)");
  CHECK(p.tables.checkpoint == 0);
}

TEST_CASE("each event is applied exactly once, whatever fails") {
  std::map<store_fault, std::uint64_t> came_true;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    INFO("seed " << seed);
    projecting p{3, seed};
    seeded random{seed};
    for (const auto f : simulation::all_store_faults) p.store.set_odds(f, 50);
    for (int round = 0; round < 60; ++round) {
      p.say(static_cast<int>(random.below(6)));
      p.told.session("s_1", events::disconnected{"connection-lost", story::noon});
      for (auto steps = random.below(6); steps > 0; --steps) static_cast<void>(p.run.step());
      CHECK(p.wrong().empty());
      CHECK(p.progress.applied() <= p.tables.checkpoint); // nobody is told of more than is there
    }
    p.settle();
    CHECK(p.tables.checkpoint == p.told.log.head());
    CHECK(p.wrong().empty());
    for (const auto f : simulation::all_store_faults) came_true[f] += p.store.count(f);
  }
  for (const auto& [f, times] : came_true) {
    INFO(simulation::text_of(f));
    CHECK(times > 0);
  }
}

TEST_CASE("an event that the store refuses stops the run just before it, with a message that names it") {
  projecting p;
  p.say(14);
  p.store.refuse([](const change_set& c) { return c.from < 8 && c.to >= 8; });
  CHECK(is<run::over>(p.settle()));
  CHECK(p.state() == projection_state::stopped);
  CHECK(p.progress.applied() == 7);
  CHECK(p.tables.checkpoint == 7);
  CHECK(p.progress.status().message == "event 8 (message-sent of room/r1) was refused: refused (injected)");
  CHECK(is<run::over>(p.run.step()));
  p.run.end();
  CHECK(is<run::over>(p.run.step()));
  CHECK(p.state() == projection_state::stopped);
  CHECK(p.wrong().empty());
}

TEST_CASE("an event that cannot be decoded stops the run just before it") {
  projecting p;
  p.say(4);
  append_request poison;
  poison.streams.push_back({{"room/r1"}, 5, {{"never-heard-of", 1, "{}", "{}"}}});
  poison.time = story::noon;
  REQUIRE(p.told.log.append({&poison, 1}).at(0).has_value());
  p.say(4);
  CHECK(is<run::over>(p.settle()));
  CHECK(p.tables.checkpoint == 5);
  CHECK(p.progress.status().message.find("event 6 (never-heard-of of room/r1, seq 6)") != std::string::npos);
}

TEST_CASE("a batch that is refused is taken apart, and later batches are whole again") {
  projecting p{8};
  p.say(40);
  std::vector<std::uint64_t> sizes;
  p.store.refuse([&](const change_set& c) {
    sizes.push_back(c.to - c.from);
    return c.from < 8 && c.to - c.from > 2;
  });
  CHECK(is<run::log_beyond>(p.settle()));
  CHECK(sizes == std::vector<std::uint64_t>{8, 4, 2, 2, 2, 2, 8, 8, 8, 8, 1});
  CHECK(p.state() == projection_state::running);
  CHECK(p.wrong().empty());
}

TEST_CASE("read models of another log are not written to") {
  projecting p;
  p.say(4);
  p.settle();
  story shorter;
  shorter.open_room("r1");
  const auto before = p.tables;
  projection_progress progress;
  run other{shorter.log, p.store, progress, {}};
  while (!is<run::over>(other.step())) {
  }
  CHECK(progress.status().state == projection_state::stopped);
  CHECK(progress.status().message.find("made from another log") != std::string::npos);
  CHECK(p.tables == before);
}

TEST_CASE("read models that are dropped under a run come back equal") {
  projecting p;
  p.say(14);
  p.settle();
  p.tables = {};
  p.say(1);
  p.settle();
  CHECK(p.progress.applied() == 16);
  CHECK(p.wrong().empty());
}

TEST_CASE("a run that is told to end takes no further step") {
  projecting p;
  CHECK(is<run::more>(p.run.step()));
  p.run.end();
  CHECK(is<run::over>(p.run.step()));
  CHECK(p.state() == projection_state::ended);
  CHECK(p.tables == read_tables{});
}

TEST_CASE("what fails because a run ends is told to nobody") {
  projecting p{1};
  CHECK(is<run::more>(p.run.step()));
  p.store.refuse([&](const change_set&) {
    p.run.end(); // as a thread's owner does in the midst of a step, and interrupts the store
    return true;
  });
  CHECK(is<run::over>(p.run.step()));
  CHECK(p.state() == projection_state::ended);
  CHECK(p.progress.status().message.empty());
}

} // namespace parley::test
