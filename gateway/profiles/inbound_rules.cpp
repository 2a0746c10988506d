#include "gateway/profiles/inbound_rules.hpp"

#include "events/json_reader.hpp"
#include "gateway/profiles/event_names.hpp"
#include "gateway/profiles/members.hpp"

#include <algorithm>

namespace parley::gateway {
namespace {

using nlohmann::json;

constexpr roots at_hand = root::body | root::argument;
constexpr std::size_t args_bytes_max = 512 * 1024, args_depth_max = 64;

std::optional<file_fault> check_asked(const std::string& name, std::size_t line) {
  return check_own_name(name, line, asked_events(), "what clients ask");
}

/// The positional arguments, as the dispatcher takes them (gateway/bridge/arguments.hpp): one list alone is all of
/// them.
const json& positional(const json& args) { return args.size() == 1 && args.front().is_array() ? args.front() : args; }

result<json> filled(const args_template& from, const mapped_input& in) {
  mapping_budget budget{.bytes_left = args_bytes_max};
  std::string text;
  from.write(text, in, budget);
  if (budget.exceeded) return fail(errc::too_large, "the profile makes too much of this event's arguments");
  auto made = read_json(text, args_depth_max);
  if (!made) return fail(errc::malformed, "the arguments nest too deep");
  return std::move(*made);
}

} // namespace

checked<inbound_rules::rule> inbound_rules::read(const located_json& from, rule_reading& reading) {
  if (auto wrong = reading.take(from.line)) return tl::make_unexpected(std::move(*wrong));
  rule made;
  if (from.is_null()) return made;
  if (const auto* name = from.text()) {
    if (auto wrong = check_asked(*name, from.line)) return tl::make_unexpected(std::move(*wrong));
    made.event = *name;
    return made;
  }
  if (!from.is_object()) return fault(from.line, "a rule is the name of one of our events, an object, or null");
  if (auto wrong = only_members(from, "an inbound rule", {"event", "args", "if", "namespace", "note"}))
    return tl::make_unexpected(std::move(*wrong));
  const auto* event = from.find("event");
  if (!event) return fault(from.line, "`event` is missing: our name, or null for what is dropped");
  if (!event->is_null()) {
    const auto* name = event->text();
    if (!name) return fault(event->line, "`event` is the name of one of our events, or null");
    if (auto wrong = check_asked(*name, event->line)) return tl::make_unexpected(std::move(*wrong));
    made.event = *name;
  }
  auto space = reading.namespace_of(from);
  if (!space) return tl::make_unexpected(std::move(space.error()));
  made.space = std::move(*space);
  auto when = rule_reading::condition_of(from, at_hand);
  if (!when) return tl::make_unexpected(std::move(when.error()));
  made.when = std::move(*when);
  auto args = reading.args_of(from, at_hand);
  if (!args) return tl::make_unexpected(std::move(args.error()));
  made.args = std::move(*args);
  return made;
}

checked<inbound_rules> inbound_rules::compile(const located_json& from, rule_reading& reading) {
  if (!from.is_object()) return fault(from.line, "`in` is an object from their events to ours");
  inbound_rules made;
  for (const auto& [name, entry] : from.members) {
    if (auto wrong = check_foreign_name(name, entry.line)) return tl::make_unexpected(std::move(*wrong));
    auto each = rule_reading::rules_of(entry);
    if (!each) return tl::make_unexpected(std::move(each.error()));
    auto& rules = made.rules_[name];
    for (const auto* one : *each) {
      auto rule = read(*one, reading);
      if (!rule) return tl::make_unexpected(std::move(rule.error()));
      rules.push_back(std::move(*rule));
    }
  }
  return made;
}

result<std::optional<client_message>> inbound_rules::apply(client_message m, std::string_view space) const {
  const auto entry = rules_.find(m.event);
  if (entry == rules_.end()) return std::optional{std::move(m)};
  const auto& given = positional(m.args);
  const lazy_json first{given.empty() ? nullptr : &given.front()};
  mapped_input in;
  if (!given.empty()) in.body = &first;
  in.arguments = &given;
  const auto& rules = entry->second;
  const auto fits = std::find_if(rules.begin(), rules.end(), [&](const rule& each) {
    return (each.space.empty() || each.space == space) && each.when.holds(in);
  });
  if (fits == rules.end()) return fail(errc::malformed, "`" + m.event + "` does not come with these arguments here");
  if (fits->event.empty()) return std::optional<client_message>{};
  if (fits->args) {
    auto args = filled(*fits->args, in);
    if (!args) return tl::make_unexpected(std::move(args.error()));
    m.args = std::move(*args);
  }
  m.event = fits->event;
  return std::optional{std::move(m)};
}

std::vector<std::string_view> inbound_rules::names() const {
  std::vector<std::string_view> all;
  all.reserve(rules_.size());
  for (const auto& [name, rules] : rules_) all.push_back(name);
  return all;
}

} // namespace parley::gateway
