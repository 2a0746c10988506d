#include "gateway/profiles/rule_reading.hpp"

#include "gateway/profiles/event_names.hpp"
#include "gateway/profiles/members.hpp"

#include <algorithm>

namespace parley::gateway {

std::optional<file_fault> rule_reading::take(std::size_t line) {
  if (rules_left == 0) return file_fault{line, "the profile has more than 512 rules"};
  --rules_left;
  return std::nullopt;
}

checked<std::vector<const located_json*>> rule_reading::rules_of(const located_json& entry) {
  if (!entry.is_list()) return std::vector{&entry};
  if (entry.items.empty()) return fault(entry.line, "this list has no rule; what is to be dropped is null");
  std::vector<const located_json*> all;
  all.reserve(entry.items.size());
  for (const auto& item : entry.items) all.push_back(&item);
  return all;
}

checked<std::string> rule_reading::namespace_of(const located_json& rule) const {
  const auto* space = rule.find("namespace");
  if (!space) return std::string{};
  const auto* text = space->text();
  if (!text || std::find(namespaces.begin(), namespaces.end(), *text) == namespaces.end())
    return fault(space->line, "`namespace` is one of those that the profile lists under `namespaces`");
  return *text;
}

checked<condition> rule_reading::condition_of(const located_json& rule, roots allowed) {
  const auto* when = rule.find("if");
  return when ? condition::compile(*when, allowed) : condition{};
}

checked<std::optional<args_template>> rule_reading::args_of(const located_json& rule, roots allowed) {
  const auto* args = rule.find("args");
  if (!args) return std::optional<args_template>{};
  return args_template::compile(*args, allowed, templates).map([](args_template&& made) {
    return std::optional{std::move(made)};
  });
}

std::optional<file_fault> check_foreign_name(std::string_view name, std::size_t line) {
  if (name.empty() || name.size() > foreign_name_bytes_max)
    return file_fault{line, "an event's name has 1 to " + std::to_string(foreign_name_bytes_max) + " bytes"};
  if (std::any_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }))
    return file_fault{line, "an event's name has no control characters"};
  const auto reserved = reserved_events();
  if (std::find(reserved.begin(), reserved.end(), name) != reserved.end())
    return file_fault{line, "`" + std::string{name} + "` is a name that Socket.IO keeps for itself"};
  return std::nullopt;
}

std::optional<file_fault> check_own_name(std::string_view name, std::size_t line,
                                         std::span<const std::string_view> known, std::string_view what) {
  if (std::find(known.begin(), known.end(), name) != known.end()) return std::nullopt;
  auto text = "`" + std::string{name}.substr(0, foreign_name_bytes_max) + "` is not among " + std::string{what} +
              " (schema/protocols.md)";
  if (const auto meant = nearest(name, known); !meant.empty()) text.append("; is `").append(meant).append("` meant?");
  return file_fault{line, std::move(text)};
}

} // namespace parley::gateway
