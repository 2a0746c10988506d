# Writes OUTPUT, a C++ source that defines `std::span<const std::string_view> NAME()` (declared in HEADER, in
# parley::gateway) over the texts of FILES (a |-separated list) in their order, so that the program needs no source tree.
# Run by CMake at build time when one of them changes.
string(REPLACE "|" ";" FILES "${FILES}")
set(entries "")
foreach(file IN LISTS FILES)
  file(READ "${file}" text)
  string(APPEND entries "      R\"document(${text})document\",\n")
endforeach()
file(WRITE "${OUTPUT}" "#include \"${HEADER}\"

#include <array>

namespace parley::gateway {

std::span<const std::string_view> ${NAME}() {
  static constexpr auto all = std::to_array<std::string_view>({
${entries}  });
  return all;
}

} // namespace parley::gateway
")
