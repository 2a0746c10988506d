// The documents say what the router does, and the other way round. That they are documents of their kind, and that
// answers have the shapes they promise, is held by tests/e2e.

#include "gateway/rest/documents.hpp"
#include "gateway/rest/routes/routes.hpp"
#include "server.hpp"

#include <set>

using namespace parley;
using namespace parley::gateway;
using nlohmann::ordered_json;

namespace {

/// `/api/rooms/:roomId` as OpenAPI writes it.
std::string templated(std::string_view pattern) {
  std::string path;
  while (!pattern.empty()) {
    const auto end = std::min(pattern.find('/', 1), pattern.size());
    const auto segment = pattern.substr(0, end);
    if (segment.starts_with("/:"))
      path.append("/{").append(segment.substr(2)).push_back('}');
    else
      path.append(segment);
    pattern.remove_prefix(end);
  }
  return path;
}

std::string_view text_of(gateway::access who) {
  switch (who) {
  case gateway::access::open: return "open";
  case gateway::access::known: return "known";
  case gateway::access::signed_in: return "signed-in";
  case gateway::access::registered: return "registered";
  case gateway::access::operators: return "operators";
  case gateway::access::auditors: return "auditors";
  }
  return {};
}

/// `GET /path for whom`, one a line: of a set, what differs is shown when a test fails.
std::set<std::string> lines_of_router() {
  router all;
  add_client_routes(all);
  std::set<std::string> lines;
  for (const auto& route : all.all())
    for (const auto& pattern : route.patterns)
      lines.insert(route.method + ' ' + templated(pattern) + " for " + std::string{text_of(route.who)});
  return lines;
}

std::string upper(std::string text) {
  for (auto& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

std::set<std::string> lines_of_document(const ordered_json& document) {
  std::set<std::string> lines;
  for (const auto& [path, item] : document.at("paths").items()) {
    std::vector<std::string> paths{path};
    if (item.contains("x-aliases"))
      for (const auto& alias : item["x-aliases"]) paths.push_back(alias.get<std::string>());
    for (const auto& [method, operation] : item.items()) {
      if (method == "x-aliases") continue;
      for (const auto& each : paths)
        lines.insert(upper(method) + ' ' + each + " for " + operation.value("x-access", "nobody knows whom"));
    }
  }
  return lines;
}

std::set<std::string> without(const std::set<std::string>& all, const std::set<std::string>& taken) {
  std::set<std::string> left;
  std::set_difference(all.begin(), all.end(), taken.begin(), taken.end(), std::inserter(left, left.end()));
  return left;
}

} // namespace

TEST_CASE("every route is in schema/openapi with whom it is for, and nothing is there that is no route") {
  const auto routed = lines_of_router(), documented = lines_of_document(joined_document(openapi_parts()));
  CHECK(without(routed, documented) == std::set<std::string>{});
  CHECK(without(documented, routed) == std::set<std::string>{});
}

TEST_CASE("an operation that needs nobody's token says so, and no other does") {
  const auto document = joined_document(openapi_parts());
  for (const auto& [path, item] : document.at("paths").items())
    for (const auto& [method, operation] : item.items()) {
      if (method == "x-aliases") continue;
      INFO(method << ' ' << path);
      const auto who = operation.at("x-access").get<std::string>();
      const auto asked = operation.contains("security") ? operation["security"] : document.at("security");
      CHECK(asked.empty() == (who == "open"));
      CHECK(std::count(asked.begin(), asked.end(), ordered_json::object()) == (who == "known" ? 1 : 0));
    }
}

TEST_CASE("parts of a document do not speak of the same thing twice") {
  for (const auto& parts : {openapi_parts(), asyncapi_parts()}) {
    std::set<std::string> named;
    for (const auto part : parts) {
      const auto parsed = nlohmann::json::parse(part);
      std::vector<std::pair<std::string, nlohmann::json>> groups{
          {"paths", parsed.value("paths", nlohmann::json{})},
          {"operations", parsed.value("operations", nlohmann::json{})}};
      const auto components = parsed.value("components", nlohmann::json::object());
      for (const auto& [kind, entries] : components.items()) groups.emplace_back(kind, entries);
      for (const auto& [kind, entries] : groups)
        for (const auto& [name, entry] : entries.items()) {
          INFO(kind << ' ' << name);
          CHECK(named.insert(kind + ' ' + name).second);
        }
    }
  }
}

TEST_CASE("the documents are served to everybody") {
  gateway::testing::server s;
  const auto openapi = s.ask("GET", "/openapi.json");
  CHECK(openapi.status() == 200);
  CHECK(openapi.text("openapi") == "3.1.0");
  CHECK(openapi.body["paths"].contains("/api/rooms/{roomId}"));
  const auto asyncapi = s.ask("GET", "/asyncapi.json");
  CHECK(asyncapi.text("asyncapi") == "3.0.0");
  CHECK(asyncapi.body["components"]["messages"].contains("user-joined"));
}
