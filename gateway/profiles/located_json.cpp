#include "gateway/profiles/located_json.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

namespace parley::gateway {
namespace {

using nlohmann::json;

/// How far the parser has read. What it looks at now does not count: after a number that is what follows it.
struct progress {
  std::size_t line = 1;
  char looked_at = ' ';
};

/// Gives the parser its text and notes the lines that went by.
class counting_iterator {
public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  counting_iterator(const char* at, progress* seen)
    : at_{at}
    , seen_{seen} {}
  reference operator*() const { return *at_; }
  counting_iterator& operator++() {
    if (seen_->looked_at == '\n') ++seen_->line;
    seen_->looked_at = *at_++;
    return *this;
  }
  counting_iterator operator++(int) {
    auto before = *this;
    ++*this;
    return before;
  }
  bool operator==(const counting_iterator& other) const { return at_ == other.at_; }
  bool operator!=(const counting_iterator& other) const { return at_ != other.at_; }

private:
  const char* at_;
  progress* seen_;
};

/// Puts the tree together. Returning false ends the parsing; `wrong_` then says why.
class tree_builder final : public nlohmann::json_sax<json> {
public:
  tree_builder(const progress& seen, std::size_t depth_max)
    : seen_{seen}
    , depth_max_{depth_max} {}

  bool null() override { return scalar(nullptr); }
  bool boolean(bool value) override { return scalar(value); }
  bool number_integer(number_integer_t value) override { return scalar(value); }
  bool number_unsigned(number_unsigned_t value) override { return scalar(value); }
  bool number_float(number_float_t value, const string_t&) override { return scalar(value); }
  bool string(string_t& value) override { return scalar(std::move(value)); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return begin(located_json::kind::object); }
  bool start_array(std::size_t) override { return begin(located_json::kind::list); }
  bool end_object() override { return end(); }
  bool end_array() override { return end(); }

  bool key(string_t& name) override {
    if (open_.back().members.size() == located_json::members_max)
      return stop("this object has more than " + std::to_string(located_json::members_max) + " members");
    if (open_.back().find(name)) return stop("`" + shown(name) + "` is here twice");
    names_.back() = std::move(name);
    return true;
  }

  bool parse_error(std::size_t, const std::string& last_token, const nlohmann::detail::exception& e) override {
    if (std::string_view{e.what()}.find("unexpected end of input") != std::string_view::npos)
      return stop("this is no JSON: the text ends too early");
    return stop("this is no JSON: `" + shown(last_token) + "` is not expected here");
  }

  std::optional<file_fault> wrong;
  located_json whole;

private:
  /// What a message may quote of a file: printable and short.
  static std::string shown(std::string token) {
    constexpr std::size_t shown_bytes_max = 40;
    std::erase_if(token,
                  [](char c) { return static_cast<unsigned char>(c) < 0x20 || static_cast<signed char>(c) < 0; });
    if (token.size() > shown_bytes_max) token.replace(0, token.size() - shown_bytes_max, "…");
    return token;
  }

  bool stop(std::string what) {
    wrong = file_fault{seen_.line, std::move(what)};
    return false;
  }

  bool scalar(json value) {
    located_json leaf;
    leaf.line = seen_.line;
    leaf.scalar = std::move(value);
    return put(std::move(leaf));
  }

  bool begin(located_json::kind is) {
    if (open_.size() == depth_max_) return stop("this lies more than " + std::to_string(depth_max_) + " deep");
    located_json node;
    node.is = is;
    node.line = seen_.line;
    open_.push_back(std::move(node));
    names_.emplace_back();
    return true;
  }

  bool end() {
    auto done = std::move(open_.back());
    open_.pop_back();
    names_.pop_back();
    return put(std::move(done));
  }

  bool put(located_json node) {
    if (open_.empty())
      whole = std::move(node);
    else if (open_.back().is_object())
      open_.back().members.push_back({std::move(names_.back()), std::move(node)});
    else
      open_.back().items.push_back(std::move(node));
    return true;
  }

  const progress& seen_;
  std::size_t depth_max_;
  std::vector<located_json> open_;
  std::vector<std::string> names_; ///< of the member under way, one for each that is open
};

} // namespace

const located_json* located_json::find(std::string_view name) const noexcept {
  const auto at = std::find_if(members.begin(), members.end(), [&](const auto& each) { return each.name == name; });
  return at == members.end() ? nullptr : &at->value;
}

checked<located_json> read_located(std::string_view text, std::size_t depth_max) {
  progress seen;
  tree_builder built{seen, depth_max};
  const bool done = json::sax_parse(counting_iterator{text.data(), &seen},
                                    counting_iterator{text.data() + text.size(), &seen}, &built);
  if (built.wrong) return tl::make_unexpected(std::move(*built.wrong));
  if (!done) return fault(seen.line, "this is no JSON");
  return std::move(built.whole);
}

} // namespace parley::gateway
