#pragma once
// Search by part of a text, over the columns `sought` of schema/sql/0007_search.sql. Pure.
//
// An index of trigrams finds the rows; it takes a word as if two spaces stood before it and one behind it. A text in
// ASCII that has no trigram of its own (one or two letters or digits, or one and then signs: "jo", "c++") is therefore
// found only where a word begins, and signs alone ("!!!") find nothing. Texts with other characters are found anywhere;
// short ones (a name in Chinese) read every row.

#include <string>
#include <string_view>

namespace parley {

/// The condition, with the text below as parameter $`parameter`.
[[nodiscard]] std::string sought_like(int parameter);
/// The middle of a LIKE pattern that means `search` itself, whatever it holds; an empty one finds all. It begins with
/// U+0001 where a word must begin, and is that alone when nothing is to be found.
[[nodiscard]] std::string sought_pattern(std::string_view search);

} // namespace parley
