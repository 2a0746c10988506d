#include "actors/domain/money.hpp"
#include "actors/domain/recent.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

using namespace parley::domain;

TEST_CASE("a currency is an ISO 4217 code in force, in upper case") {
  for (const auto* code : {"EUR", "USD", "JPY", "AED", "ZWG"}) CHECK(is_currency(code));
  for (const auto* code : {"", "eur", "EU", "EURO", "DEM", "XXX", "XAU", " EUR"}) CHECK_FALSE(is_currency(code));
}

TEST_CASE("no sum of two that an account can hold overflows") {
  static_assert(balance_max == 9'007'199'254'740'991);
  static_assert(signed_balance_max + as_signed(amount_max) + signed_balance_max > signed_balance_max);
}

TEST_CASE("the last few are remembered, the oldest forgotten first; the same again is not a new one") {
  recent<std::string, int, 2> last;
  last.remember("a", 1);
  last.remember("b", 2);
  last.remember("a", 3);
  REQUIRE(last.find("a"));
  CHECK(*last.find("a") == 3);
  last.remember("c", 4);
  CHECK_FALSE(last.find("a"));
  CHECK(last.find("b"));
  CHECK(last.size() == 2);
}
