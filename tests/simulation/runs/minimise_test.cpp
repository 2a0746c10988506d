#include "tests/simulation/runs/minimise.hpp"

#include <catch2/catch_test_macros.hpp>

namespace parley::simulation {

TEST_CASE("chosen operations are written as a person would, and read again") {
  CHECK(text_of(chosen{}).empty());
  CHECK(text_of({3}) == "3");
  CHECK(text_of({3, 4}) == "3-4");
  CHECK(text_of({0, 2, 7, 8, 9, 11}) == "0,2,7-9,11");
  CHECK(parse_chosen("0,2,7-9,11") == chosen{0, 2, 7, 8, 9, 11});
  CHECK(parse_chosen("5-5") == chosen{5});
  test::seeded random{1};
  for (int i = 0; i < 200; ++i) {
    chosen which;
    const auto density = 1 + random.below(8);
    for (std::size_t n = 0; n < 100; ++n)
      if (random.one_in(density)) which.push_back(n);
    INFO(text_of(which));
    CHECK(parse_chosen(text_of(which)) == which);
  }
}

TEST_CASE("what is no list of operations is refused") {
  for (const std::string_view text : {",", "3,", ",3", "3,,4", "3-", "-3", "3-4-5", "3.4", "three", "3 ,4", " 3", "3 ",
                                      "+3", "4,3", "3,3", "3-5,5", "5-3", "99999999999999999999", "10000000"}) {
    INFO(text);
    CHECK_FALSE(parse_chosen(text).has_value());
  }
}

TEST_CASE("a workload with some of its operations is the same otherwise") {
  const auto all = plan(1, std::chrono::seconds{10}, fault_level::all);
  REQUIRE(all.operations.size() > 10);
  const auto some = only(all, {2, 5, all.operations.size(), 1'000'000});
  CHECK(some.clients == all.clients);
  CHECK(some.rooms == all.rooms);
  CHECK(some.lounges == all.lounges);
  REQUIRE(some.operations.size() == 2);
  CHECK(describe(some.operations[0]) == describe(all.operations[2]));
  CHECK(describe(some.operations[1]) == describe(all.operations[5]));
}

} // namespace parley::simulation
