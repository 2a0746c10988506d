#include "gateway/profiles/condition.hpp"

#include "gateway/profiles/members.hpp"

#include <algorithm>

namespace parley::gateway {

struct condition::compiler {
  roots allowed;
  test made;

  std::optional<file_fault> read(const located_json& from) {
    if (from.is_list()) {
      if (from.items.empty()) return file_fault{from.line, "this list holds no value to be equal to"};
      for (const auto& item : from.items)
        if (auto wrong = read_value(item)) return wrong;
      return std::nullopt;
    }
    if (!from.is_object()) return read_value(from);
    if (auto wrong = only_members(from, "a test", {"present", "not"})) return wrong;
    if (from.members.size() != 1) return file_fault{from.line, "a test is either `present` or `not`"};
    const auto& [name, value] = from.members.front();
    if (name == "not") {
      made.is = kind::none_of;
      return value.is_object() ? std::optional{file_fault{value.line, "`not` takes a value or a list of values"}}
                               : read(value);
    }
    if (value.is != located_json::kind::scalar || !value.scalar.is_boolean())
      return file_fault{value.line, "`present` is true or false"};
    made.is = value.scalar.get<bool>() ? kind::present : kind::absent;
    return std::nullopt;
  }

  std::optional<file_fault> read_value(const located_json& from) {
    if (from.is != located_json::kind::scalar)
      return file_fault{from.line, "what is compared is a text, a number, true, false, null or a reference"};
    const auto* text = from.text();
    if (!text || !text->starts_with('$')) {
      made.values.push_back(from.scalar);
      return std::nullopt;
    }
    if (!reference::is_meant(*text)) {
      made.values.emplace_back(text->substr(1));
      return std::nullopt;
    }
    if (made.same) return file_fault{from.line, "one reference is compared with, not two"};
    auto parsed = reference::parse(*text, from.line, allowed);
    if (!parsed) return std::move(parsed.error());
    made.same = std::move(*parsed);
    return std::nullopt;
  }
};

checked<condition> condition::compile(const located_json& from, roots allowed) {
  if (!from.is_object() || from.members.empty())
    return fault(from.line, "`if` is an object from references to what must stand there, like {\"$.kind\": \"text\"}");
  if (from.members.size() > tests_max)
    return fault(from.line, "`if` has at most " + std::to_string(tests_max) + " tests");
  condition made;
  for (const auto& [name, value] : from.members) {
    if (!reference::is_meant(name)) return fault(value.line, "`" + name + "` is no reference; write `$." + name + "`");
    auto of = reference::parse(name, value.line, allowed);
    if (!of) return tl::make_unexpected(std::move(of.error()));
    compiler c{allowed, {std::move(*of)}};
    if (auto wrong = c.read(value)) return tl::make_unexpected(std::move(*wrong));
    made.tests_.push_back(std::move(c.made));
  }
  return made;
}

bool condition::holds(const test& t, const mapped_input& in) {
  nlohmann::json kept, kept_too;
  const auto* value = t.of.value(in, kept);
  if (t.is == kind::present) return value && !value->is_null();
  if (t.is == kind::absent) return !value || value->is_null();
  const auto equal = [&] {
    if (!value) return false;
    if (std::find(t.values.begin(), t.values.end(), *value) != t.values.end()) return true;
    const auto* other = t.same ? t.same->value(in, kept_too) : nullptr;
    return other && *other == *value;
  };
  return equal() == (t.is == kind::one_of);
}

bool condition::holds(const mapped_input& in) const {
  return std::all_of(tests_.begin(), tests_.end(), [&](const test& t) { return holds(t, in); });
}

} // namespace parley::gateway
