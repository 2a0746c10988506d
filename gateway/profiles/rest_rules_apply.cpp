// A foreign request as one of ours, and our answer as one of theirs.

#include "events/json_reader.hpp"
#include "gateway/profiles/rest_rules.hpp"

#include <algorithm>
#include <charconv>

namespace parley::gateway {
namespace {

using nlohmann::json;

/// What is no JSON is no body to refer to: none of its bytes get into what is made.
mapped_input input_of(const mapped_request& from, const lazy_json& body) {
  mapped_input in;
  if (body.value()) in.body = &body;
  in.path = &from.path;
  in.query = &from.query;
  return in;
}

bool serves(const rest_rule& rule, std::string_view method) {
  return rule.method == method || (method == "HEAD" && rule.method == "GET");
}

std::string& header_of(std::vector<std::pair<std::string, std::string>>& headers, std::string_view name) {
  const auto same = [&](const auto& each) { return each.first == name; };
  const auto at = std::find_if(headers.begin(), headers.end(), same);
  return at != headers.end() ? at->second : headers.emplace_back(name, "").second;
}

/// Sets what the rule names, and takes out what it leads to nothing for.
void set_query(const rest_rule& rule, const mapped_input& in, mapping_budget& budget, text_pairs& query) {
  for (const auto& parameter : rule.query) {
    std::erase_if(query, [&](const auto& each) { return each.first == parameter.name; });
    std::string text;
    if (!parameter.value.write(text, in, budget)) continue;
    const auto value = json::parse(text, nullptr, false);
    if (value.is_string())
      query.emplace_back(parameter.name, value.get<std::string>());
    else if (value.is_number() || value.is_boolean())
      query.emplace_back(parameter.name, text);
  }
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

/// RFC 3986 section 2.1; what is no escape stays.
std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    const auto* digits = text.data() + i + 1;
    if (text[i] == '%' && text.size() - i > 2 && std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
      out.push_back(static_cast<char>(byte));
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

/// The cursor in `Link: <…?cursor=x&…>; rel="next"`; empty: there is no next page.
std::string next_of(const http_response& response) {
  for (const auto& [name, value] : response.headers) {
    if (!equal_ignoring_case(name, "link") || value.find("rel=\"next\"") == std::string::npos) continue;
    for (const auto* before : {"?cursor=", "&cursor="})
      if (const auto at = value.find(before); at != std::string::npos) {
        const auto rest = std::string_view{value}.substr(at + std::string_view{before}.size());
        return decoded(rest.substr(0, rest.find_first_of("&>")));
      }
  }
  return {};
}

/// Their methods of a path, when the one that a browser asks about is among them.
void allow_methods(const std::vector<rest_rule>& rules, const http_request& request, mapped_request& to) {
  for (const auto& rule : rules)
    if (rule.from.match(request.path)) to.methods.emplace_back(rule.method);
  const auto asked = request.header("access-control-request-method");
  if (std::find(to.methods.begin(), to.methods.end(), asked) == to.methods.end()) to.methods.clear();
}

http_response whole_answer(const rest_rule& rule, const mapped_input& in, mapping_budget& budget) {
  http_response made;
  made.status = rule.status ? rule.status : 200;
  if (!rule.answer->write(made.body, in, budget)) made.body = "null";
  return made;
}

} // namespace

std::optional<text_pairs> path_pattern::match(std::string_view path) const {
  if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  text_pairs captured;
  for (const auto& segment : segments_) {
    if (!path.starts_with('/')) return std::nullopt;
    const auto given = path.substr(1, path.find('/', 1) - 1);
    if (is_hole(segment) ? given.empty() || given == "." || given == ".." : given != segment) return std::nullopt;
    if (is_hole(segment)) captured.emplace_back(segment.substr(1), given);
    path.remove_prefix(given.size() + 1);
  }
  if (!path.empty()) return std::nullopt;
  return captured;
}

std::string path_pattern::filled(const text_pairs& captured) const {
  std::string path;
  for (const auto& segment : segments_) {
    path.push_back('/');
    const auto same = [&](const auto& each) {
      return is_hole(segment) && segment.compare(1, segment.npos, each.first) == 0;
    };
    const auto at = std::find_if(captured.begin(), captured.end(), same);
    path.append(at == captured.end() ? segment : at->second);
  }
  return path;
}

result<mapped_request> rest_rules::apply(http_request& request) const {
  mapped_request to;
  if (request.method == "OPTIONS") {
    allow_methods(rules_, request, to);
    return to;
  }
  for (const auto& rule : rules_) {
    if (!serves(rule, request.method)) continue;
    auto captured = rule.from.match(request.path);
    if (!captured) continue;
    to.rule = &rule;
    to.path = std::move(*captured);
    break;
  }
  if (!to.rule) return to;
  to.query = request.query;

  const auto& rule = *to.rule;
  const auto theirs = std::exchange(request.body, {});
  const lazy_json body{theirs};
  const auto in = input_of(to, body);
  mapping_budget budget;
  if (!rule.to) {
    to.at_once = whole_answer(rule, in, budget);
  } else {
    request.path = rule.to->filled(to.path);
    if (request.method != "HEAD") request.method = rule.to_method;
    set_query(rule, in, budget, request.query);
    // What is no JSON goes on as it came: the route says what is wrong with it.
    const bool readable = theirs.empty() || in.body;
    if (rule.body && readable && rule.body->write(request.body, in, budget))
      header_of(request.headers, "content-type") = "application/json";
    else
      request.body = theirs;
  }
  if (budget.exceeded) return fail(errc::too_large, "the profile makes too much of this request");
  return to;
}

void rest_rules::apply(const mapped_request& to, http_response& response) {
  if (!to.rule || to.at_once) return;
  const bool success = response.status >= 200 && response.status < 300, refused = response.status >= 400;
  const auto& shape = success ? to.rule->answer : to.rule->refusal;
  if (success && to.rule->status) response.status = to.rule->status;
  const bool is_json = response.content_type.find("json") != std::string::npos;
  if ((!success && !refused) || !shape || (!is_json && !response.body.empty())) return;

  const lazy_json body{response.body};
  auto in = input_of(to, body);
  if (!in.body && !response.body.empty()) return;
  const auto next = next_of(response);
  in.next = next;
  mapping_budget budget;
  std::string made;
  if (!shape->write(made, in, budget)) return; // ours is an answer, too
  response.body = std::move(made);
  response.content_type = "application/json";
  if (response.status == 204) response.status = 200;
}

} // namespace parley::gateway
