// The stages of a run and what is sent in them; load_run_io.cpp has the turn of the loop and what comes in.

#include "tools/parley-load/load_run.hpp"

#include <fmt/format.h>
#include <random>
#include <sys/epoll.h>

namespace parley::load {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t read_bytes = 256 * 1024;
constexpr std::uint32_t connecting_max = 256;    // handshakes under way at a time
constexpr std::uint64_t in_flight_max = 200'000; // a fixed rate beyond this is one the server cannot hold

std::unique_ptr<dialect> make_dialect(protocol p) {
  switch (p) {
  case protocol::socketio: return make_socketio_dialect();
  case protocol::peer: return make_peer_dialect();
  case protocol::native: break;
  }
  return make_native_dialect();
}

} // namespace

load_run::load_run(options const& asked)
  : watch_{asked.server_pid, report_.self, report_.server}
  , address_{address_of(asked)}
  , host_and_port_{host_and_port_of(asked)}
  , dialect_{make_dialect(asked.speaks)}
  , prefix_{dialect_->delivery_prefix()}
  , epoll_{::epoll_create1(EPOLL_CLOEXEC)}
  , buffer_(read_bytes) {
  report_.asked = asked;
  std::random_device random;
  report_.run = random();
  mask_key_ = asked.zero_mask ? 0 : random();
}

run_report load_run::run() {
  prepare();
  if (!watch_.begin()) problem(fmt::format("no process {}", asked_.server_pid));
  if (!report_.problems.empty() || !connect_all()) {
    report_.how = run_report::ending::not_connected;
    return std::move(report_);
  }
  connecting_ = false;
  if (asked_.mode == load_mode::idle)
    stay_idle();
  else
    load();
  say_goodbye();
  return std::move(report_);
}

void load_run::prepare() {
  if (asked_.mode == load_mode::idle) {
    for (std::uint32_t i = 0; i < asked_.idle; ++i) clients_.emplace_back(0, i);
    return;
  }
  auto const size = asked_.room_size;
  auto const per_room =
      asked_.outstanding_per == outstanding_scope::room ? asked_.outstanding : asked_.outstanding / asked_.rooms;
  auto const useful = asked_.mode == load_mode::closed_loop ? std::min(per_room, size) : size;
  report_.senders = asked_.senders == 0 ? useful : std::min(asked_.senders, size);
  std::string const filler(asked_.text_bytes, '.');
  for (std::uint32_t r = 0; r < asked_.rooms; ++r) {
    auto text = filler;
    write_stamp(text.data(), {});
    auto message = dialect_->message(fmt::format("load-{:08x}-{}", report_.run, r), text, asked_.acks);
    auto const stamp_at = message.find(stamp::mark);
    rooms_.push_back({room_order{report_.run, r * size, size}, std::move(message), stamp_at, 0});
    for (std::uint32_t m = 0; m < size; ++m) clients_.emplace_back(r, m);
  }
}

bool load_run::connect_all() {
  auto const began = now();
  auto progress = began;
  std::uint32_t ready_before = 0;
  auto const total = static_cast<std::uint32_t>(clients_.size());
  while (ready_ < total) {
    auto const time = now();
    auto const allowed = 1 + duration<double>{time - began}.count() * asked_.connect_rate;
    while (started_ < total && started_ < allowed && started_ - ready_ < connecting_max && report_.problems.empty())
      start_one();
    turn(started_ < total ? nanoseconds{1ms} : nanoseconds{20ms});
    if (!report_.problems.empty()) return false;
    if (ready_ != ready_before) {
      ready_before = ready_;
      progress = now();
    } else if (now() - progress > asked_.connect_timeout) {
      auto const waiting =
          std::count_if(clients_.begin(), clients_.end(), [](auto const& c) { return c.at == phase::joining; });
      problem(
          fmt::format("no progress in connecting: {} of {} ready, {} waiting for their join", ready_, total, waiting));
      return false;
    }
  }
  report_.connected = ready_;
  report_.connect_seconds = duration<double>{now() - began}.count();
  return true;
}

void load_run::load() {
  bool const at_rate = asked_.mode == load_mode::fixed_rate;
  auto const began = now();
  from_ = began + as_nanoseconds(asked_.warmup);
  until_ = from_ + as_nanoseconds(asked_.seconds);
  sending_ = true;
  rate_start_ = began;
  if (!at_rate) start_loop();

  bool measuring = false;
  while (now() < until_ && report_.how == run_report::ending::measured && report_.disconnects < report_.connected) {
    auto longest = std::min<nanoseconds>(20ms, until_ - now());
    if (at_rate) {
      send_at_rate();
      longest = std::clamp<nanoseconds>(next_intended() - now(), 0ns, longest);
    }
    turn(longest);
    if (!measuring && now() >= from_) {
      measuring = true;
      watch_.restart(now());
    }
    if (measuring) watch_.sample(now());
    if (at_rate && in_flight_ > in_flight_max) {
      problem(fmt::format("the server does not keep up: {} messages under way", in_flight_));
      report_.how = run_report::ending::overloaded;
    }
  }
  watch_.finish();
  report_.seconds = asked_.seconds.count();
  // What became due while this program was held up at the very end belongs to the measurement, too.
  if (at_rate) send_at_rate();
  sending_ = false;
  drain();
}

void load_run::drain() {
  auto const deadline = now() + as_nanoseconds(asked_.drain_max);
  while (in_flight_ > 0 && now() < deadline) turn(std::min<nanoseconds>(20ms, deadline - now()));
  report_.missing = in_flight_;
  if (in_flight_ > 0) problem(fmt::format("{} messages were not received by all members in time", in_flight_));
}

void load_run::stay_idle() {
  // The window is quiet: what the connections themselves cost shows in CPU, what they hold in memory.
  watch_.restart(now());
  from_ = now();
  until_ = from_ + as_nanoseconds(asked_.seconds);
  while (now() < until_) {
    turn(std::min<nanoseconds>(20ms, std::max<nanoseconds>(until_ - now(), 0ns)));
    watch_.sample(now());
  }
  watch_.finish();
  report_.seconds = asked_.seconds.count();
}

void load_run::say_goodbye() {
  for (auto& c : clients_) c.close(mask_key_);
}

void load_run::start_loop() {
  auto const rooms = asked_.rooms;
  for (std::uint32_t r = 0; r < rooms; ++r) {
    auto const messages = asked_.outstanding_per == outstanding_scope::room
                              ? asked_.outstanding
                              : asked_.outstanding / rooms + (r < asked_.outstanding % rooms ? 1U : 0U);
    for (std::uint32_t i = 0; i < messages; ++i) completed(r * asked_.room_size + i % report_.senders);
    report_.outstanding_total += messages;
  }
  now_ = now();
  for (auto const id : std::exchange(due_, {})) send_due(id);
}

void load_run::completed(std::uint32_t sender) {
  if (!sending_ || asked_.mode != load_mode::closed_loop) return;
  auto& c = clients_[sender];
  if (c.due++ == 0) due_.push_back(sender);
}

void load_run::send_due(std::uint32_t id) {
  auto& c = clients_[id];
  auto const count = std::exchange(c.due, 0);
  if (c.at != phase::ready) return;
  auto const sent = now();
  for (std::uint32_t i = 0; i < count; ++i) send_message(id, sent);
}

nanoseconds load_run::next_intended() const {
  return rate_start_ + nanoseconds{static_cast<std::int64_t>(static_cast<double>(rate_sent_) * 1e9 / asked_.rate)};
}

void load_run::send_at_rate() {
  // Whatever is due is sent, however late: each keeps the time at which it should have gone.
  auto const time = std::min(now(), until_);
  for (auto intended = next_intended(); intended < time; intended = next_intended()) {
    auto const r = static_cast<std::uint32_t>(rate_sent_++ % asked_.rooms);
    auto& in = rooms_[r];
    auto const id = r * asked_.room_size + in.turn;
    in.turn = (in.turn + 1) % report_.senders;
    if (clients_[id].at != phase::ready) continue;
    if (intended >= from_) ++report_.messages;
    send_message(id, intended);
  }
}

void load_run::send_message(std::uint32_t id, nanoseconds sent) {
  auto& c = clients_[id];
  auto& in = rooms_[c.room()];
  write_stamp(in.message.data() + in.stamp_at, {report_.run, id, c.next_number++, sent});
  c.queue_frame(opcode::text, in.message, mask_key_);
  ++in_flight_;
  mark_dirty(id);
}

void load_run::problem(std::string what) {
  constexpr std::size_t problems_max = 5;
  if (report_.problems.size() < problems_max) report_.problems.push_back(std::move(what));
}

} // namespace parley::load
