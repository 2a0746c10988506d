// A calendar behind the real shell: a thousand people want the same provider at once, and the server may crash.

#include "tests/support/actors/actor_world.hpp"
#include "tests/support/log/streams.hpp"
#include "tests/support/seeded.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace parley;
using namespace parley::test;
using namespace std::chrono_literals;
using domain::calendar;

namespace {

const stream_id pias{"calendar/pia"};

/// The first two bookings that hold time of each other, at any moment of the history; empty when none ever did.
std::string overlap_in(const event_log& log) {
  std::map<std::string, events::booking> now;
  for (const auto& r : records_of(log, pias)) {
    const auto content = content_of(r).value();
    const auto* booking = std::visit(
        [](const auto& e) -> const events::booking* {
          if constexpr (std::derived_from<std::decay_t<decltype(e)>, events::booking>) return &e;
          return nullptr;
        },
        std::get<events::calendar_event>(content));
    if (!booking) continue;
    now[booking->id.text] = *booking;
    if (!domain::holds_time(*booking)) continue;
    for (const auto& [id, b] : now)
      if (id != booking->id.text && domain::holds_time(b) && b.starts_at < booking->ends_at &&
          booking->starts_at < b.ends_at)
        return id + " and " + booking->id.text + " at version " + std::to_string(r.version);
  }
  return {};
}

calendar::request wanted(std::size_t number, time_point starts_at, std::uint32_t minutes) {
  calendar::request r;
  r.id = domain::make_booking_id("bk_" + std::to_string(10'000'000 + number), {"pia"});
  r.provider = {"pia"};
  r.service = {"sv1"};
  r.starts_at = starts_at;
  r.minutes = minutes;
  r.currency = "EUR";
  return r;
}

} // namespace

TEST_CASE("of a thousand requests at once for one time exactly one is granted") {
  memory_log log;
  actor_world world{log, {.seed = 7}};
  std::vector<outcome_slot> answers;
  for (std::size_t i = 0; i < 1000; ++i)
    answers.push_back(world.ask<calendar>(pias, wanted(i, noon + 1h, 60), caller("c" + std::to_string(i))));
  world.settle();
  std::size_t granted = 0;
  for (const auto& a : answers) {
    REQUIRE(a->has_value());
    if (**a)
      ++granted;
    else
      CHECK((**a).error().code == errc::slot_taken);
  }
  CHECK(granted == 1);
  CHECK(records_of(log, pias).size() == 1);
}

TEST_CASE("a thousand requests for any time, steps among them, and a crash: no two bookings ever overlap") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) DYNAMIC_SECTION("seed " << seed) {
      seeded random{seed};
      memory_log log;
      auto world = std::make_unique<actor_world>(log, actor_world::options{.seed = seed});
      std::map<std::string, outcome_slot> acknowledged;
      for (std::size_t i = 0; i < 1000; ++i) {
        const auto c =
            wanted(i, noon + 1h + random.below(2'000) * 5min, static_cast<std::uint32_t>(15 + random.below(180)));
        acknowledged[c.id.text] = world->ask<calendar>(pias, c, caller("c" + std::to_string(i % 50)));
        const auto earlier = domain::make_booking_id("bk_" + std::to_string(10'000'000 + random.below(i + 1)), {"pia"});
        switch (random.below(6)) {
        case 0: world->ask<calendar>(pias, calendar::change{earlier, "confirmed", {}, {}}, caller("pia")); break;
        case 1: world->ask<calendar>(pias, calendar::cancel{earlier, {}, {}}, caller("pia")); break;
        case 2:
          for (auto who = 0; who < 50; ++who)
            if (random.one_in(25))
              world->ask<calendar>(pias,
                                   calendar::reschedule{earlier, noon + 1h + random.below(2'000) * 5min, true, {}},
                                   caller("c" + std::to_string(who)));
          break;
        default: break;
        }
        for (auto steps = random.below(20); steps > 0 && world->one_of_all(random); --steps) {
        }
        if (i == 500) { // the server dies with commits under way
          world->log().commit_unanswered(random.below(3));
          world = nullptr;
          log.crash();
          world = std::make_unique<actor_world>(log, actor_world::options{.seed = seed + 100});
        }
      }
      world->settle();
      CHECK(overlap_in(log) == "");
      std::set<std::string> kept;
      for (const auto& r : records_of(log, pias))
        if (r.type == "booking-requested") kept.insert(r.data.at("bookingId").get<std::string>());
      CHECK(kept.size() > 20);
      for (const auto& [id, slot] : acknowledged)
        if (slot->has_value() && (**slot).has_value()) CHECK(kept.contains(id));
    }
}
