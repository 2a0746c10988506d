#pragma once
// Makes sure that a run depends on nothing but its seed: while one lives, starting a thread or reading the machine's
// clock ends the process with a message. It stands before the C library's functions (pthread_create, clock_gettime,
// gettimeofday, time), so it sees whoever calls them, libraries included. Under a sanitizer, which stands there
// itself, it does nothing.

namespace parley::simulation {

class guard {
public:
  guard();
  ~guard();
  guard(const guard&) = delete;
  guard& operator=(const guard&) = delete;

  /// While one lives the guard looks away: around what is known to ask for the time and to do nothing with it.
  class lifted {
  public:
    lifted();
    ~lifted();
    lifted(const lifted&) = delete;
    lifted& operator=(const lifted&) = delete;
  };
};

} // namespace parley::simulation
