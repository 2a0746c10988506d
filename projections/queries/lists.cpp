#include "projections/queries/lists.hpp"

#include "events/json_writer.hpp"

namespace parley {

bool is_sql_text(std::string_view text) { return is_utf8(text) && text.find('\0') == std::string_view::npos; }

result<list_page> page_of(std::string_view kind, std::initializer_list<std::string_view> filter, const page_request& p,
                          cursor first) {
  list_page asked{std::string{kind}, std::move(first), std::clamp<std::size_t>(p.limit, 1, page_rows_max)};
  for (const auto part : filter) {
    if (!is_sql_text(part)) return tl::make_unexpected(not_sql_text);
    asked.list.append(1, '\0').append(part); // no part holds a NUL, so none runs into the next
  }
  if (p.after.empty()) return asked;
  auto after = decode_cursor(asked.list, p.after);
  if (!after) return tl::make_unexpected(after.error());
  asked.after = std::move(*after);
  return asked;
}

} // namespace parley
