#include "projections/pg/interrupter.hpp"

#include "events/assertion.hpp"

#include <cstdint>
#include <sys/eventfd.h>
#include <unistd.h>

namespace parley::pg {

interrupter::interrupter()
  : fd_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} {
  PARLEY_ASSERT(fd_ >= 0);
}

interrupter::~interrupter() { ::close(fd_); }

void interrupter::raise() noexcept {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(fd_, &one, sizeof one); // full means raised already
}

} // namespace parley::pg
