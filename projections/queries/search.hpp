#pragma once
// Search by part of a text, over the columns `sought` of schema/sql/0007_search.sql. Pure.
//
// From three letters on, the trigrams' index finds the rows. One or two ASCII letters or digits have no trigram but as
// the beginning of a word, so only beginnings of words are found; other short texts (a name in Chinese, a sign) are
// found anywhere and read every row.

#include <string>
#include <string_view>

namespace parley {

/// The condition, with the pattern below as parameter $`parameter`.
[[nodiscard]] std::string sought_like(int parameter);
/// A LIKE pattern that means `search` itself, whatever it holds; an empty one finds all.
[[nodiscard]] std::string sought_pattern(std::string_view search);

} // namespace parley
