#pragma once
// One run: connects, joins, loads, checks, drains. Single-threaded around epoll; a turn reads what is there, sends what
// became due, and flushes each connection once. Stops by itself: each stage has a deadline.

#include "tools/parley-load/connection.hpp"
#include "tools/parley-load/dialect.hpp"
#include "tools/parley-load/process_watch.hpp"
#include "tools/parley-load/report.hpp"
#include "tools/parley-load/room_order.hpp"

#include <deque>

namespace parley::load {

class load_run {
public:
  explicit load_run(options const& asked);
  [[nodiscard]] run_report run();

private:
  using clock = std::chrono::steady_clock;

  struct room {
    room_order order;
    std::string message;    ///< what a member sends; the stamp is written into it
    std::size_t stamp_at;   ///< in message
    std::uint32_t turn = 0; ///< fixed rate: the member that sends next
  };

  void prepare();
  [[nodiscard]] bool connect_all();
  void load();
  void stay_idle();
  void drain();
  void say_goodbye();

  /// Waits at most `longest` for something to read, handles it, sends what became due, flushes.
  void turn(nanoseconds longest);
  void start_one();
  void on_writable(std::uint32_t id);
  void on_readable(std::uint32_t id);
  void on_bytes(connection& c, std::uint32_t id, std::string_view bytes);
  [[nodiscard]] bool on_frame(connection& c, std::uint32_t id, opcode code, std::string_view payload);
  void on_text(connection& c, std::uint32_t id, std::string_view text);
  void on_delivery(connection& c, std::string_view text);
  void on_ready(connection& c);
  void lost(std::uint32_t id, std::string why);

  void send_due(std::uint32_t id);
  void send_message(std::uint32_t id, nanoseconds sent);
  void send_at_rate();
  /// When the fixed rate's next message should go.
  [[nodiscard]] nanoseconds next_intended() const;
  void start_loop();
  void completed(std::uint32_t sender);

  void mark_dirty(std::uint32_t id);
  void flush(std::uint32_t id);
  void watch(std::uint32_t id, std::uint32_t events, int operation);
  void problem(std::string what);
  [[nodiscard]] nanoseconds now() const noexcept { return clock::now().time_since_epoch(); }

  run_report report_;
  options const& asked_ = report_.asked;
  process_watch watch_;
  sockaddr_in const address_;
  std::string const host_and_port_;
  std::unique_ptr<dialect> dialect_;
  std::string_view prefix_;
  std::uint32_t mask_key_ = 0;
  descriptor epoll_;
  std::vector<char> buffer_;

  std::deque<connection> clients_;
  std::vector<room> rooms_;
  std::vector<std::uint32_t> dirty_;
  std::vector<std::uint32_t> due_;
  std::uint32_t started_ = 0;
  std::uint32_t ready_ = 0;
  bool connecting_ = true;

  bool sending_ = false;
  nanoseconds now_{0};  ///< when the bytes being handled were read
  nanoseconds from_{0}; ///< measured is what falls in [from_, until_)
  nanoseconds until_{0};
  nanoseconds rate_start_{0};
  std::uint64_t rate_sent_ = 0; ///< messages of the fixed rate so far
  std::uint64_t in_flight_ = 0;
};

} // namespace parley::load
