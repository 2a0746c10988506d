// Which profiles there are, and who gets which.

#include "gateway/profiles/profile_set.hpp"
#include "profiles.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace parley;
using namespace parley::gateway;

namespace {

namespace fs = std::filesystem;

/// A folder that is gone at the end of the test.
class folder {
public:
  folder() {
    auto name = (fs::temp_directory_path() / "profiles.XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;

  void put(const std::string& name, std::string_view text) const { std::ofstream{path / name} << text; }

  fs::path path;
};

profile_set with_rules(std::string_view rules) {
  auto set = profile_set::shipped();
  auto parsed = parse_profile_rules(rules);
  REQUIRE(parsed.has_value());
  REQUIRE(set.set_rules(std::move(*parsed)).has_value());
  return set;
}

std::string chosen(const profile_set& from, const profile_hints& hints) {
  const auto found = from.choose(hints);
  return !found ? found.error().message : *found ? (*found)->name() : "none";
}

} // namespace

TEST_CASE("five profiles are shipped") {
  const auto set = profile_set::shipped();
  std::vector<std::string> names;
  for (const auto* each : set.all()) names.push_back(each->name());
  CHECK(names == std::vector<std::string>{"bookings", "lounges", "meetings", "messenger", "one-time-chat"});
}

TEST_CASE("a folder adds to them, and may replace one") {
  const folder f;
  f.put("a.json", R"({"profile": "mine", "title": "first"})");
  f.put("b.json", R"({"profile": "meetings", "title": "changed"})");
  f.put("notes.txt", "no profile");
  const auto set = profile_set::with_folder(f.path);
  REQUIRE(set.has_value());
  CHECK(set->all().size() == 6);
  CHECK(set->find("mine")->title() == "first");
  CHECK(set->find("meetings")->title() == "changed");
  CHECK(set->find("nobody") == nullptr);
}

TEST_CASE("a folder that is not there, and a file in it that is wrong, are named") {
  const folder f;
  CHECK(profile_set::with_folder(f.path / "none").error().message.find("cannot read this folder") != std::string::npos);
  f.put("wrong.json", "{\n\"profile\": 7}");
  CHECK(profile_set::with_folder(f.path).error().message.starts_with((f.path / "wrong.json:2: ").string()));
  CHECK(read_profile_file(f.path / "none.json").error().message.find("cannot read this file") != std::string::npos);
  CHECK(read_profile_file(f.path).error().message.find("cannot read this file") != std::string::npos);
}

TEST_CASE("there is a bound to how many") {
  auto set = profile_set::shipped();
  for (std::size_t i = set.all().size(); i < profile_set::profiles_max; ++i)
    REQUIRE(set.add(R"({"profile": "p)" + std::to_string(i) + "\"}", "f").has_value());
  CHECK_FALSE(set.add(R"({"profile": "more"})", "f").has_value());
  CHECK(set.add(R"({"profile": "p10"})", "f").has_value());
}

TEST_CASE("who asks for a profile gets it, the query before the header before auth; an unknown one is an error") {
  const auto set = with_rules("example.org=lounges");
  CHECK(chosen(set, {.asked_by_query = "meetings", .asked_by_header = "lounges", .host = "example.org"}) == "meetings");
  CHECK(chosen(set, {.asked_by_header = "messenger", .asked_by_auth = "meetings"}) == "messenger");
  CHECK(chosen(set, {.asked_by_auth = "bookings"}) == "bookings");
  CHECK(chosen(set, {.asked_by_auth = "nobody", .host = "example.org"}) == "there is no such profile");
  CHECK(chosen(set, {}) == "none");
}

TEST_CASE("rules go by origin, host and path, and the first that applies counts") {
  const auto set = with_rules(
      " https://Meet.example.org = meetings , example.org:8080=lounges,/legacy/=one-time-chat, [::1]=bookings");
  CHECK(chosen(set, {.origin = "https://meet.example.org", .host = "example.org"}) == "meetings");
  CHECK(chosen(set, {.origin = "http://meet.example.org"}) == "none");
  CHECK(chosen(set, {.host = "EXAMPLE.org:9"}) == "lounges");
  CHECK(chosen(set, {.host = "not.example.org"}) == "none");
  CHECK(chosen(set, {.host = "[::1]:80"}) == "bookings");
  CHECK(chosen(set, {.path = "/legacy"}) == "one-time-chat");
  CHECK(chosen(set, {.path = "/legacy/x"}) == "one-time-chat");
  CHECK(chosen(set, {.path = "/legacies"}) == "none");
}

TEST_CASE("where a profile's clients look for Engine.IO, it is theirs") {
  const auto set = with_rules("example.org=lounges");
  CHECK(chosen(set, {.path = "/api/socket/io"}) == "messenger");
  CHECK(chosen(set, {.path = "/api/socket/io/"}) == "messenger");
  CHECK(chosen(set, {.host = "example.org", .path = "/api/socket/io"}) == "lounges");
}

TEST_CASE("rules that are none, and such that name no profile, are refused") {
  for (const auto* text : {"meetings", "=meetings", "example.org=", "/=x,="}) {
    INFO(text);
    CHECK_FALSE(parse_profile_rules(text).has_value());
  }
  std::string many;
  for (int i = 0; i < 65; ++i) many += "h" + std::to_string(i) + "=meetings,";
  CHECK_FALSE(parse_profile_rules(many).has_value());
  CHECK(parse_profile_rules("")->empty());
  auto set = profile_set::shipped();
  const auto set_wrong = set.set_rules({{profile_rule::kind::host, "example.org", "nobody"}});
  REQUIRE_FALSE(set_wrong.has_value());
  CHECK(set_wrong.error().message == "`example.org=nobody`: there is no such profile");
}
