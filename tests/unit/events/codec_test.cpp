// The catalogue's entries themselves are held by the golden samples; here is what decoding must refuse.

#include "events/codec.hpp"
#include "events/upcasts.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

using namespace parley;
using nlohmann::json;

namespace {

events::room_opened opened() {
  const time_point then{std::chrono::milliseconds{1}};
  return {{"room"}, "Room", {"u_1"}, "t", 4, then, "kept", true, "ask", then};
}

errc refusal(std::string_view family, std::string_view type, int schema, const json& data, const json& personal) {
  const auto decoded = decode(family, type, schema, data, personal);
  REQUIRE_FALSE(decoded.has_value());
  return decoded.error().code;
}

} // namespace

TEST_CASE("an event comes back as it was encoded, with and without its optional fields") {
  for (const bool with : {true, false}) {
    auto e = opened();
    if (!with) e.expires_at = e.starts_at = std::nullopt;
    const auto encoded = encode(events::room_event{e});
    CHECK((encoded.data.find("expiresAt") != std::string::npos) == with);
    const auto back = decode("room", "room-opened", 3, json::parse(encoded.data), json::parse(encoded.personal));
    REQUIRE(back.has_value());
    CHECK(*back == event{events::room_event{e}});
  }
}

TEST_CASE("personal fields are kept apart") {
  const auto encoded = encode(events::account_event{events::registered{{"u_1"}, "a@b.c", "Ada", "hash"}});
  CHECK(encoded.data == R"({"userId":"u_1"})");
  CHECK(encoded.personal == R"({"email":"a@b.c","name":"Ada","passwordHash":"hash"})");
}

TEST_CASE("unknown families, types and newer schemas are corrupt") {
  const auto data = json::parse(encode(events::room_event{opened()}).data);
  CHECK(refusal("cellar", "room-opened", 3, data, json::object()) == errc::corrupt);
  CHECK(refusal("room", "room-painted", 3, data, json::object()) == errc::corrupt);
  CHECK(refusal("lounge", "room-opened", 3, data, json::object()) == errc::corrupt);
  CHECK(refusal("room", "room-opened", 4, data, json::object()) == errc::corrupt);
  CHECK(refusal("room", "room-opened", 0, data, json::object()) == errc::corrupt);
  CHECK(refusal("room", "room-opened", 3, json::array(), json::object()) == errc::corrupt);
  CHECK(refusal("room", "room-opened", 3, data, nullptr) == errc::corrupt);
}

TEST_CASE("a missing or mistyped field is corrupt") {
  const auto data = json::parse(encode(events::room_event{opened()}).data);
  for (const auto& [name, value] : data.items()) {
    INFO(name);
    auto without = data, wrong = data;
    without.erase(name);
    wrong[name] = json::array();
    if (name != "expiresAt" && name != "startsAt")
      CHECK(refusal("room", "room-opened", 3, without, json::object()) == errc::corrupt);
    CHECK(refusal("room", "room-opened", 3, wrong, json::object()) == errc::corrupt);
  }
  for (const json& capacity : {json(-1), json(4294967296), json(1.5), json("4")}) {
    auto wrong = data;
    wrong["capacity"] = capacity;
    CHECK(refusal("room", "room-opened", 3, wrong, json::object()) == errc::corrupt);
  }
}

TEST_CASE("an upcast refuses old content that does not have its shape") {
  json data{{"keepHistory", "yes"}}, personal = json::object();
  CHECK_FALSE(upcast("room", "room-opened", 1, data, personal));
  data = json::object();
  CHECK_FALSE(upcast("room", "room-opened", 1, data, personal));
  data = json{{"keepHistory", true}};
  CHECK_FALSE(upcast("lounge", "room-opened", 1, data, personal));
  REQUIRE(upcast("room", "room-opened", 1, data, personal));
  CHECK(data == json{{"history", "kept"}});
  REQUIRE(upcast("room", "room-opened", 2, data, personal));
  CHECK(data == json{{"history", "kept"}, {"admission", "open"}});
  CHECK_FALSE(upcast("room", "room-opened", 3, data, personal));
}

TEST_CASE("the catalogue names each event once") {
  for (const auto& a : catalogue())
    CHECK(std::count_if(catalogue().begin(), catalogue().end(),
                        [&](const auto& b) { return a.family == b.family && a.type == b.type; }) == 1);
}
