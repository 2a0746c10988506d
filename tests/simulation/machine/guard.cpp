#include "tests/simulation/machine/guard.hpp"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <dlfcn.h>
#include <pthread.h>
#include <sys/time.h>

namespace parley::simulation {
namespace {

std::atomic<int> guarded = 0, looking_away = 0;

} // namespace

guard::guard() { ++guarded; }
guard::~guard() { --guarded; }
guard::lifted::lifted() { ++looking_away; }
guard::lifted::~lifted() { --looking_away; }

} // namespace parley::simulation

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
namespace parley::simulation {
namespace {

void refuse(const char* what) {
  if (guarded == 0 || looking_away != 0) return;
  guarded = 0; // whoever writes the message may look at the clock
  std::fprintf(stderr, "the simulation is not deterministic: %s\n", what);
  std::abort();
}

/// The C library's own function behind ours.
template <class Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

} // namespace
} // namespace parley::simulation

extern "C" {

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*start)(void*),
                   void* argument) noexcept {
  parley::simulation::refuse("a thread starts");
  static auto* const next = parley::simulation::real<decltype(pthread_create)>("pthread_create");
  return next(thread, attributes, start, argument);
}

int clock_gettime(clockid_t clock, timespec* time) noexcept {
  parley::simulation::refuse("the machine's clock is read (clock_gettime)");
  static auto* const next = parley::simulation::real<decltype(clock_gettime)>("clock_gettime");
  return next(clock, time);
}

int gettimeofday(timeval* time, void* zone) noexcept {
  parley::simulation::refuse("the machine's clock is read (gettimeofday)");
  static auto* const next = parley::simulation::real<int(timeval*, void*)>("gettimeofday");
  return next(time, zone);
}

time_t time(time_t* to) noexcept {
  parley::simulation::refuse("the machine's clock is read (time)");
  static auto* const next = parley::simulation::real<time_t(time_t*)>("time");
  return next(to);
}

} // extern "C"
#endif
