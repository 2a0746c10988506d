// From a profile's JSON to a template.

#include "events/json_writer.hpp"
#include "gateway/profiles/json_template.hpp"
#include "gateway/profiles/members.hpp"

#include <algorithm>

namespace parley::gateway {
namespace {

std::string text_of(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

constexpr std::string_view operators_text =
    "`$use`, `$each`, `$case`, `$first`, `$join`, `$count`, `$times` and `$over` (`$$` is a plain `$`)";

} // namespace

struct json_template::compiler {
  roots allowed;
  template_reading& reading;
  std::size_t each_depth = 0;

  using made = checked<json_template>;

  made compile(const located_json& from, std::size_t depth) {
    if (depth > template_reading::depth_max)
      return fault(from.line, "a template lies more than " + std::to_string(template_reading::depth_max) + " deep");
    if (reading.nodes_left == 0) return fault(from.line, "the profile's templates are too large altogether");
    --reading.nodes_left;
    if (from.is_list()) return list(from, kind::list, depth);
    if (from.is_object()) return object(from, depth);
    return scalar(from);
  }

  made scalar(const located_json& from) {
    json_template t;
    const auto* text = from.text();
    if (text && reference::is_meant(*text)) {
      t.kind_ = kind::reference;
      if (auto wrong = refer(t, from)) return tl::make_unexpected(std::move(*wrong));
      return t;
    }
    if (text && text->starts_with('$'))
      append_quoted(t.text_, std::string_view{*text}.substr(1));
    else
      t.text_ = text_of(from.scalar);
    return t;
  }

  /// Puts the reference that `from` must be into `t`.
  std::optional<file_fault> refer(json_template& t, const located_json& from) {
    const auto* text = from.text();
    if (!text || !reference::is_meant(*text)) return file_fault{from.line, "here stands a reference, like `$.users`"};
    auto parsed = reference::parse(*text, from.line, allowed);
    if (!parsed) return std::move(parsed.error());
    t.source_ = std::move(*parsed);
    return std::nullopt;
  }

  std::optional<file_fault> add_part(json_template& t, const located_json& from, std::size_t depth) {
    auto part = compile(from, depth + 1);
    if (!part) return std::move(part.error());
    t.parts_.push_back(std::move(*part));
    return std::nullopt;
  }

  made list(const located_json& from, kind as, std::size_t depth) {
    if (!from.is_list() || (as != kind::list && from.items.empty()))
      return fault(from.line, "here stands a list of templates");
    json_template t;
    t.kind_ = as;
    for (const auto& item : from.items)
      if (auto wrong = add_part(t, item, depth)) return tl::make_unexpected(std::move(*wrong));
    return t;
  }

  made object(const located_json& from, std::size_t depth) {
    const auto is_operator = [](const auto& member) {
      return reference::is_meant(member.name) && member.name.find('.') == std::string::npos;
    };
    if (std::any_of(from.members.begin(), from.members.end(), is_operator)) return operation(from, depth);
    json_template t;
    t.kind_ = kind::object;
    for (const auto& [name, value] : from.members) {
      if (name == "...") {
        // Compiled to the front: what is named beside it replaces what it brings.
        json_template spread;
        spread.kind_ = kind::reference;
        if (auto wrong = refer(spread, value)) return tl::make_unexpected(std::move(*wrong));
        t.spread_ = true;
        t.parts_.insert(t.parts_.begin(), std::move(spread));
        t.members_.insert(t.members_.begin(), member{});
        continue;
      }
      if (auto wrong = add_part(t, value, depth)) return tl::make_unexpected(std::move(*wrong));
      auto named = name_of(name, value.line);
      if (!named) return tl::make_unexpected(std::move(named.error()));
      t.members_.push_back(std::move(*named));
    }
    return t;
  }

  /// A plain name, or a reference to one: `$item.userId`.
  checked<member> name_of(std::string_view name, std::size_t line) const {
    if (reference::is_meant(name))
      return reference::parse(name, line, allowed).map([](reference&& to) { return member{{}, {}, std::move(to)}; });
    const auto plain = name.substr(name.starts_with("$$") ? 1 : 0);
    member m{std::string{plain}, {}, {}};
    append_quoted(m.key, plain);
    m.key.push_back(':');
    return m;
  }

  made operation(const located_json& from, std::size_t depth) {
    const auto among = [&](std::string_view name) { return from.find(name); };
    if (const auto* of = among("$use")) return use(from, *of, depth);
    if (const auto* of = among("$each")) return each(from, *of, depth);
    if (const auto* of = among("$case")) return choice(from, *of, depth);
    if (const auto* of = among("$join")) return join(from, *of, depth);
    if (auto wrong = only_members(from, "an operation", {"$first", "$count", "$times", "$over"}))
      return fault(wrong->line, "the operators of templates are " + std::string{operators_text});
    if (from.members.size() != 1) return fault(from.line, "one object holds one operation");
    const auto& [name, of] = from.members.front();
    if (name == "$first") return list(of, kind::first, depth);
    if (name == "$count") {
      json_template t;
      t.kind_ = kind::count;
      if (auto wrong = refer(t, of)) return tl::make_unexpected(std::move(*wrong));
      return t;
    }
    return scaled(of, name == "$times" ? kind::times : kind::over);
  }

  /// [reference, number]
  made scaled(const located_json& of, kind as) {
    const bool fits = of.is_list() && of.items.size() == 2 && of.items[1].is == located_json::kind::scalar &&
                      of.items[1].scalar.is_number() && of.items[1].scalar.get<double>() > 0;
    if (!fits) return fault(of.line, "here stand a reference and a number above 0, like [\"$.price\", 100]");
    json_template t;
    t.kind_ = as;
    t.factor_ = of.items[1].scalar.get<double>();
    if (auto wrong = refer(t, of.items[0])) return tl::make_unexpected(std::move(*wrong));
    return t;
  }

  /// {"$join": [templates], "$with"?: text}
  made join(const located_json& from, const located_json& of, std::size_t depth) {
    if (auto wrong = only_members(from, "`$join`", {"$join", "$with"})) return tl::make_unexpected(std::move(*wrong));
    auto t = list(of, kind::join, depth);
    if (!t) return t;
    if (const auto* with = from.find("$with")) {
      if (!with->text()) return fault(with->line, "`$with` is the text that stands between");
      t->text_ = *with->text();
    }
    return t;
  }

  /// {"$use": name, "$on"?: reference}
  made use(const located_json& from, const located_json& of, std::size_t depth) {
    if (auto wrong = only_members(from, "`$use`", {"$use", "$on"})) return tl::make_unexpected(std::move(*wrong));
    const auto* named = of.text() && reading.named ? reading.named->find(*of.text()) : nullptr;
    if (!named) return fault(of.line, "`$use` names a template of the profile's `templates`");
    json_template t;
    t.kind_ = kind::use;
    if (const auto* on = from.find("$on"))
      if (auto wrong = refer(t, *on)) return tl::make_unexpected(std::move(*wrong));
    // Compiled where it is used: what it may refer to depends on that, and one that uses itself ends at the depth.
    if (auto wrong = add_part(t, *named, depth)) return tl::make_unexpected(std::move(*wrong));
    return t;
  }

  /// {"$each": reference, "$to": template, "$reversed"?: flag}
  made each(const located_json& from, const located_json& of, std::size_t depth) {
    if (auto wrong = only_members(from, "`$each`", {"$each", "$to", "$reversed"}))
      return tl::make_unexpected(std::move(*wrong));
    const auto* to = from.find("$to");
    if (!to) return fault(from.line, "`$each` needs `$to`, the template of one item");
    if (each_depth == template_reading::each_depth_max)
      return fault(from.line, "`$each` may lie in another one, and no deeper");
    json_template t;
    t.kind_ = kind::each;
    if (auto wrong = refer(t, of)) return tl::make_unexpected(std::move(*wrong));
    if (const auto* reversed = from.find("$reversed")) {
      if (!reversed->scalar.is_boolean()) return fault(reversed->line, "`$reversed` is true or false");
      t.reversed_ = reversed->scalar.get<bool>();
    }
    compiler inner{allowed | root::item, reading, each_depth + 1};
    if (auto wrong = inner.add_part(t, *to, depth)) return tl::make_unexpected(std::move(*wrong));
    return t;
  }

  /// {"$case": reference, "$of": {value: template, …}, "$else"?: template}
  made choice(const located_json& from, const located_json& of, std::size_t depth) {
    if (auto wrong = only_members(from, "`$case`", {"$case", "$of", "$else"}))
      return tl::make_unexpected(std::move(*wrong));
    const auto* cases = from.find("$of");
    if (!cases || !cases->is_object())
      return fault(from.line, "`$case` needs `$of`, an object from values to templates");
    json_template t;
    t.kind_ = kind::choice;
    if (auto wrong = refer(t, of)) return tl::make_unexpected(std::move(*wrong));
    for (const auto& [value, then] : cases->members) {
      if (auto wrong = add_part(t, then, depth)) return tl::make_unexpected(std::move(*wrong));
      t.members_.push_back({value, {}, {}});
    }
    if (const auto* otherwise = from.find("$else")) {
      t.otherwise_ = true;
      if (auto wrong = add_part(t, *otherwise, depth)) return tl::make_unexpected(std::move(*wrong));
    }
    return t;
  }
};

checked<json_template> json_template::compile(const located_json& from, roots allowed, template_reading& reading) {
  return compiler{allowed, reading}.compile(from, 1);
}

checked<args_template> args_template::compile(const located_json& from, roots allowed, template_reading& reading) {
  if (!from.is_list()) return fault(from.line, "arguments are a list of templates, like [\"$\"]");
  if (from.items.size() > template_args_max)
    return fault(from.line, "an event has at most " + std::to_string(template_args_max) + " arguments");
  args_template made;
  for (const auto& item : from.items) {
    auto arg = json_template::compile(item, allowed, reading);
    if (!arg) return tl::make_unexpected(std::move(arg.error()));
    made.args_.push_back(std::move(*arg));
  }
  return made;
}

} // namespace parley::gateway
