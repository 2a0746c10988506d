#pragma once
// A JSON text of which every value knows its line, so that whoever wrote it is told where a mistake is, also one that
// is none of syntax. For files that people write; what clients send is read by events/json_reader.hpp. Pure.

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

namespace parley::gateway {

/// What is wrong with a file, and where.
struct file_fault {
  std::size_t line = 1; ///< from 1
  std::string what;
};

template <class T>
using checked = tl::expected<T, file_fault>;

[[nodiscard]] inline tl::unexpected<file_fault> fault(std::size_t line, std::string what) {
  return tl::make_unexpected(file_fault{line, std::move(what)});
}

struct located_member;

struct located_json {
  enum class kind { scalar, list, object };
  static constexpr std::size_t members_max = 1024;

  kind is = kind::scalar;
  std::size_t line = 1; ///< where it begins
  nlohmann::json scalar;
  std::vector<located_json> items;     ///< of a list
  std::vector<located_member> members; ///< of an object, as written; no name twice

  [[nodiscard]] bool is_object() const noexcept { return is == kind::object; }
  [[nodiscard]] bool is_list() const noexcept { return is == kind::list; }
  [[nodiscard]] bool is_null() const noexcept { return is == kind::scalar && scalar.is_null(); }
  /// Its characters; null: it is no string.
  [[nodiscard]] const std::string* text() const noexcept {
    return is == kind::scalar ? scalar.get_ptr<const std::string*>() : nullptr;
  }
  /// Null: it is no object, or has no such member.
  [[nodiscard]] const located_json* find(std::string_view name) const noexcept;
};

struct located_member {
  std::string name;
  located_json value;
};

/// Fails for what is no JSON text, lies deeper than `depth_max`, or names a member twice.
[[nodiscard]] checked<located_json> read_located(std::string_view text, std::size_t depth_max);

} // namespace parley::gateway
