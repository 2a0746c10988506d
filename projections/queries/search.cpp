#include "projections/queries/search.hpp"

#include <algorithm>
#include <cstdint>

namespace parley {
namespace {

constexpr char word_begins = '\1'; // as schema/sql/0007_search.sql marks it

bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }
bool is_ascii_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

enum class reach : std::uint8_t { anywhere, beginnings_of_words, nothing };

reach reach_of(std::string_view search) {
  if (search.empty() || !std::all_of(search.begin(), search.end(), is_ascii)) return reach::anywhere;
  const auto after_word = std::find_if_not(search.begin(), search.end(), is_ascii_word);
  // A word that begins within the text has a trigram, and so has one of two letters that ends in it.
  if (std::any_of(after_word, search.end(), is_ascii_word)) return reach::anywhere;
  const auto letters = after_word - search.begin();
  if (letters >= 3 || (letters == 2 && after_word != search.end())) return reach::anywhere;
  return letters == 0 ? reach::nothing : reach::beginnings_of_words;
}

} // namespace

std::string sought_like(int parameter) {
  const auto text = "$" + std::to_string(parameter);
  // The first part does not depend on the row, so PostgreSQL reads none when it is false.
  return text + R"( <> E'\x01' AND sought LIKE ('%' || regexp_replace(replace(translate(lower()" + text +
         R"( COLLATE "und-x-icu"), U&'\03C2', U&'\03C3'), U&'i\0307', 'i'), )"
         R"(E'([^[:alnum:]\x01])([[:alnum:]])', E'\\1\x01\\2', 'g') || '%') COLLATE "C")";
}

std::string sought_pattern(std::string_view search) {
  const auto where = reach_of(search);
  if (where == reach::nothing) return {word_begins};
  std::string pattern;
  if (where == reach::beginnings_of_words) pattern.push_back(word_begins);
  for (const char c : search) {
    if (c == '\\' || c == '%' || c == '_') pattern.push_back('\\');
    pattern.push_back(c);
  }
  return pattern;
}

} // namespace parley
