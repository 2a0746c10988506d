#include "gateway/profiles/reference.hpp"

#include "events/json_reader.hpp"

#include <algorithm>
#include <charconv>

namespace parley::gateway {
namespace {

using nlohmann::json;

constexpr std::size_t depth_max = 64; // what our own parts made, or another bound let pass

std::optional<std::size_t> number_of(std::string_view digits) {
  std::size_t n = 0;
  const auto [end, wrong] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
  if (digits.empty() || digits.size() > 4 || wrong != std::errc{} || end != digits.data() + digits.size())
    return std::nullopt;
  return n;
}

const json* step_into(const json& in, const std::string& step) {
  if (in.is_object()) {
    const auto at = in.find(step);
    return at == in.end() ? nullptr : &*at;
  }
  if (!in.is_array()) return nullptr;
  const auto place = number_of(step);
  return place && *place < in.size() ? &in[*place] : nullptr;
}

std::optional<std::string_view> text_in(const text_pairs* pairs, const std::string& name) {
  if (!pairs) return std::nullopt;
  const auto at = std::find_if(pairs->begin(), pairs->end(), [&](const auto& each) { return each.first == name; });
  if (at == pairs->end()) return std::nullopt;
  return at->second;
}

struct named_root {
  std::string_view name;
  root is;
};
constexpr std::array named_roots{named_root{"", root::body}, named_root{"item", root::item},
                                 named_root{"path", root::path}, named_root{"query", root::query},
                                 named_root{"next", root::next}};

std::string list_of(roots allowed) {
  std::string all;
  const auto add = [&](std::string_view each) { all.append(all.empty() ? "`" : ", `").append(each).append("`"); };
  for (const auto& each : named_roots)
    if (holds(allowed, each.is)) add("$" + std::string{each.name});
  if (holds(allowed, root::argument)) add("$0");
  return all;
}

} // namespace

const json* lazy_json::value() const {
  if (!value_ && !tried_) {
    tried_ = true;
    if (auto read = read_json(text_, depth_max)) value_ = &parsed_.emplace(std::move(*read));
  }
  return value_;
}

checked<reference> reference::parse(std::string_view text, std::size_t line, roots allowed) {
  const auto wrong = [&](std::string_view why) {
    return fault(line, "`" + std::string{text} + "` is no reference here: " + std::string{why});
  };
  const auto dot = std::min(text.find('.'), text.size());
  const auto begins_with = text.substr(1, dot - 1);
  reference made;
  if (const auto place = number_of(begins_with)) {
    made.root_ = root::argument;
    made.argument_ = *place;
  } else {
    const auto* named = std::find_if(named_roots.begin(), named_roots.end(),
                                     [&](const auto& each) { return each.name == begins_with; });
    if (named == named_roots.end())
      return wrong("it begins with none of " + list_of(allowed) + " (`$$` is a plain `$`)");
    made.root_ = named->is;
  }
  if (!holds(allowed, made.root_)) return wrong("what is at hand is " + list_of(allowed));

  for (auto rest = text.substr(dot); !rest.empty();) {
    const auto end = std::min(rest.find('.', 1), rest.size());
    if (end == 1) return wrong("a name is missing after a dot");
    made.steps_.emplace_back(rest.substr(1, end - 1));
    rest.remove_prefix(end);
  }
  if (made.steps_.size() > steps_max) return wrong("it takes more than " + std::to_string(steps_max) + " steps");
  const bool of_pairs = made.root_ == root::path || made.root_ == root::query;
  if (of_pairs && made.steps_.size() != 1) return wrong("one name must follow, as in `$query.limit`");
  if (made.root_ == root::next && !made.steps_.empty()) return wrong("nothing may follow `$next`");
  return made;
}

referent reference::find(const mapped_input& in) const {
  const json* at = nullptr;
  switch (root_) {
  case root::path:
  case root::query: return {.text = text_in(root_ == root::path ? in.path : in.query, steps_.front())};
  case root::next: return in.next.empty() ? referent{} : referent{.text = in.next};
  case root::body:
    if (!in.body) return {};
    if (steps_.empty() && !in.body->text().empty()) return {.whole_body = in.body};
    at = in.body->value();
    break;
  case root::argument:
    if (in.arguments && argument_ < in.arguments->size()) at = &(*in.arguments)[argument_];
    break;
  case root::item: at = in.item; break;
  }
  for (const auto& step : steps_) {
    if (!at) break;
    at = step_into(*at, step);
  }
  return {.value = at};
}

const json* reference::value(const mapped_input& in, json& kept) const {
  const auto found = find(in);
  if (found.whole_body) return found.whole_body->value();
  if (found.text) return &(kept = std::string{*found.text});
  return found.value;
}

} // namespace parley::gateway
