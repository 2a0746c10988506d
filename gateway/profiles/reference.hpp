#pragma once
// A place in what is mapped, as a profile writes it: `$.user.name`, `$1`, `$item.id`, `$query.limit`. The grammar is in
// schema/profiles/README.md. Pure.

#include "gateway/profiles/located_json.hpp"

#include <optional>
#include <span>

namespace parley::gateway {

using text_pairs = std::vector<std::pair<std::string, std::string>>;

/// What references may begin with where they stand.
enum class root : std::uint8_t {
  body = 1,     ///< `$`: what is mapped; of a client's event its first argument
  argument = 2, ///< `$0`, `$1`, …
  item = 4,     ///< `$item`: of the innermost list that is gone through
  path = 8,     ///< `$path.id`: what stood there in the foreign path
  query = 16,   ///< `$query.limit`: a parameter of the foreign query
  next = 32     ///< `$next`: the cursor of the list's next page
};
using roots = std::uint8_t;
constexpr roots operator|(root a, root b) { return static_cast<roots>(static_cast<int>(a) | static_cast<int>(b)); }
constexpr roots operator|(roots a, root b) { return static_cast<roots>(a | static_cast<int>(b)); }
constexpr bool holds(roots all, root one) { return (all & static_cast<int>(one)) != 0; }

/// JSON text that is parsed when somebody looks into it, and not before.
class lazy_json {
public:
  explicit lazy_json(std::string_view text)
    : text_{text} {}
  explicit lazy_json(const nlohmann::json* value)
    : value_{value} {}
  lazy_json(const lazy_json&) = delete;
  lazy_json& operator=(const lazy_json&) = delete;

  /// Empty when it is known as a value only.
  [[nodiscard]] std::string_view text() const noexcept { return text_; }
  /// Null: it is no JSON.
  [[nodiscard]] const nlohmann::json* value() const;

private:
  std::string_view text_;
  mutable const nlohmann::json* value_ = nullptr;
  mutable std::optional<nlohmann::json> parsed_;
  mutable bool tried_ = false;
};

/// What is mapped. Refers to all of it.
struct mapped_input {
  const lazy_json* body = nullptr;
  const nlohmann::json* arguments = nullptr; ///< an array
  const text_pairs* path = nullptr;
  const text_pairs* query = nullptr;
  std::string_view next{};
  const nlohmann::json* item = nullptr;
};

/// What a reference leads to: one of these, or nothing.
struct referent {
  const nlohmann::json* value = nullptr;
  const lazy_json* whole_body = nullptr;
  std::optional<std::string_view> text{};

  [[nodiscard]] bool present() const noexcept { return value || whole_body || text; }
};

class reference {
public:
  static constexpr std::size_t steps_max = 8;

  /// Whether a string is meant as one: it begins with `$`, but not with `$$`.
  [[nodiscard]] static bool is_meant(std::string_view text) noexcept {
    return text.starts_with('$') && !text.starts_with("$$");
  }
  /// Fails for one that is none, or begins with what is not `allowed` here.
  [[nodiscard]] static checked<reference> parse(std::string_view text, std::size_t line, roots allowed);

  /// Null members of the input, and null in JSON itself, lead to a value like any other; what is not there to nothing.
  [[nodiscard]] referent find(const mapped_input& in) const;
  /// The same as a value; null: nothing, or no JSON. Texts (of path and query) are put into `kept`.
  [[nodiscard]] const nlohmann::json* value(const mapped_input& in, nlohmann::json& kept) const;

private:
  root root_ = root::body;
  std::size_t argument_ = 0;
  std::vector<std::string> steps_; ///< members' names, or places in lists
};

} // namespace parley::gateway
