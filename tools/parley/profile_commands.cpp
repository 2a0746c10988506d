// parley profile: other vocabularies as data. Only reads the files it is given.

#include "gateway/profiles/profile_set.hpp"
#include "gateway/rest/documents.hpp"
#include "tools/parley/commands.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>

namespace parley::tool {
namespace {

using namespace parley::gateway;

constexpr std::string_view about = R"(Checks profiles: files that map another front end's vocabulary onto Parley's.
A fault is told as file:line: what is wrong, and the exit code is 1.
For what is right, it is said what the profile maps. schema/profiles/README.md is the guide.)";

/// `GET /api/rooms/{}`: a route without the names of its holes.
std::string shape_of(std::string_view method, std::string_view path) {
  std::string shape{method};
  for (auto& c : shape)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  shape.push_back(' ');
  while (!path.empty()) {
    const auto end = std::min(path.find('/', 1), path.size());
    const auto segment = path.substr(0, end);
    const bool hole = segment.starts_with("/:") || segment.starts_with("/{");
    shape.append(hole ? "/{}" : segment);
    path.remove_prefix(end);
  }
  return shape;
}

std::set<std::string> own_routes() {
  std::set<std::string> shapes;
  const auto document = nlohmann::json::parse(openapi_document(), nullptr, false);
  const auto paths = document.value("paths", nlohmann::json::object());
  for (const auto& [path, item] : paths.items())
    for (const auto& [method, operation] : item.items()) shapes.insert(shape_of(method, path));
  return shapes;
}

/// What only the server's own documents tell: false when a route leads to one that is not there.
bool check_routes(const profile& p, const std::string& file) {
  static const auto ours = own_routes();
  bool fine = true;
  for (const auto& route : p.routes()) {
    if (!route.to || ours.contains(shape_of(route.to_method, route.to_text))) continue;
    fmt::print(stderr, "{}: {} {} is no route of Parley's (schema/openapi)\n", file, route.to_method, route.to_text);
    fine = false;
  }
  return fine;
}

void describe(const profile& p, const std::string& file) {
  fmt::print("{}: {}{}{}\n", file, p.name(), p.title().empty() ? "" : ": ", p.title());
  fmt::print("  namespaces: {}\n", fmt::join(p.namespaces(), " "));
  if (!p.paths().empty()) fmt::print("  paths: {}\n", fmt::join(p.paths(), " "));
  fmt::print("  in ({}): {}\n", p.asked().size(), fmt::join(p.asked(), ", "));
  fmt::print("  out ({}): {}\n", p.told().size(), fmt::join(p.told(), ", "));
  fmt::print("  routes: {}\n", p.routes().size());
  for (const auto& route : p.routes())
    fmt::print("    {} {} -> {}\n", route.method, route.from_text,
               route.to ? route.to_method + ' ' + route.to_text : "answered at once");
}

bool check(const std::string& file) {
  const auto text = read_profile_file(file);
  const auto parsed = text.and_then([&](const std::string& t) { return parse_profile(t, file); });
  if (!parsed) {
    fmt::print(stderr, "{}\n", parley::text_of(parsed.error()));
    return false;
  }
  const bool fine = check_routes(*parsed, file);
  describe(*parsed, file);
  return fine;
}

} // namespace

void add_profile_commands(CLI::App& app) {
  static std::vector<std::string> files;
  auto* group = app.add_subcommand("profile", "Profiles: other front ends' vocabularies as data");
  group->require_subcommand(1);
  auto* command = group->add_subcommand("check", std::string{about});
  command->add_option("FILE", files, "profiles, as JSON")->required();
  command->callback([] {
    bool fine = true;
    for (const auto& file : files) fine = check(file) && fine;
    if (!fine) throw CLI::RuntimeError{1};
  });
}

} // namespace parley::tool
