#pragma once
// Assertions that stay in release builds: a broken invariant stops the process before it can write nonsense.

namespace parley {
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line) noexcept;
}

#define PARLEY_ASSERT(expression)                                                                                      \
  ((expression) ? static_cast<void>(0) : ::parley::assertion_failed(#expression, __FILE__, __LINE__))
