#pragma once
// The answer to one SQL statement: rows in PostgreSQL's binary format. Owns libpq's result. One thread.
//
// A reader names a column by its place; the caller knows the types, since it wrote the SELECT. A column read as
// another type than it has is a broken invariant and stops the process.

#include "events/clock.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct pg_result;

namespace parley::pg {

struct result_deleter {
  void operator()(pg_result* r) const noexcept;
};
using result_handle = std::unique_ptr<pg_result, result_deleter>;

class rows {
public:
  explicit rows(result_handle r)
    : result_{std::move(r)} {}

  [[nodiscard]] std::size_t size() const noexcept;
  [[nodiscard]] bool is_null(std::size_t row, int column) const noexcept;
  [[nodiscard]] std::string_view bytes(std::size_t row, int column) const noexcept;
  [[nodiscard]] std::string text(std::size_t row, int column) const { return std::string{bytes(row, column)}; }
  [[nodiscard]] std::uint64_t int8(std::size_t row, int column) const;
  [[nodiscard]] bool boolean(std::size_t row, int column) const;
  [[nodiscard]] time_point time(std::size_t row, int column) const;
  [[nodiscard]] std::optional<time_point> optional_time(std::size_t row, int column) const;
  [[nodiscard]] std::optional<std::string> optional_text(std::size_t row, int column) const;

private:
  result_handle result_;
};

} // namespace parley::pg
