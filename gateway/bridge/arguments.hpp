#pragma once
// A client's positional arguments, put into the one shape the dispatcher reads: an id that stood first, an object of
// fields, or another value (a text, a flag, an SDP body). Refers into the message's JSON; pure.

#include "events/errors.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace parley::gateway {

/// A few names of one field, the preferred first.
class names {
public:
  static constexpr std::size_t count_max = 8;
  constexpr names(std::initializer_list<std::string_view> list)
    : count_{list.size()} {
    std::copy(list.begin(), list.end(), all_.begin());
  }
  [[nodiscard]] constexpr const std::string_view* begin() const noexcept { return all_.data(); }
  [[nodiscard]] constexpr const std::string_view* end() const noexcept { return all_.data() + count_; }

private:
  std::array<std::string_view, count_max> all_{};
  std::size_t count_;
};

class arguments {
public:
  /// `args` is the array of a client_message and outlives this. One array as the only argument is taken for positional
  /// arguments itself (the native framing has one `data`). Arguments beyond what is read are ignored.
  explicit arguments(const nlohmann::json& args);

  /// The first argument, when another came after it: (id, text), (roomId, payload).
  [[nodiscard]] const nlohmann::json* leading() const noexcept { return leading_; }
  /// The object, alone or second; null: none.
  [[nodiscard]] const nlohmann::json* fields() const noexcept { return fields_; }
  /// The only argument when it is no object, else the second one, object or not; null: none.
  [[nodiscard]] const nlohmann::json* value() const noexcept { return value_; }

  /// The first of these fields that is present and not null; null: none.
  [[nodiscard]] const nlohmann::json* find(names any_of) const;

  /// The following read the first present of these fields; none or null is "not given". errc::malformed for another
  /// type, naming the field.
  [[nodiscard]] result<std::optional<std::string>> text(names any_of) const;
  [[nodiscard]] result<std::optional<std::string>> text_or_number(names any_of) const;
  [[nodiscard]] result<std::optional<bool>> flag(names any_of) const;
  [[nodiscard]] result<std::optional<std::uint64_t>> natural(names any_of) const;

private:
  const nlohmann::json* leading_ = nullptr;
  const nlohmann::json* fields_ = nullptr;
  const nlohmann::json* value_ = nullptr;
};

/// A string, or an integer as its decimal text; else errc::malformed saying that `field` must be that.
[[nodiscard]] result<std::string> id_text(const nlohmann::json& value, std::string_view field);
/// Compact JSON text of any value that a parser made.
[[nodiscard]] std::string compact(const nlohmann::json& value);

} // namespace parley::gateway
