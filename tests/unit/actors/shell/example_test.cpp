// The examples of tests/support/README.md, which shows them word for word (tests/check holds it to that).
#include "tests/support/actors/actor_world.hpp"
#include "tests/support/actors/stage.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <set>

using namespace parley;
using namespace parley::test;
using namespace std::literals;

namespace {

/// Goes to the highest bidder once nobody has bid more for ten seconds.
class auction final : public caf::event_based_actor {
public:
  auction(caf::actor_config& config, std::string& sold_to)
    : caf::event_based_actor{config}
    , sold_to_{sold_to} {}
  caf::behavior make_behavior() override {
    return {[this](const std::string& who, int amount) {
              if (amount <= highest_) return;
              highest_ = amount;
              leader_ = who;
              delayed_send(this, 10s, ++raises_);
            },
            [this](int raise) {
              if (raise == raises_) sold_to_ = leader_;
            }};
  }

private:
  std::string& sold_to_;
  std::string leader_;
  int highest_ = 0, raises_ = 0;
};

/// Told from where and how far, it bids one more each time.
class bidder final : public caf::event_based_actor {
public:
  bidder(caf::actor_config& config, std::string name, caf::actor sale)
    : caf::event_based_actor{config}
    , name_{std::move(name)}
    , sale_{std::move(sale)} {}
  caf::behavior make_behavior() override {
    return {[this](int amount, int most) {
      send(sale_, name_, amount);
      if (amount < most) send(this, amount + 1, most);
    }};
  }
  void on_exit() override { sale_ = nullptr; }

private:
  const std::string name_;
  caf::actor sale_;
};

} // namespace

TEST_CASE("an auction goes to who bid most, whoever was faster") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    INFO("seed " << seed);
    std::string sold_to;
    stage on{seed};
    const auto sale = on.spawn<auction>(sold_to);
    const auto ann = on.spawn<bidder>("ann", sale), ben = on.spawn<bidder>("ben", sale);
    on.tell(ann, 1, 5);
    on.tell(ben, 1, 4);
    on.pass(9s);
    on.tell(ann, 6, 8);
    on.tell(ben, 6, 9);
    on.pass(9s);
    CHECK(sold_to.empty()); // their raises began the ten seconds anew
    on.pass(1s);
    CHECK(sold_to == "ben");
  }
}

TEST_CASE("a message whose sync failed and that is said again is there once, also after a crash") {
  const auto left = GENERATE(memory_log::tail::lost, memory_log::tail::kept);
  const auto seed = GENERATE(range(1u, 21u));
  const stream_id hall{"room/hall"};
  const idempotency once{"ann|1", "hello"};
  memory_log log;
  {
    actor_world world{log, {.seed = seed}};
    const auto ann = world.connect("s1", "ann"), ben = world.connect("s2", "ben");
    ann->join(hall);
    ben->join(hall);
    world.settle();
    log.fail_next_sync(left); // nobody can know yet what the disk has kept
    const auto said = ann->say(hall, "hello", once);
    world.settle();
    CHECK(ann->failed_with(said, errc::log_unavailable));
    world.pass(2s); // the log recovers
    const auto again = ann->say(hall, "hello", once);
    world.settle();
    CHECK(ann->succeeded(again));
  }
  log.crash();
  actor_world world{log, {.start = noon + 1h}};
  const auto story = story_of(log, hall);
  CHECK(std::ranges::count(story, "message-sent s1") == 1);
  const auto back = world.resume("s2", "ben");
  world.pass(31s); // ann's grace is over, ben came back
  CHECK(members_of(log, hall) == std::vector{"s2"s});
}
