#pragma once
// One run over REST: connects, loads in a closed loop, judges every answer, drains. Single-threaded around epoll. Stops
// by itself: each stage has a deadline.

#include "tools/parley-load/connection.hpp"
#include "tools/parley-load/process_watch.hpp"
#include "tools/parley-load/rest_report.hpp"
#include "tools/parley-load/rest_scenario.hpp"

#include <deque>

namespace parley::load {

class rest_run {
public:
  /// `what` outlives it.
  rest_run(rest_options const& asked, scenario& what);
  [[nodiscard]] rest_report run();

private:
  using clock = std::chrono::steady_clock;

  struct client {
    explicit client(std::uint32_t number);
    connection socket;
    answer_reader reader;
    nanoseconds sent{0};
    bool waits = false; ///< for an answer
  };

  [[nodiscard]] bool connect_all();
  void load();
  void drain();

  /// Waits at most `longest` for something to read and handles it.
  void turn(nanoseconds longest);
  void on_writable(std::uint32_t id);
  void on_readable(std::uint32_t id);
  void on_answer(std::uint32_t id, http_answer const& answer);
  void send_next(std::uint32_t id);
  void flush(std::uint32_t id);
  void watch(std::uint32_t id, std::uint32_t events, int operation);
  void lost(std::uint32_t id, std::string why);
  void problem(std::string what);
  [[nodiscard]] nanoseconds now() const noexcept { return clock::now().time_since_epoch(); }

  rest_report report_;
  rest_options const& asked_ = report_.asked;
  scenario& scenario_;
  process_watch watch_;
  sockaddr_in const address_;
  std::string const host_and_port_;
  descriptor epoll_;
  std::vector<char> buffer_;

  std::deque<client> clients_;
  std::uint32_t connected_ = 0, closed_ = 0;
  std::uint64_t in_flight_ = 0;
  bool sending_ = false;
  nanoseconds from_{0}; ///< measured is what is answered in [from_, until_)
  nanoseconds until_{0};
};

} // namespace parley::load
