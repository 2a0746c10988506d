#include "events/record.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace parley;

namespace {

const encoded_event renamed = encode(events::account_event{events::renamed{"Ada"}});

std::string bytes_of(std::string_view actor = "u_1") {
  std::string bytes;
  append_record(bytes, {"account/u_1"}, 2, 9, renamed, time_point{std::chrono::milliseconds{5}}, actor, "c_1");
  return bytes;
}

} // namespace

TEST_CASE("a record is one JSON object with its keys in a fixed order") {
  CHECK(bytes_of() == R"({"stream":"account/u_1","version":2,"type":"renamed","schema":1,)"
                      R"("time":"1970-01-01T00:00:00.005Z","actor":"u_1","cause":"c_1","data":{},)"
                      R"("personal":{"name":"Ada"},"position":9})");
}

TEST_CASE("a record reads back as it was written") {
  const auto r = parse_record(bytes_of("a \"quoted\" actor"));
  REQUIRE(r.has_value());
  CHECK(r->stream.text == "account/u_1");
  CHECK((r->version == 2 && r->position == 9 && r->schema == 1));
  CHECK(r->actor == "a \"quoted\" actor");
  CHECK(content_of(*r) == event{events::account_event{events::renamed{"Ada"}}});
}

TEST_CASE("bytes that are not a record are corrupt") {
  const auto good = bytes_of();
  for (std::size_t cut = 0; cut < good.size(); ++cut) {
    const auto r = parse_record(std::string_view{good}.substr(0, cut));
    REQUIRE_FALSE(r.has_value());
    CHECK(r.error().code == errc::corrupt);
  }
  const auto object = nlohmann::json::parse(good);
  for (const auto& [name, value] : object.items()) {
    INFO(name);
    auto without = object, wrong = object;
    without.erase(name);
    wrong[name] = nullptr;
    CHECK_FALSE(parse_record(without.dump()).has_value());
    CHECK_FALSE(parse_record(wrong.dump()).has_value());
  }
  auto untimed = object;
  untimed["time"] = "yesterday";
  CHECK_FALSE(parse_record(untimed.dump()).has_value());
}

TEST_CASE("sha256 is FIPS 180-4's") {
  CHECK(to_hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(to_hex(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
