#include "projections/queries/lists.hpp"
#include "projections/queries/search.hpp"

#include <catch2/catch_test_macros.hpp>

namespace parley::test {

TEST_CASE("a page holds 1 to 200 rows, and begins where its list does") {
  CHECK(page_of("users", {"ada"}, {0, {}})->limit == 1);
  CHECK(page_of("users", {"ada"}, {1000, {}})->limit == page_rows_max);
  const auto asked = page_of("sales", {"u_1"}, {7, {}}, greatest_first).value();
  CHECK(asked.limit == 7);
  CHECK(asked.rows() == 8);
  CHECK(asked.after == greatest_first);
}

TEST_CASE("a cursor is of one list: its kind, and each part of its filter") {
  const auto list = page_of("services", {"a", "b|c", ""}, {}).value().list;
  const cursor at{42, "text", {}};
  const page_request next{10, encode_cursor(list, at)};
  CHECK(page_of("services", {"a", "b|c", ""}, next).value().after == at);
  CHECK(page_of("listings", {"a", "b|c", ""}, next).error().code == errc::malformed);
  CHECK(page_of("services", {"a|b", "c", ""}, next).error().code == errc::malformed);
  CHECK(page_of("services", {"a", "b|c"}, next).error().code == errc::malformed);
  CHECK(page_of("services", {"a", "", "b|c"}, next).error().code == errc::malformed);
}

TEST_CASE("what is no text asks for nothing") {
  CHECK(page_of("users", {"\xff"}, {}).error().code == errc::malformed);
  CHECK(page_of("users", {"fine", std::string_view{"a\0b", 3}}, {}).error().code == errc::malformed);
}

TEST_CASE("a search means its text itself, from three letters on anywhere") {
  CHECK(sought_pattern("").empty());
  CHECK(sought_pattern("Ada") == "Ada");
  CHECK(sought_pattern("100%_\\x") == "100\\%\\_\\\\x");
}

TEST_CASE("a text without a trigram of its own is sought where words begin") {
  CHECK(sought_pattern("a") == "\1a");
  CHECK(sought_pattern("4K") == "\1"
                                "4K");
  CHECK(sought_pattern("a ") == "\1a ");
  CHECK(sought_pattern("C++") == "\1C++");
  for (const auto* anywhere : {"é", "明", "#1", "jo-", "e-j", "++C", "C++ a"})
    CHECK(sought_pattern(anywhere) == anywhere);
}

TEST_CASE("signs alone are sought nowhere") {
  for (const auto* signs : {"!", "!!!", "%_\\", "   ", "\1"}) CHECK(sought_pattern(signs) == "\1");
}

} // namespace parley::test
