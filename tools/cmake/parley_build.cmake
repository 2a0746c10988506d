# How every target of Parley is compiled: one interface target, one precompiled header, two functions.

option(PARLEY_TESTS "build the tests" ON)
option(PARLEY_FUZZ "build the libFuzzer targets (clang only)" OFF)
set(PARLEY_SANITIZE "" CACHE STRING "sanitizers, as -fsanitize= takes them")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # The precompiled header carries its own time; ccache is told to look at what it contains instead. Paths count as they
  # are seen from the checkout, so that one cache serves every checkout.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE_PROGRAM})
endif()
find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM)
  add_link_options(-fuse-ld=mold)
endif()

add_library(parley_build INTERFACE)
target_include_directories(parley_build INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(parley_build INTERFACE -Wall -Wextra -Wconversion -Wshadow -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 sees overlaps and dangling pointers in its own std::string at -O2 (PR105329, PR105651).
  target_compile_options(parley_build INTERFACE -Wno-restrict -Wno-maybe-uninitialized -Wno-array-bounds
    -Wno-stringop-overflow -Wno-stringop-overread -fpch-preprocess
    # A fifth of a compilation went into collecting garbage of a few hundred MiB.
    "SHELL:--param ggc-min-heapsize=1048576" "SHELL:--param ggc-min-expand=300")
endif()
target_compile_definitions(parley_build INTERFACE JSON_USE_IMPLICIT_CONVERSIONS=0 SPDLOG_FMT_EXTERNAL)
if(PARLEY_SANITIZE)
  target_compile_options(parley_build INTERFACE -fsanitize=${PARLEY_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(parley_build INTERFACE -fsanitize=${PARLEY_SANITIZE})
  if(PARLEY_SANITIZE MATCHES undefined)
    # A check at every access costs a third of the compilation; AddressSanitizer sees what most of these would.
    target_compile_options(parley_build INTERFACE -fno-sanitize=null,alignment,object-size,vptr)
  endif()
endif()

# parley_library(NAME sources... [LINK targets...]) and parley_program: a target with the project's flags and the
# precompiled header of the standard library. Heavy headers (CAF, Beast, RocksDB) stay in the few files that need them.
set(PARLEY_PCH <algorithm> <array> <atomic> <chrono> <cstdint> <functional> <map> <memory> <mutex> <optional> <span>
    <string> <string_view> <unordered_map> <utility> <variant> <vector> <nlohmann/json.hpp> <tl/expected.hpp>)

# What every entity's commands and events are takes seconds to read: targets that speak to entities add it.
set(PARLEY_ENTITIES_PCH <actors/entities.hpp>) # as it is found from the root: a compiler cache serves every checkout

function(_parley_target kind name)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  if(kind STREQUAL "library")
    add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  else()
    add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  endif()
  target_link_libraries(${name} PUBLIC parley_build ${ARG_LINK})
  target_precompile_headers(${name} PRIVATE ${PARLEY_PCH})
endfunction()
function(parley_library name)
  _parley_target(library ${name} ${ARGN})
endfunction()
# Programs lie in one place, bin/, where tools/run and the tests find them.
function(parley_program name)
  _parley_target(program ${name} ${ARGN})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
endfunction()
