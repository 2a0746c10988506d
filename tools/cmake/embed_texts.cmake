# Writes OUTPUT, a C++ source that defines `std::span<const TYPE> NAME()` (declared in HEADER, in parley::gateway) over
# the texts of FILES (a |-separated list) in their order, so that the program needs no source tree. TYPE is
# std::string_view unless given; of another type each entry is {file name, text}. Run by CMake at build time when one of
# them changes.
if(NOT TYPE)
  set(TYPE std::string_view)
endif()
string(REPLACE "|" ";" FILES "${FILES}")
set(entries "")
foreach(file IN LISTS FILES)
  file(READ "${file}" text)
  set(entry "R\"document(${text})document\"")
  if(NOT TYPE STREQUAL "std::string_view")
    get_filename_component(name "${file}" NAME)
    set(entry "{\"${name}\", ${entry}}")
  endif()
  string(APPEND entries "      ${entry},\n")
endforeach()
file(WRITE "${OUTPUT}" "#include \"${HEADER}\"

#include <array>

namespace parley::gateway {

std::span<const ${TYPE}> ${NAME}() {
  static constexpr auto all = std::to_array<${TYPE}>({
${entries}  });
  return all;
}

} // namespace parley::gateway
")
