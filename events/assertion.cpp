#include "events/assertion.hpp"

#include <cstdio>
#include <cstdlib>

namespace parley {

void assertion_failed(const char* expression, const char* file, int line) noexcept {
  std::fprintf(stderr, "parley: broken invariant: %s (%s:%d). Stopping before anything wrong is written.\n", expression,
               file, line);
  std::fflush(stderr);
  std::abort();
}

} // namespace parley
