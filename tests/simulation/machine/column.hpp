#pragma once
// A table's columns, named once as in schema/sql: from them rows are compared and told.

#include <string_view>

namespace parley::simulation {

template <class Row, class Value>
struct column {
  std::string_view name;
  Value Row::*member;
};
template <class Row, class Value>
column(std::string_view, Value Row::*) -> column<Row, Value>;

} // namespace parley::simulation
