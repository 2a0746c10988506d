#include "gateway/profiles/ack_rules.hpp"

#include "gateway/profiles/members.hpp"

namespace parley::gateway {

checked<std::optional<ack_rules::reply>> ack_rules::read(const located_json* from, rule_reading& reading) {
  if (!from) return std::optional<reply>{};
  if (auto wrong = reading.take(from->line)) return tl::make_unexpected(std::move(*wrong));
  reply made;
  const auto* args = from;
  if (from->is_object()) {
    if (auto wrong = only_members(*from, "a reply", {"event", "args", "note"}))
      return tl::make_unexpected(std::move(*wrong));
    const auto* event = from->find("event");
    args = from->find("args");
    if (!event || !event->text() || !args)
      return fault(from->line, "a reply that is an event has `event`, their name of it, and `args`");
    if (auto wrong = check_foreign_name(*event->text(), event->line)) return tl::make_unexpected(std::move(*wrong));
    made.event = *event->text();
  } else if (!from->is_list()) {
    return fault(from->line,
                 "a reply is the list of the callback's arguments, or an event: {\"event\": …, \"args\": […]}");
  }
  auto compiled = args_template::compile(*args, static_cast<roots>(root::body), reading.templates);
  if (!compiled) return tl::make_unexpected(std::move(compiled.error()));
  made.args = std::move(*compiled);
  return std::optional{std::move(made)};
}

checked<ack_rules> ack_rules::compile(const located_json& from, rule_reading& reading) {
  if (!from.is_object()) return fault(from.line, "`acks` is an object from their events (`*`: any other) to replies");
  ack_rules made;
  for (const auto& [name, shapes] : from.members) {
    if (auto wrong = check_foreign_name(name, shapes.line)) return tl::make_unexpected(std::move(*wrong));
    if (auto wrong = only_members(shapes, "an entry of `acks`", {"answer", "refusal", "note"}))
      return tl::make_unexpected(std::move(*wrong));
    auto& e = made.entries_[name];
    for (const auto& [member, into] : {std::pair{"answer", &e.answer}, std::pair{"refusal", &e.refusal}}) {
      auto one = read(shapes.find(member), reading);
      if (!one) return tl::make_unexpected(std::move(one.error()));
      *into = std::move(*one);
    }
  }
  return made;
}

std::optional<foreign_reply> ack_rules::apply(of what, std::string_view asked, std::string_view body) const {
  for (const auto name : {asked, std::string_view{"*"}}) {
    const auto at = entries_.find(name);
    if (at == entries_.end()) continue;
    const auto& shape = what == of::answer ? at->second.answer : at->second.refusal;
    if (!shape) continue;
    const lazy_json lazy{body};
    mapped_input in;
    in.body = &lazy;
    mapping_budget budget;
    foreign_reply made{shape->event, {}};
    shape->args.write(made.args, in, budget);
    if (budget.exceeded) return std::nullopt; // an answer is due, and ours is one
    return made;
  }
  return std::nullopt;
}

} // namespace parley::gateway
