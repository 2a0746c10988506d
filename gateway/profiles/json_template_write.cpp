// From a template to JSON text.

#include "events/json_writer.hpp"
#include "gateway/profiles/json_template.hpp"

#include <algorithm>
#include <cmath>

namespace parley::gateway {
namespace {

using nlohmann::json;

/// Integers that a double holds exactly; nobody's prices lie beyond.
constexpr double whole_max = 9007199254740992.0;

void append_number(std::string& out, double n) {
  if (std::abs(n) < whole_max && n == std::floor(n))
    out.append(std::to_string(static_cast<long long>(n)));
  else
    out.append(json(n).dump());
}

/// Text that stands for a value where words are put together or told apart.
std::optional<std::string> word_of(const json& value) {
  if (value.is_string()) return value.get_ref<const std::string&>();
  if (value.is_number() || value.is_boolean()) return value.dump();
  return std::nullopt;
}

} // namespace

struct json_template::writer {
  std::string& out;
  mapping_budget& budget;
  std::size_t charged_to; ///< `out` up to here is paid for

  bool write(const json_template& t, const mapped_input& in) {
    if (budget.exceeded) return false;
    if (budget.steps_left == 0) return exceed();
    --budget.steps_left;
    const auto mark = out.size();
    const bool written = attempt(t, in);
    if (!written) out.resize(mark);
    return written && pay();
  }

private:
  bool exceed() {
    budget.exceeded = true;
    return false;
  }

  bool pay() {
    if (out.size() - charged_to > budget.bytes_left) return exceed();
    return true;
  }

  bool attempt(const json_template& t, const mapped_input& in) {
    switch (t.kind_) {
    case kind::constant: out.append(t.text_); return true;
    case kind::reference: return write_found(t.source_->find(in));
    case kind::list: return write_list(t, in);
    case kind::object: return write_object(t, in);
    case kind::each: return write_each(t, in);
    case kind::first:
      return std::any_of(t.parts_.begin(), t.parts_.end(), [&](const auto& part) { return write_some(part, in); });
    case kind::join: return write_joined(t, in);
    case kind::count: return write_count(t, in);
    case kind::times:
    case kind::over: return write_scaled(t, in);
    case kind::choice: return write_choice(t, in);
    case kind::use: return write_used(t, in);
    }
    return false;
  }

  bool write_found(const referent& found) {
    if (found.whole_body) {
      out.append(found.whole_body->text());
    } else if (found.text) {
      append_quoted(out, *found.text);
    } else if (found.value) {
      out.append(found.value->dump(-1, ' ', false, json::error_handler_t::replace));
    }
    return found.present();
  }

  bool write_list(const json_template& t, const mapped_input& in) {
    out.push_back('[');
    for (const auto& part : t.parts_) {
      if (&part != &t.parts_.front()) out.push_back(',');
      if (!write(part, in)) out.append("null");
    }
    out.push_back(']');
    return true;
  }

  bool write_object(const json_template& t, const mapped_input& in) {
    out.push_back('{');
    const auto start = out.size();
    if (t.spread_ && !write_spread(t, in)) return false;
    for (std::size_t i = t.spread_ ? 1 : 0; i < t.parts_.size(); ++i) {
      const auto mark = out.size();
      if (mark != start) out.push_back(',');
      if (!write_key(t.members_[i], in) || !write(t.parts_[i], in)) out.resize(mark);
    }
    out.push_back('}');
    return true;
  }

  bool write_key(const member& m, const mapped_input& in) {
    if (!m.named) {
      out.append(m.key);
      return true;
    }
    json kept;
    const auto* name = m.named->value(in, kept);
    const auto word = name ? word_of(*name) : std::nullopt;
    if (!word) return false;
    append_quoted(out, *word);
    out.push_back(':');
    return true;
  }

  /// The members of an object but those that are named beside it; of nothing, or what is no object, none.
  bool write_spread(const json_template& t, const mapped_input& in) {
    json kept;
    const auto* from = t.parts_.front().source_->value(in, kept);
    if (!from || !from->is_object()) return true;
    bool fresh = true;
    for (const auto& [name, value] : from->items()) {
      if (budget.steps_left == 0) return exceed();
      --budget.steps_left;
      const auto replaced = std::any_of(t.members_.begin() + 1, t.members_.end(),
                                        [&, &given = name](const member& m) { return !m.named && m.name == given; });
      if (replaced) continue;
      if (!fresh) out.push_back(',');
      fresh = false;
      append_quoted(out, name);
      out.push_back(':');
      write_found({.value = &value});
    }
    return true;
  }

  bool write_each(const json_template& t, const mapped_input& in) {
    json kept;
    const auto* from = t.source_->value(in, kept);
    if (!from || !from->is_array()) return false;
    out.push_back('[');
    const auto start = out.size();
    auto one = in;
    for (std::size_t i = 0; i < from->size(); ++i) {
      const auto mark = out.size();
      if (mark != start) out.push_back(',');
      one.item = &(*from)[t.reversed_ ? from->size() - 1 - i : i];
      if (!write(t.parts_.front(), one)) out.resize(mark);
      if (budget.exceeded) return false;
    }
    out.push_back(']');
    return true;
  }

  /// Null and the empty text count as nothing, so that the next one has its turn.
  bool write_some(const json_template& t, const mapped_input& in) {
    const auto mark = out.size();
    if (!write(t, in)) return false;
    const auto written = std::string_view{out}.substr(mark);
    if (written != "null" && written != R"("")") return true;
    out.resize(mark);
    return false;
  }

  bool write_joined(const json_template& t, const mapped_input& in) {
    std::string words;
    bool any = false;
    for (const auto& part : t.parts_) {
      const auto mark = out.size();
      if (!write(part, in)) continue;
      const auto word =
          word_of(json::parse(out.begin() + static_cast<std::ptrdiff_t>(mark), out.end(), nullptr, false));
      out.resize(mark);
      if (!word || word->empty()) continue;
      if (any) words.append(t.text_);
      words.append(*word);
      any = true;
    }
    if (any) append_quoted(out, words);
    return any;
  }

  bool write_count(const json_template& t, const mapped_input& in) {
    json kept;
    const auto* of = t.source_->value(in, kept);
    if (!of || !of->is_array()) return false;
    out.append(std::to_string(of->size()));
    return true;
  }

  bool write_scaled(const json_template& t, const mapped_input& in) {
    json kept;
    const auto* of = t.source_->value(in, kept);
    if (!of || !of->is_number()) return false;
    const auto n = of->get<double>();
    // Whatever is multiplied becomes a whole number: 19.99 times 100 is 1999, not 1998.9999999999998.
    append_number(out, t.kind_ == kind::times ? std::round(n * t.factor_) : n / t.factor_);
    return true;
  }

  /// What `$` is within it is what it is used on.
  bool write_used(const json_template& t, const mapped_input& in) {
    if (!t.source_) return write(t.parts_.front(), in);
    json kept;
    const auto* on = t.source_->value(in, kept);
    if (!on) return false;
    const lazy_json body{on};
    auto inner = in;
    inner.body = &body;
    return write(t.parts_.front(), inner);
  }

  bool write_choice(const json_template& t, const mapped_input& in) {
    json kept;
    const auto* of = t.source_->value(in, kept);
    if (const auto word = of ? word_of(*of) : std::nullopt)
      for (std::size_t i = 0; i < t.members_.size(); ++i)
        if (t.members_[i].name == *word) return write(t.parts_[i], in);
    return t.otherwise_ && write(t.parts_.back(), in);
  }
};

bool json_template::write(std::string& out, const mapped_input& in, mapping_budget& budget) const {
  const auto before = out.size();
  if (!writer{out, budget, before}.write(*this, in)) return false;
  budget.bytes_left -= out.size() - before;
  return true;
}

void args_template::write(std::string& out, const mapped_input& in, mapping_budget& budget) const {
  out.push_back('[');
  auto end = out.size(); // after the last one that leads to something
  for (const auto& arg : args_) {
    if (&arg != &args_.front()) out.push_back(',');
    if (arg.write(out, in, budget))
      end = out.size();
    else
      out.append("null");
  }
  out.resize(end);
  out.push_back(']');
}

} // namespace parley::gateway
