#pragma once
// What lists share: how a page is asked for, where it begins, how its rows are read. For the questions' .cpp files.

#include "projections/queries/question_desk.hpp"

#include <algorithm>
#include <initializer_list>
#include <limits>

namespace parley {

inline constexpr auto number_max = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
/// Where a list begins whose greatest number comes first.
inline const cursor greatest_first{number_max, {}, {}};

inline constexpr std::size_t page_rows_max = 200;

/// PostgreSQL's text holds neither invalid UTF-8 nor NUL: no row can match such a text, and it is nobody's id.
[[nodiscard]] bool is_sql_text(std::string_view text);
inline const error not_sql_text{errc::malformed, "what is asked for is no text", 0};

/// One page of one list.
struct list_page {
  std::string list; ///< as its cursors name it
  cursor after;
  std::size_t limit = 0;

  /// Of the statement: one more than the page holds.
  [[nodiscard]] std::size_t rows() const noexcept { return limit + 1; }
};

/// `filter`: all that decides which rows the list has. Two lists have the same cursors only when kind and filter are
/// the same. errc::malformed when a part is no text that PostgreSQL can hold, or the cursor is another list's.
[[nodiscard]] result<list_page> page_of(std::string_view kind, std::initializer_list<std::string_view> filter,
                                        const page_request& p, cursor first = {});

/// The cursor of a list in the order of one number.
[[nodiscard]] inline auto at_number(int column) {
  return [column](const pg::rows& r, std::size_t i) { return cursor{r.int8(i, column), {}, {}}; };
}
/// The cursor of a list by name and id.
[[nodiscard]] inline auto at_name(int name_column, int id_column) {
  return [=](const pg::rows& r, std::size_t i) { return cursor{0, r.text(i, name_column), r.text(i, id_column)}; };
}

/// Reads a page: `Row read(rows, i)`, `cursor cursor_at(rows, i)`.
template <class Row, class Read, class At>
auto paged(const list_page& asked, Read read, At cursor_at) {
  return [list = asked.list, limit = asked.limit, read, cursor_at](const pg::rows& r) -> result<page<Row>> {
    page<Row> out;
    const auto count = std::min(limit, r.size());
    out.rows.reserve(count);
    for (std::size_t i = 0; i < count; ++i) out.rows.push_back(read(r, i));
    if (r.size() > limit) out.next = encode_cursor(list, cursor_at(r, count - 1));
    return out;
  };
}

/// Reads all rows of a list that is short by itself.
template <class Row, class Read>
auto all(Read read) {
  return [read](const pg::rows& r) -> result<std::vector<Row>> {
    std::vector<Row> rows;
    rows.reserve(r.size());
    for (std::size_t i = 0; i < r.size(); ++i) rows.push_back(read(r, i));
    return rows;
  };
}

/// Reads the one row there may be.
template <class Row, class Read>
auto one(Read read) {
  return [read](const pg::rows& r) -> result<std::optional<Row>> {
    if (r.size() == 0) return std::optional<Row>{};
    return std::optional<Row>{read(r, 0)};
  };
}

/// A count or size, which PostgreSQL holds as bigint.
[[nodiscard]] inline std::uint32_t small(const pg::rows& r, std::size_t i, int column) {
  return static_cast<std::uint32_t>(r.int8(i, column));
}

} // namespace parley
