// Which errands were taken: how they are named, and that a repeat is known for one.

#include "actors/domain/errands_taken.hpp"

#include "tests/support/seeded.hpp"

#include <catch2/catch_test_macros.hpp>
#include <limits>
#include <set>
#include <tuple>

using namespace parley;
using namespace parley::domain;
using parley::test::seeded;

TEST_CASE("an errand is read from the cause that names it") {
  CHECK(cause_of({{"deliveries"}, {70, 1}}) == "process|deliveries|70|1"); // as it stands in logs
  constexpr auto last = std::numeric_limits<position>::max();
  for (const errand_id& id : {errand_id{{"deliveries"}, {70, 1}}, errand_id{{"booking-notices"}, {last, 0}}})
    CHECK(errand_of(cause_of(id)) == id);
}

TEST_CASE("no other cause names an errand") {
  for (const auto* cause :
       {"", "c_1", "timer:grace", "s1#5", "process|", "process||1|2", "process|a", "process|a|1", "process|a|1|",
        "process|a||2", "process|a|1|2#5", "process|a|-1|2", "process|a| 1|2", "process|a|1|2|3", "process|a|1|x",
        "process|a|18446744073709551616|0", "process|a|1|4294967296", "Process|a|1|2", " process|a|1|2"})
    CHECK_FALSE(errand_of(cause));
}

TEST_CASE("what was taken stands for all before it, of the same process") {
  errands_taken taken;
  CHECK_FALSE(taken.has({{"a"}, {1, 0}}));
  taken.take({{"a"}, {7, 1}});
  for (const errand_place before : {errand_place{1, 9}, errand_place{7, 0}, errand_place{7, 1}})
    CHECK(taken.has({{"a"}, before}));
  for (const errand_place after : {errand_place{7, 2}, errand_place{8, 0}}) CHECK_FALSE(taken.has({{"a"}, after}));
  CHECK_FALSE(taken.has({{"b"}, {1, 0}}));
}

TEST_CASE("whatever is repeated, and from wherever a process goes on, each errand is taken once") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    INFO("seed " << seed);
    seeded random{seed};
    errands_taken taken;
    std::multiset<std::tuple<std::string, position, std::uint32_t>> done;
    std::map<std::string, position> reached{{"a", 0}, {"b", 0}};
    for (int life = 0; life < 20; ++life)
      for (auto& [name, at] : reached) {
        const auto end = at + random.below(10);
        // Which errands an event calls for is always the same.
        for (position p = random.below(at + 1) + 1; p <= end; ++p)
          for (std::uint32_t i = 0; i < p % 3; ++i) {
            const errand_id errand{{name}, {p, i}};
            if (taken.has(errand)) continue;
            taken.take(errand);
            done.emplace(name, p, i);
          }
        at = std::max(at, end);
      }
    std::size_t called_for = 0;
    for (const auto& [name, at] : reached)
      for (position p = 1; p <= at; ++p) called_for += p % 3;
    CHECK(done.size() == called_for);
    CHECK(std::set(done.begin(), done.end()).size() == called_for);
  }
}
