// libFuzzer's entry (preset fuzz): `fuzz_framings DIR`, with a directory of inputs to begin with.

#include "fuzzed.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  parley::fuzz::framings({reinterpret_cast<const char*>(data), size});
  return 0;
}
