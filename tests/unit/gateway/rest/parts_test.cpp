#include "gateway/rest/email.hpp"
#include "gateway/rest/responses.hpp"

#include "gateway/bridge/write_positions.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace parley;
using namespace parley::gateway;

TEST_CASE("addresses are trimmed and lowered") {
  CHECK(normalised_email("  Ann.Lee+x@Mail.Example.ORG\t").value() == "ann.lee+x@mail.example.org");
  CHECK(normalised_email("a@b.c").has_value());
  CHECK(normalised_email("j\xc3\xbcrgen@b\xc3\xbc"
                         "cher.example")
            .has_value());
}

TEST_CASE("what can be no address is refused") {
  for (const std::string bad : {"",        " ",         "a",       "@",           "a@",      "@b.c",     "a@b",
                                "a@b@c.d", "a b@c.d",   "a@b .c",  "a@.b.c",      "a@b..c",  "a@b.c.",   "a@-b.c",
                                "a\n@b.c", "\"a\"@b.c", "<a@b.c>", "a@b.c,d@e.f", "a@b_c.d", "a\xff@b.c"}) {
    CAPTURE(bad);
    CHECK_FALSE(normalised_email(bad));
  }
  CHECK_FALSE(normalised_email(std::string("a\0@b.c", 6)));
  CHECK_FALSE(normalised_email(std::string(65, 'a') + "@b.c"));
  CHECK_FALSE(normalised_email("a@" + std::string(251, 'b') + ".c"));
}

TEST_CASE("a header that would split the answer is left out") {
  http_response r;
  r.headers = {{"Location", "x\r\nSet-Cookie: y"}, {"ETag", "\"1\""}};
  drop_unsafe_headers(r);
  REQUIRE(r.headers.size() == 1);
  CHECK(r.headers[0].first == "ETag");
}

TEST_CASE("objects are joined, empty ones too") {
  CHECK(joined_objects("{}", "{}") == "{}");
  CHECK(joined_objects(R"({"a":1})", "{}") == R"({"a":1})");
  CHECK(joined_objects("{}", R"({"a":1})") == R"({"a":1})");
  CHECK(joined_objects(R"({"a":1})", R"({"b":2})") == R"({"a":1,"b":2})");
}

TEST_CASE("the newest write of a user is remembered, whatever the order of the answers") {
  write_positions writes{10};
  CHECK(writes.of({"u_ann"}) == 10);
  writes.wrote({"u_ann"}, 30);
  writes.wrote({"u_ann"}, 20);
  CHECK(writes.of({"u_ann"}) == 30);
  CHECK(writes.of({"u_bob"}) == 10);
}

TEST_CASE("a forgotten user still reads their own writes") {
  write_positions writes{0};
  writes.wrote({"u_first"}, 500);
  for (std::size_t i = 0; i < write_positions::users_max; ++i) writes.wrote({"u_" + std::to_string(i)}, 501 + i);
  CHECK(writes.of({"u_first"}) >= 500);
  CHECK(writes.of({"u_5"}) == 506);
}
