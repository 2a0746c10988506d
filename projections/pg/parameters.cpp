#include "projections/pg/parameters.hpp"

#include <concepts>

namespace parley::pg {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";
/// PostgreSQL counts microseconds from 2000-01-01.
constexpr std::chrono::sys_days epoch{std::chrono::year{2000} / 1 / 1};

template <std::unsigned_integral Integer>
void append_big_endian(std::string& out, Integer v) {
  char bytes[sizeof(Integer)];
  for (std::size_t i = 0; i < sizeof bytes; ++i)
    bytes[i] = static_cast<char>(static_cast<unsigned char>(v >> (8 * (sizeof bytes - 1 - i))));
  out.append(bytes, sizeof bytes);
}

std::uint64_t microseconds(time_point t) {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(t - epoch).count());
}

constexpr std::size_t array_header_bytes = 20;

} // namespace

std::string storable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0;;) {
    const auto nul = text.find('\0', at);
    out.append(text.substr(at, nul - at));
    if (nul == std::string_view::npos) return out;
    out.append(replacement);
    at = nul + 1;
  }
}

void append_text(std::string& out, std::string_view v) {
  if (v.find('\0') != std::string_view::npos) return append_text(out, storable(v));
  append_big_endian(out, static_cast<std::uint32_t>(v.size()));
  out.append(v);
}

void append_int8(std::string& out, std::uint64_t v) {
  append_big_endian(out, std::uint32_t{8});
  append_big_endian(out, v);
}

void append_boolean(std::string& out, bool v) {
  append_big_endian(out, std::uint32_t{1});
  out.push_back(v ? '\1' : '\0');
}

void append_time(std::string& out, time_point v) { append_int8(out, microseconds(v)); }

void append_null(std::string& out) { append_big_endian(out, ~std::uint32_t{0}); }

array::array(std::uint32_t element_type, std::uint32_t array_type)
  : array_type_{array_type} {
  append_big_endian(bytes_, std::uint32_t{1}); // dimensions
  append_big_endian(bytes_, std::uint32_t{1}); // may hold NULL
  append_big_endian(bytes_, element_type);
  append_big_endian(bytes_, std::uint32_t{0}); // elements, known at the end
  append_big_endian(bytes_, std::uint32_t{1}); // lower bound
}

void array::text(std::string_view v) {
  ++count_;
  append_text(bytes_, v);
}

void array::int8(std::uint64_t v) {
  ++count_;
  append_int8(bytes_, v);
}

void array::boolean(bool v) {
  ++count_;
  append_boolean(bytes_, v);
}

void array::time(time_point v) {
  ++count_;
  append_time(bytes_, v);
}

void array::time(const std::optional<time_point>& v) {
  if (v)
    time(*v);
  else
    null();
}

void array::null() {
  ++count_;
  append_null(bytes_);
}

std::string array::finish() && {
  std::string count;
  append_big_endian(count, count_);
  bytes_.replace(12, count.size(), count);
  if (count_ == 0) { // an empty array has no dimensions
    bytes_.resize(array_header_bytes - 8);
    bytes_.replace(0, 4, 4, '\0');
  }
  return std::move(bytes_);
}

parameters& parameters::text(std::string_view v) {
  types_.push_back(type::text);
  values_.push_back(storable(v));
  return *this;
}

parameters& parameters::int8(std::uint64_t v) {
  types_.push_back(type::int8);
  append_big_endian(values_.emplace_back(), v);
  return *this;
}

parameters& parameters::boolean(bool v) {
  types_.push_back(type::boolean);
  values_.emplace_back(1, v ? '\1' : '\0');
  return *this;
}

parameters& parameters::column(array a) {
  types_.push_back(a.array_type());
  values_.push_back(std::move(a).finish());
  return *this;
}

} // namespace parley::pg
