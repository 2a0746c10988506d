// From a profile's JSON to its routes.

#include "gateway/profiles/members.hpp"
#include "gateway/profiles/rest_rules.hpp"

#include <algorithm>
#include <tuple>

namespace parley::gateway {
namespace {

constexpr std::array<std::string_view, 5> methods{"GET", "POST", "PUT", "PATCH", "DELETE"};
constexpr roots at_hand_in_request = root::body | root::path | root::query;
constexpr roots at_hand_in_answer = at_hand_in_request | root::next;
constexpr std::size_t query_parameters_max = 16;

struct method_and_path {
  std::string method;
  path_pattern path;
  std::string text; ///< of the path
};

checked<method_and_path> read_target(const located_json& from) {
  const auto* text = from.text();
  const auto space = text ? text->find(' ') : std::string::npos;
  if (space == std::string::npos || std::find(methods.begin(), methods.end(), text->substr(0, space)) == methods.end())
    return fault(from.line,
                 "here stand a method and a path, like `GET /api/rooms/:roomId`; methods are GET, POST, PUT, "
                 "PATCH and DELETE");
  auto path = path_pattern::parse(std::string_view{*text}.substr(space + 1), from.line);
  if (!path) return tl::make_unexpected(std::move(path.error()));
  return method_and_path{text->substr(0, space), std::move(*path), text->substr(space + 1)};
}

std::optional<file_fault> check_holes(const path_pattern& to, const path_pattern& from, std::size_t line) {
  const auto& known = from.segments();
  for (const auto& segment : to.segments())
    if (path_pattern::is_hole(segment) && std::find(known.begin(), known.end(), segment) == known.end())
      return file_fault{line, "`" + segment + "` stands in `to`, but not in `from`"};
  return std::nullopt;
}

std::optional<file_fault> read_template(const located_json& rule, std::string_view member, roots allowed,
                                        rule_reading& reading, std::optional<json_template>& into) {
  const auto* from = rule.find(member);
  if (!from) return std::nullopt;
  auto made = json_template::compile(*from, allowed, reading.templates);
  if (!made) return std::move(made.error());
  into = std::move(*made);
  return std::nullopt;
}

std::optional<file_fault> read_query(const located_json& rule, rule_reading& reading, rest_rule& into) {
  const auto* query = rule.find("query");
  if (!query) return std::nullopt;
  if (!query->is_object() || query->members.size() > query_parameters_max)
    return file_fault{query->line, "`query` is an object of at most " + std::to_string(query_parameters_max) +
                                       " parameters of ours and their values"};
  for (const auto& [name, value] : query->members) {
    auto made = json_template::compile(value, at_hand_in_request, reading.templates);
    if (!made) return std::move(made.error());
    into.query.push_back({name, std::move(*made)});
  }
  return std::nullopt;
}

std::optional<file_fault> read_status(const located_json& rule, rest_rule& into) {
  const auto* status = rule.find("status");
  if (!status) return std::nullopt;
  const auto& n = status->scalar;
  if (!n.is_number_unsigned() || n.get<std::uint64_t>() < 200 || n.get<std::uint64_t>() > 299)
    return file_fault{status->line, "`status` is that of a success: 200 to 299"};
  into.status = n.get<int>();
  return std::nullopt;
}

checked<rest_rule> read(const located_json& from, rule_reading& reading) {
  if (auto wrong = reading.take(from.line)) return tl::make_unexpected(std::move(*wrong));
  if (auto wrong =
          only_members(from, "a route", {"from", "to", "query", "body", "answer", "refusal", "status", "note"}))
    return tl::make_unexpected(std::move(*wrong));
  const auto *theirs = from.find("from"), *ours = from.find("to");
  if (!theirs) return fault(from.line, "`from` is missing: their method and path");
  auto source = read_target(*theirs);
  if (!source) return tl::make_unexpected(std::move(source.error()));
  rest_rule made;
  made.method = std::move(source->method);
  made.from = std::move(source->path);
  made.from_text = std::move(source->text);
  if (ours) {
    auto target = read_target(*ours);
    if (!target) return tl::make_unexpected(std::move(target.error()));
    if (auto wrong = check_holes(target->path, made.from, ours->line)) return tl::make_unexpected(std::move(*wrong));
    made.to_method = std::move(target->method);
    made.to = std::move(target->path);
    made.to_text = std::move(target->text);
  }
  for (const auto& [member, allowed, into] :
       {std::tuple{"body", at_hand_in_request, &made.body},
        std::tuple{"answer", ours ? at_hand_in_answer : at_hand_in_request, &made.answer},
        std::tuple{"refusal", at_hand_in_answer, &made.refusal}})
    if (auto wrong = read_template(from, member, allowed, reading, *into))
      return tl::make_unexpected(std::move(*wrong));
  if (auto wrong = read_query(from, reading, made)) return tl::make_unexpected(std::move(*wrong));
  if (auto wrong = read_status(from, made)) return tl::make_unexpected(std::move(*wrong));
  if (!ours && !made.answer) return fault(from.line, "a route without `to` needs `answer`, the whole of it");
  if (!ours && (made.body || made.refusal || !made.query.empty()))
    return fault(from.line,
                 "a route without `to` is answered at once: `query`, `body` and `refusal` mean nothing there");
  return made;
}

} // namespace

checked<path_pattern> path_pattern::parse(std::string_view text, std::size_t line) {
  const auto wrong = [&](std::string why) { return fault(line, "`" + std::string{text} + "` is no path: " + why); };
  if (!text.starts_with('/') || text.size() > bytes_max)
    return wrong("it begins with `/` and has at most " + std::to_string(bytes_max) + " bytes");
  path_pattern made;
  while (!text.empty()) {
    const auto end = std::min(text.find('/', 1), text.size());
    const auto segment = text.substr(1, end - 1);
    text.remove_prefix(end);
    const bool odd = std::any_of(segment.begin(), segment.end(),
                                 [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == '?' || c == '#'; });
    if (segment.empty() || segment == ":" || segment == "." || segment == ".." || odd)
      return fault(line, "a path is made of segments that are not empty, without `?` and `#`; `:name` is a hole");
    const auto& known = made.segments_;
    if (is_hole(segment) && std::find(known.begin(), known.end(), segment) != known.end())
      return fault(line, "the hole `" + std::string{segment} + "` is here twice");
    made.segments_.emplace_back(segment);
  }
  return made;
}

checked<rest_rules> rest_rules::compile(const located_json& from, rule_reading& reading) {
  if (!from.is_list()) return fault(from.line, "`rest` is a list of routes");
  rest_rules made;
  for (const auto& item : from.items) {
    auto rule = read(item, reading);
    if (!rule) return tl::make_unexpected(std::move(rule.error()));
    made.rules_.push_back(std::move(*rule));
  }
  return made;
}

} // namespace parley::gateway
