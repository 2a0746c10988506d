#include "gateway/protocol/socketio_packet.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace parley;
using namespace parley::gateway::socketio;
using nlohmann::json;

namespace {

constexpr std::size_t depth_max = 8, bytes_max = 1000;

packet read(std::string_view text) {
  decoder d{depth_max, bytes_max};
  auto p = d.add(text, false);
  REQUIRE(p);
  REQUIRE(*p);
  return std::move(**p);
}

bool refuses(std::string_view text) {
  decoder d{depth_max, bytes_max};
  const auto p = d.add(text, false);
  return !p && p.error().code == errc::malformed;
}

} // namespace

TEST_CASE("a packet is type, namespace, ack number and JSON, each but the type optional") {
  const auto plain = read(R"(2["hi",1])");
  CHECK(plain.type == packet_type::event);
  CHECK(plain.nsp == "/");
  CHECK_FALSE(plain.ack);
  CHECK(plain.data == json::parse(R"(["hi",1])"));
  const auto full = read(R"(2/admin,456["project:delete",123])");
  CHECK(full.nsp == "/admin");
  CHECK(full.ack == 456);
  CHECK(full.data[1] == 123);
}

TEST_CASE("a CONNECT may name a namespace without a comma, with a query, and bring an object") {
  CHECK(read("0").data.is_null());
  CHECK(read("0/custom").nsp == "/custom");
  const auto asked = read(R"(0/a?x=1,{"token":"t"})");
  CHECK(asked.nsp == "/a");
  CHECK(asked.query == "x=1");
  CHECK(asked.data["token"] == "t");
  CHECK(refuses("0[1]"));
  CHECK(refuses("0\"text\""));
}

TEST_CASE("an ACK is a number and an array") {
  CHECK(read("3/x,7[]").ack == 7);
  CHECK(refuses("3[]"));
  CHECK(refuses("37{}"));
}

TEST_CASE("an EVENT begins with a name that is not the client's own") {
  CHECK(read("2[5]").data[0] == 5);
  for (const std::string_view text :
       {"2", "2[]", "2{}", "2[{}]", "2[null]", R"(2["connect"])", R"(2["connect_error"])", R"(2["disconnect"])",
        R"(2["disconnecting"])", R"(2["newListener"])", R"(2["removeListener"])"}) {
    INFO(text);
    CHECK(refuses(text));
  }
}

TEST_CASE("what is no packet of Socket.IO is malformed") {
  for (const std::string_view text :
       {"", "7", "x", "2[\"a\"", "2[\"a\"]x", "299999999999999999[\"a\"]", "2[\"\xff\"]", "1[]", "5[\"a\"]",
        "5-[\"a\"]", "511-[\"a\"]", "51[\"a\"]", "2[[[[[[[[[[1]]]]]]]]]]"}) {
    INFO(text);
    CHECK(refuses(text));
  }
  CHECK(refuses("0/" + std::string(namespace_bytes_max, 'n')));
}

TEST_CASE("a binary event waits for its attachments and puts them in their places") {
  decoder d{depth_max, bytes_max};
  const auto first =
      d.add(R"(52-/x,3["e",{"_placeholder":true,"num":1},{"deep":[{"_placeholder":true,"num":0}]}])", false);
  REQUIRE(first);
  CHECK_FALSE(*first);
  CHECK(d.awaits_attachments());
  CHECK_FALSE(*d.add("\1\2", true));
  const auto whole = d.add("\3", true);
  REQUIRE(whole);
  REQUIRE(*whole);
  CHECK_FALSE(d.awaits_attachments());
  CHECK((*whole)->ack == 3);
  CHECK((*whole)->data[1].get_binary() == json::binary_t{{3}});
  CHECK((*whole)->data[2]["deep"][0].get_binary() == json::binary_t{{1, 2}});
  CHECK(holds_binary((*whole)->data));
}

TEST_CASE("attachments come when announced, and only then") {
  decoder d{depth_max, bytes_max};
  CHECK_FALSE(d.add("\1", true));
  REQUIRE(d.add(R"(51-["e",{"_placeholder":true,"num":0}])", false));
  CHECK_FALSE(d.add("2[\"e\"]", false));
}

TEST_CASE("a placeholder must name an attachment, and each one once") {
  const auto broken = GENERATE(as<std::string>{}, R"(51-["e",{"_placeholder":true,"num":1}])",
                               R"(51-["e",{"_placeholder":true,"num":-1}])", R"(51-["e",{"_placeholder":true}])",
                               R"(51-["e",{"_placeholder":true,"num":"0"}])",
                               R"(51-["e",{"_placeholder":true,"num":0},{"_placeholder":true,"num":0}])");
  INFO(broken);
  decoder d{depth_max, bytes_max};
  REQUIRE(d.add(broken, false));
  CHECK_FALSE(d.add("x", true));
  CHECK(refuses(R"(50-["e",{"_placeholder":true,"num":0}])"));
}

TEST_CASE("attachments are bounded together") {
  decoder d{depth_max, bytes_max};
  REQUIRE(d.add(R"(52-["e",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}])", false));
  CHECK(d.add(std::string(bytes_max - 1, 'x'), true));
  CHECK_FALSE(d.add("xx", true));
}

TEST_CASE("what is encoded is decoded again") {
  const json data = json::array({"e", 1, json{{"bytes", json::binary({1, 2, 3})}}, json::binary({})});
  const auto out = encode_event("/x", data);
  REQUIRE(out.attachments.size() == 2);
  decoder d{depth_max, bytes_max};
  REQUIRE(d.add(out.text, false));
  REQUIRE(d.add(out.attachments[0], true));
  const auto whole = d.add(out.attachments[1], true);
  REQUIRE(whole);
  CHECK((*whole)->nsp == "/x");
  CHECK((*whole)->data == data);
  CHECK(encode_ack("/", 7, json::array()).text == "37[]");
  CHECK(encode_event("/", json::array({"e"})).text == R"(2["e"])");
}
