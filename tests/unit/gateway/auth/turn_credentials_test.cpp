#include "gateway/auth/turn_credentials.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace parley;
using namespace parley::gateway;

TEST_CASE("a TURN password is the MAC of the name it goes with") {
  // printf %s 1792600000:u_1 | openssl dgst -sha1 -hmac north -binary | base64
  const auto c = make_turn_credentials("north", {"u_1"}, time_point{std::chrono::milliseconds{1'792'600'000'999}});
  CHECK(c.username == "1792600000:u_1");
  CHECK(c.password == "efOlNUrKN55uG+kIMPIR6KJUiI8=");
  CHECK(make_turn_credentials("south", {"u_1"}, time_point{std::chrono::seconds{1'792'600'000}}).password !=
        c.password);
}
