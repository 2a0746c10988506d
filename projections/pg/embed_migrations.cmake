# Writes OUTPUT, a C++ source that holds the text of the migrations named in FILES (a |-separated list), so that the
# program needs no source tree. Run by CMake at build time when one of them changes.
string(REPLACE "|" ";" FILES "${FILES}")
set(entries "")
foreach(file IN LISTS FILES)
  get_filename_component(name "${file}" NAME)
  if(NOT name MATCHES "^([0-9][0-9][0-9][0-9])_[a-z0-9_]+\\.sql$")
    message(FATAL_ERROR "${name}: migrations are named NNNN_what_it_does.sql")
  endif()
  math(EXPR number "1${CMAKE_MATCH_1} - 10000")
  file(READ "${file}" text)
  string(APPEND entries "      {${number}, \"${name}\", R\"migration(${text})migration\"},\n")
endforeach()
file(WRITE "${OUTPUT}" "#include \"projections/pg/migrations.hpp\"

namespace parley::pg {

std::span<const migration> embedded_migrations() {
  static const std::array all{std::to_array<migration>({
${entries}  })};
  return all;
}

} // namespace parley::pg
")
