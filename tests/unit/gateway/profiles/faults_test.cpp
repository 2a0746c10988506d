// Whoever writes a profile is told what is wrong, and in which line. What the JSON Schema refuses as well lies in
// refused/, which tests/e2e/profiles.test.mjs holds to it; here is also what only we can know.

#include "gateway/profiles/event_names.hpp"
#include "gateway/rest/documents.hpp"
#include "profiles.hpp"

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

using namespace parley;
using namespace parley::gateway;

namespace {

std::string file(const std::filesystem::path& path) {
  std::ifstream in{path};
  REQUIRE(in);
  return {std::istreambuf_iterator<char>{in}, {}};
}

bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

/// The line of a fault in a text, and what it says.
std::string fault_in(std::string_view text) {
  const auto parsed = parse_profile(text, "f.json");
  return parsed ? "none" : parsed.error().message;
}

} // namespace

TEST_CASE("each refused profile is refused at its line, with its sentence") {
  const std::filesystem::path folder{REFUSED_PROFILES};
  std::istringstream expected{file(folder / "expected.txt")};
  std::set<std::string> seen;
  for (std::string line; std::getline(expected, line);) {
    const auto name = line.substr(0, line.find(':'));
    const auto sentence = line.find(": ") + 2;
    INFO(line);
    const auto parsed = parse_profile(file(folder / name), name);
    REQUIRE_FALSE(parsed.has_value());
    INFO(parsed.error().message);
    CHECK(parsed.error().code == errc::invalid);
    CHECK(parsed.error().message.starts_with(line.substr(0, sentence)));
    CHECK(holds(parsed.error().message, line.substr(sentence)));
    seen.insert(name);
  }
  for (const auto& each : std::filesystem::directory_iterator{folder})
    if (each.path().extension() == ".json") CHECK(seen.contains(each.path().filename().string()));
}

TEST_CASE("what is no JSON is refused at the line where it stops being some") {
  CHECK(fault_in("{\n  \"profile\": \"p\",\n  \"in\": {\n}\n").starts_with("f.json:4: this is no JSON: the text ends"));
  CHECK(fault_in("{\n  \"profile\": \"p\"\n  \"in\": {}\n}").starts_with("f.json:3: this is no JSON"));
  CHECK(fault_in("{\n  \"profile\": \"p\",\n  \"profile\": \"q\"\n}") == "f.json:3: `profile` is here twice");
  CHECK(fault_in("").starts_with("f.json:1: this is no JSON"));
  CHECK(fault_in("[]") == "f.json:1: a profile is an object");
  CHECK(fault_in("{\"profile\": \"p\"} x").starts_with("f.json:1: this is no JSON"));
  CHECK(fault_in("{\"profile\": \"\xff\"}").starts_with("f.json:1: this is no JSON"));
  CHECK(holds(fault_in("{\n\n\"title\": 1e999}"), "f.json:3: this is no JSON"));
}

TEST_CASE("a number's line is its own, though the next one had to be looked at") {
  CHECK(fault_in("{\n \"profile\": \"p\",\n \"title\": 7\n\n}").starts_with("f.json:3: `title`"));
}

TEST_CASE("files, depths, rules and templates have bounds") {
  CHECK(holds(fault_in(std::string(profile::file_bytes_max + 1, ' ')), "at most 262144 bytes"));
  CHECK(holds(fault_in(std::string(40, '[')), "more than 32 deep"));
  std::string deep = "1";
  for (int i = 0; i < 13; ++i) deep = "[" + deep + "]";
  CHECK(holds(fault_of(R"("templates": {"t": )" + deep + "}"), "more than 12 deep"));
  std::string rules = R"({"event": "typing"})";
  for (int i = 0; i < 512; ++i) rules += R"(,{"event": "typing"})";
  CHECK(holds(fault_of(R"("in": {"x": [)" + rules + "]}"), "more than 512 rules"));
  std::string members;
  for (int i = 0; i < 1025; ++i) members += "\"m" + std::to_string(i) + "\": 1,";
  CHECK(holds(fault_of(R"("templates": {)" + members + R"("z": 1})"), "more than 1024 members"));
}

TEST_CASE("templates that use each other come to an end") {
  CHECK(holds(fault_of(R"("templates": {"a": {"x": {"$use": "a"}}})"), "more than 12 deep"));
  std::string doubling = R"("t0": 1)";
  for (int i = 1; i < 11; ++i) {
    const auto use = R"({"$use": "t)" + std::to_string(i - 1) + "\"}";
    doubling += ", \"t" + std::to_string(i) + "\": [" + use + "," + use + "," + use + "," + use + "]";
  }
  CHECK(holds(fault_of("\"templates\": {" + doubling + "}"), "deep"));
  CHECK(holds(fault_of(R"("templates": {"a": {"$use": "b"}})"), "names a template"));
}

TEST_CASE("references begin with what is at hand") {
  const auto answer = [](std::string_view text) {
    return fault_of(R"("acks": {"*": {"answer": [")" + std::string{text} + "\"]}}");
  };
  CHECK(holds(answer("$item.x"), "what is at hand is `$`"));
  CHECK(holds(answer("$query.x"), "what is at hand is `$`"));
  CHECK(holds(answer("$0"), "what is at hand is `$`"));
  CHECK(holds(answer("$body.x"), "it begins with none of"));
  CHECK(holds(answer("$x"), "`$$` is a plain `$`"));
  CHECK(holds(answer("$."), "a name is missing after a dot"));
  CHECK(holds(answer("$..a"), "a name is missing after a dot"));
  CHECK(holds(answer("$.1.2.3.4.5.6.7.8.9"), "more than 8 steps"));
  CHECK(holds(fault_of(R"("rest": [{"from": "GET /x", "to": "GET /y", "query": {"a": "$query"}}])"),
              "one name must follow"));
  CHECK(holds(fault_of(R"("rest": [{"from": "GET /x", "to": "GET /y", "body": "$next"}])"), "what is at hand"));
}

TEST_CASE("a rule's namespace is one that the profile serves") {
  CHECK(holds(fault_of(R"("in": {"x": {"event": "typing", "namespace": "/a"}})"), "lists under `namespaces`"));
}

TEST_CASE("what is filled into our path stands in theirs") {
  CHECK(holds(fault_of(R"("rest": [{"from": "GET /x/:id", "to": "GET /y/:other"}])"), "`:other` stands in `to`"));
  CHECK(holds(fault_of(R"("rest": [{"from": "GET /x/:id/:id", "to": "GET /y"}])"), "here twice"));
}

TEST_CASE("lists go through each other twice, and no deeper") {
  CHECK(holds(
      fault_of(R"("templates": {"t": {"$each": "$", "$to": {"$each": "$item", "$to": {"$each": "$item", "$to": 1}}}})"),
      "no deeper"));
}

TEST_CASE("the names that profiles map are those of schema/asyncapi") {
  const auto document = nlohmann::json::parse(asyncapi_document());
  const auto resolved = [&](const nlohmann::json& ref) -> const nlohmann::json& {
    return document.at(nlohmann::json::json_pointer{ref.get<std::string>().substr(1)});
  };
  std::set<std::string> asks, tells;
  for (const auto& [id, operation] : document.at("operations").items())
    for (const auto& message : operation.at("messages")) {
      const auto& named = resolved(resolved(message.at("$ref")).at("$ref"));
      auto& names = operation.at("action") == "receive" ? asks : tells;
      names.insert(named.at("name").get<std::string>());
      if (operation.at("action") == "receive" && named.contains("x-aliases"))
        for (const auto& alias : named.at("x-aliases")) names.insert(alias.get<std::string>());
    }
  CHECK(asks == std::set<std::string>(asked_events().begin(), asked_events().end()));
  CHECK(tells == std::set<std::string>(told_events().begin(), told_events().end()));
}
