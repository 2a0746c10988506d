#pragma once
// The parameters of one SQL statement, in PostgreSQL's binary format. Values never become part of the SQL text, so no
// string, however hostile, can change a statement. One thread.
//
// PostgreSQL's text cannot hold U+0000: it is replaced by U+FFFD here, in one place, for everything that is stored.

#include "events/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parley::pg {

/// `text` with every U+0000 replaced by U+FFFD.
[[nodiscard]] std::string storable(std::string_view text);

// Values in the binary format, each behind its length: elements of an array, fields of a COPY row.
void append_text(std::string& out, std::string_view v);
void append_int8(std::string& out, std::uint64_t v);
void append_boolean(std::string& out, bool v);
void append_time(std::string& out, time_point v);
void append_null(std::string& out);

/// PostgreSQL's own numbers of the types we send (pg_type.dat); they are part of its protocol and do not change.
namespace type {
inline constexpr std::uint32_t boolean = 16, int8 = 20, text = 25, timestamptz = 1184;
inline constexpr std::uint32_t boolean_array = 1000, int8_array = 1016, text_array = 1009, timestamptz_array = 1185;
} // namespace type

/// One column of many rows, sent as an array that the statement unnests.
class array {
public:
  static array of_text() { return array{type::text, type::text_array}; }
  static array of_int8() { return array{type::int8, type::int8_array}; }
  static array of_boolean() { return array{type::boolean, type::boolean_array}; }
  static array of_time() { return array{type::timestamptz, type::timestamptz_array}; }

  void text(std::string_view v);
  void int8(std::uint64_t v);
  void boolean(bool v);
  void time(time_point v);
  void time(const std::optional<time_point>& v);
  void null();
  [[nodiscard]] std::uint32_t array_type() const noexcept { return array_type_; }
  /// The array as sent: header and elements.
  [[nodiscard]] std::string finish() &&;

private:
  array(std::uint32_t element_type, std::uint32_t array_type);

  std::uint32_t array_type_;
  std::uint32_t count_ = 0;
  std::string bytes_;
};

class parameters {
public:
  parameters& text(std::string_view v);
  parameters& int8(std::uint64_t v);
  parameters& boolean(bool v);
  parameters& column(array a);

  [[nodiscard]] std::size_t size() const noexcept { return values_.size(); }
  [[nodiscard]] const std::vector<std::uint32_t>& types() const noexcept { return types_; }
  [[nodiscard]] const std::vector<std::string>& values() const noexcept { return values_; }

private:
  std::vector<std::uint32_t> types_;
  std::vector<std::string> values_;
};

} // namespace parley::pg
