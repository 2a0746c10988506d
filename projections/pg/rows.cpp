#include "projections/pg/rows.hpp"

#include "events/assertion.hpp"

#include <libpq-fe.h>

namespace parley::pg {

void result_deleter::operator()(pg_result* r) const noexcept { PQclear(r); }

std::size_t rows::size() const noexcept { return static_cast<std::size_t>(PQntuples(result_.get())); }

bool rows::is_null(std::size_t row, int column) const noexcept {
  return PQgetisnull(result_.get(), static_cast<int>(row), column) != 0;
}

std::string_view rows::bytes(std::size_t row, int column) const noexcept {
  const auto* at = PQgetvalue(result_.get(), static_cast<int>(row), column);
  return {at, static_cast<std::size_t>(PQgetlength(result_.get(), static_cast<int>(row), column))};
}

std::uint64_t rows::int8(std::size_t row, int column) const {
  const auto value = bytes(row, column);
  PARLEY_ASSERT(value.size() == 8);
  std::uint64_t v = 0;
  for (const char c : value) v = v << 8 | static_cast<unsigned char>(c);
  return v;
}

bool rows::boolean(std::size_t row, int column) const {
  const auto value = bytes(row, column);
  PARLEY_ASSERT(value.size() == 1);
  return value.front() != '\0';
}

time_point rows::time(std::size_t row, int column) const {
  constexpr std::chrono::sys_days epoch{std::chrono::year{2000} / 1 / 1};
  const std::chrono::microseconds since{static_cast<std::int64_t>(int8(row, column))};
  return std::chrono::floor<std::chrono::milliseconds>(epoch + since);
}

std::optional<time_point> rows::optional_time(std::size_t row, int column) const {
  if (is_null(row, column)) return std::nullopt;
  return time(row, column);
}

std::optional<std::string> rows::optional_text(std::size_t row, int column) const {
  if (is_null(row, column)) return std::nullopt;
  return text(row, column);
}

} // namespace parley::pg
