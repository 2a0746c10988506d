#include "gateway/auth/api_keys.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace parley;
using namespace parley::gateway;

TEST_CASE("a key that was made is read back: its account, and the digest that the account keeps") {
  secure_random random;
  const auto made = make_api_key(random);
  CHECK(is_api_key(made.text));
  CHECK(made.text.size() == 48);
  CHECK(made.user.text.starts_with("svc_"));
  CHECK(made.digest.size() == 64);
  const auto read = read_api_key(made.text);
  REQUIRE(read.has_value());
  CHECK(read->user == made.user);
  CHECK(read->digest == made.digest);
  CHECK(make_api_key(random).text != made.text);
}

TEST_CASE("another secret for the same account has another digest") {
  secure_random random;
  const auto made = make_api_key(random);
  auto other = made.text;
  other.back() = other.back() == 'a' ? 'b' : 'a';
  const auto read = read_api_key(other);
  REQUIRE(read.has_value());
  CHECK(read->user == made.user);
  CHECK(read->digest != made.digest);
}

TEST_CASE("what no key looks like is none") {
  secure_random random;
  const auto fine = make_api_key(random).text;
  CHECK_FALSE(read_api_key(""));
  CHECK_FALSE(read_api_key("pk_"));
  CHECK_FALSE(read_api_key(fine + "x"));
  CHECK_FALSE(read_api_key(fine.substr(0, fine.size() - 1)));
  CHECK_FALSE(read_api_key("sk" + fine.substr(2)));
  for (const char bad : {'/', '\0', '\n', '.', '\xc3'}) {
    auto key = fine;
    key[5] = bad;
    CHECK_FALSE(read_api_key(key));
    key = fine;
    key[47] = bad;
    CHECK_FALSE(read_api_key(key));
  }
  auto key = fine;
  key[25] = 'x'; // where the halves part
  CHECK_FALSE(read_api_key(key));
  CHECK_FALSE(is_api_key("eyJhbGciOiJIUzI1NiJ9.e30.x"));
}
