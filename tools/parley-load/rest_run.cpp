#include "tools/parley-load/rest_run.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <sys/epoll.h>

namespace parley::load {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t read_bytes = 256 * 1024;
constexpr std::size_t answer_bytes_max = 16 * 1024 * 1024;
constexpr std::size_t problems_max = 5;
constexpr nanoseconds turn_max = 20ms;

} // namespace

rest_run::client::client(std::uint32_t number)
  : socket{0, number}
  , reader{answer_bytes_max} {}

rest_run::rest_run(rest_options const& asked, scenario& what)
  : scenario_{what}
  , watch_{asked.server_pid, report_.self, report_.server}
  , address_{address_of(asked)}
  , host_and_port_{host_and_port_of(asked)}
  , epoll_{::epoll_create1(EPOLL_CLOEXEC)}
  , buffer_(read_bytes) {
  report_.asked = asked;
  for (auto const kind : what.kinds()) report_.kinds.push_back({std::string{kind}, {}});
}

rest_report rest_run::run() {
  if (!watch_.begin()) problem(fmt::format("no process {}", asked_.server_pid));
  if (!report_.problems.empty() || !connect_all()) {
    report_.how = run_report::ending::not_connected;
    return std::move(report_);
  }
  load();
  return std::move(report_);
}

bool rest_run::connect_all() {
  auto const deadline = now() + as_nanoseconds(asked_.connect_timeout);
  for (std::uint32_t id = 0; id < asked_.in_flight; ++id) {
    auto& c = clients_.emplace_back(id);
    if (!c.socket.open(address_)) {
      problem(fmt::format("connect: {}", std::strerror(errno)));
      return false;
    }
    watch(id, EPOLLIN | EPOLLOUT, EPOLL_CTL_ADD);
    c.socket.wants_writable = true;
  }
  while (connected_ < asked_.in_flight && report_.problems.empty() && now() < deadline) turn(turn_max);
  if (report_.problems.empty() && connected_ < asked_.in_flight)
    problem(fmt::format("{} of {} connected in time", connected_, asked_.in_flight));
  return report_.problems.empty();
}

void rest_run::load() {
  from_ = now() + as_nanoseconds(asked_.warmup);
  until_ = from_ + as_nanoseconds(asked_.seconds);
  sending_ = true;
  for (std::uint32_t id = 0; id < clients_.size(); ++id) send_next(id);
  bool measuring = false;
  for (auto time = now(); time < until_ && closed_ < clients_.size(); time = now()) {
    turn(std::min(turn_max, until_ - time));
    if (!measuring && now() >= from_) {
      measuring = true;
      watch_.restart(now());
    }
    if (measuring) watch_.sample(now());
  }
  watch_.finish();
  report_.seconds = asked_.seconds.count();
  sending_ = false;
  drain();
}

void rest_run::drain() {
  auto const deadline = now() + as_nanoseconds(asked_.drain_max);
  for (auto time = now(); in_flight_ > 0 && time < deadline; time = now()) turn(std::min(turn_max, deadline - time));
  report_.missing += in_flight_;
  if (in_flight_ > 0) problem(fmt::format("{} requests were not answered in time", in_flight_));
}

void rest_run::turn(nanoseconds longest) {
  std::array<epoll_event, 512> events; // NOLINT(*-member-init): the kernel fills what is counted
  timespec const wait{0, longest.count()};
  auto const count = ::epoll_pwait2(epoll_.get(), events.data(), events.size(), &wait, nullptr);
  for (int i = 0; i < count; ++i) {
    auto const& event = events[static_cast<std::size_t>(i)];
    if ((event.events & EPOLLOUT) != 0) on_writable(event.data.u32);
    if ((event.events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0) on_readable(event.data.u32);
  }
}

void rest_run::on_writable(std::uint32_t id) {
  auto& c = clients_[id].socket;
  if (c.at == phase::connecting) {
    if (auto const error = c.connect_error(); error != 0)
      return lost(id, fmt::format("connect: {}", std::strerror(error)));
    c.at = phase::ready;
    ++connected_;
  }
  flush(id);
}

void rest_run::on_readable(std::uint32_t id) {
  auto& c = clients_[id];
  if (c.socket.at != phase::ready) return;
  auto const [state, bytes] = c.socket.read(buffer_);
  if (state == connection::read_state::nothing) return;
  if (state == connection::read_state::ended) return lost(id, "the server closed a connection");
  c.reader.add(bytes);
  http_answer answer;
  switch (c.reader.next(answer)) {
  case answer_reader::state::more: return;
  case answer_reader::state::broken: return lost(id, "an answer that is none of HTTP/1.1, or over the size limit");
  case answer_reader::state::whole: break;
  }
  if (!c.waits) return lost(id, "an answer that nobody asked for");
  on_answer(id, answer);
}

void rest_run::on_answer(std::uint32_t id, http_answer const& answer) {
  auto& c = clients_[id];
  c.waits = false;
  --in_flight_;
  auto const arrived = now();
  auto judged = scenario_.answered(id, answer);
  if (!judged.problem.empty()) {
    ++report_.wrong;
    problem(std::move(judged.problem));
  }
  if (judged.kind && arrived >= from_ && arrived < until_) {
    report_.kinds[*judged.kind].latency.record(arrived - c.sent);
    report_.latency.record(arrived - c.sent);
  }
  if (!answer.keeps_alive) return lost(id, "the server closes a connection after an answer");
  if (sending_) send_next(id);
}

void rest_run::send_next(std::uint32_t id) {
  auto& c = clients_[id];
  if (c.socket.at != phase::ready) return;
  c.socket.queue(request_text(host_and_port_, scenario_.next(id)));
  c.sent = now();
  c.waits = true;
  ++in_flight_;
  flush(id);
}

void rest_run::flush(std::uint32_t id) {
  auto& c = clients_[id].socket;
  if (c.at != phase::ready) return;
  auto const state = c.flush();
  if (state == connection::write_state::failed) return lost(id, fmt::format("send: {}", std::strerror(errno)));
  bool const wants = state == connection::write_state::waiting;
  if (wants == c.wants_writable) return;
  c.wants_writable = wants;
  watch(id, wants ? EPOLLIN | EPOLLOUT : EPOLLIN, EPOLL_CTL_MOD);
}

void rest_run::watch(std::uint32_t id, std::uint32_t events, int operation) {
  epoll_event event{};
  event.events = events;
  event.data.u32 = id;
  if (::epoll_ctl(epoll_.get(), operation, clients_[id].socket.fd(), &event) != 0)
    problem(fmt::format("epoll_ctl: {}", std::strerror(errno)));
}

void rest_run::lost(std::uint32_t id, std::string why) {
  auto& c = clients_[id];
  if (c.socket.at == phase::closed) return;
  if (std::exchange(c.waits, false)) {
    --in_flight_;
    ++report_.missing;
  }
  ++report_.disconnects;
  ++closed_;
  problem(std::move(why));
  (void)::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, c.socket.fd(), nullptr);
  c.socket.at = phase::closed;
}

void rest_run::problem(std::string what) {
  if (report_.problems.size() < problems_max) report_.problems.push_back(std::move(what));
}

} // namespace parley::load
