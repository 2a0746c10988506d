#include "gateway/profiles/outbound_rules.hpp"

#include "gateway/profiles/event_names.hpp"
#include "gateway/profiles/members.hpp"

namespace parley::gateway {
namespace {

std::optional<file_fault> check_told(const std::string& name, std::size_t line) {
  return check_own_name(name, line, told_events(), "what clients are told");
}

} // namespace

checked<outbound_rules::rule> outbound_rules::read(const located_json& from, rule_reading& reading) {
  if (auto wrong = reading.take(from.line)) return tl::make_unexpected(std::move(*wrong));
  rule made;
  if (from.is_null()) return made;
  if (const auto* name = from.text()) {
    if (auto wrong = check_foreign_name(*name, from.line)) return tl::make_unexpected(std::move(*wrong));
    made.event = *name;
    return made;
  }
  if (!from.is_object()) return fault(from.line, "a rule is the name of one of their events, an object, or null");
  if (auto wrong = only_members(from, "an outbound rule", {"event", "args", "if", "each", "namespace", "note"}))
    return tl::make_unexpected(std::move(*wrong));
  const auto* event = from.find("event");
  if (!event || !event->text()) return fault(event ? event->line : from.line, "`event` is their name of it, a text");
  if (auto wrong = check_foreign_name(*event->text(), event->line)) return tl::make_unexpected(std::move(*wrong));
  made.event = *event->text();
  auto space = reading.namespace_of(from);
  if (!space) return tl::make_unexpected(std::move(space.error()));
  made.space = std::move(*space);

  auto at_hand = static_cast<roots>(root::body);
  if (const auto* each = from.find("each")) {
    const auto* text = each->text();
    if (!text || !reference::is_meant(*text))
      return fault(each->line, "`each` is a reference to the list that is gone through, like `$.users`");
    auto parsed = reference::parse(*text, each->line, at_hand);
    if (!parsed) return tl::make_unexpected(std::move(parsed.error()));
    made.each = std::move(*parsed);
    at_hand = at_hand | root::item;
  }
  auto when = rule_reading::condition_of(from, at_hand);
  if (!when) return tl::make_unexpected(std::move(when.error()));
  made.when = std::move(*when);
  auto args = reading.args_of(from, at_hand);
  if (!args) return tl::make_unexpected(std::move(args.error()));
  made.args = std::move(*args);
  return made;
}

checked<outbound_rules> outbound_rules::compile(const located_json* out, const located_json* no_echo,
                                                rule_reading& reading) {
  outbound_rules made;
  if (out && !out->is_object()) return fault(out->line, "`out` is an object from our events to theirs");
  for (const auto& [name, entry] : out ? out->members : decltype(out->members){}) {
    if (auto wrong = check_told(name, entry.line)) return tl::make_unexpected(std::move(*wrong));
    auto each = rule_reading::rules_of(entry);
    if (!each) return tl::make_unexpected(std::move(each.error()));
    auto& rules = made.rules_[name];
    for (const auto* one : *each) {
      auto rule = read(*one, reading);
      if (!rule) return tl::make_unexpected(std::move(rule.error()));
      rules.push_back(std::move(*rule));
    }
  }
  if (no_echo && !no_echo->is_list()) return fault(no_echo->line, "`no_echo` is a list of our events");
  for (const auto& item : no_echo ? no_echo->items : decltype(no_echo->items){}) {
    if (!item.text()) return fault(item.line, "`no_echo` is a list of our events");
    if (auto wrong = check_told(*item.text(), item.line)) return tl::make_unexpected(std::move(*wrong));
    made.quiet_.insert(*item.text());
  }
  return made;
}

bool outbound_rules::add(std::vector<foreign_event>& to, const rule& r, const mapped_input& in,
                         mapping_budget& budget) {
  if (budget.steps_left == 0) return false;
  --budget.steps_left;
  if (!r.when.holds(in)) return true;
  foreign_event made{r.event, {}};
  if (r.args)
    r.args->write(made.args, in, budget);
  else
    made.args.append("[").append(in.body->text()).append("]");
  to.push_back(std::move(made));
  return !budget.exceeded;
}

bool outbound_rules::add_each(std::vector<foreign_event>& to, const rule& r, const mapped_input& in,
                              mapping_budget& budget) {
  nlohmann::json kept;
  const auto* list = r.each->value(in, kept);
  if (!list || !list->is_array()) return true;
  auto one = in;
  for (const auto& item : *list) {
    one.item = &item;
    if (to.size() == events_max || !add(to, r, one, budget)) return false;
  }
  return true;
}

result<void> outbound_rules::apply(std::vector<foreign_event>& to, std::string_view name, std::string_view body,
                                   std::string_view space) const {
  const auto entry = rules_.find(name);
  if (entry == rules_.end()) return {};
  const lazy_json lazy{body};
  mapped_input in;
  in.body = &lazy;
  mapping_budget budget;
  std::vector<foreign_event> made;
  for (const auto& each : entry->second) {
    if (each.event.empty() || (!each.space.empty() && each.space != space)) continue;
    if (!(each.each ? add_each(made, each, in, budget) : add(made, each, in, budget)))
      return fail(errc::too_large, "the profile makes too much of `" + std::string{name} + "`");
  }
  to.insert(to.end(), std::make_move_iterator(made.begin()), std::make_move_iterator(made.end()));
  return {};
}

std::vector<std::string_view> outbound_rules::names() const {
  std::vector<std::string_view> all;
  all.reserve(rules_.size());
  for (const auto& [name, rules] : rules_) all.push_back(name);
  return all;
}

} // namespace parley::gateway
