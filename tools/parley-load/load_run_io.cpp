// The turn of the loop, and what comes in; load_run.cpp has the stages.

#include "tools/parley-load/load_run.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <sys/epoll.h>

namespace parley::load {
namespace {

constexpr std::size_t excerpt_bytes = 200;

} // namespace

void load_run::turn(nanoseconds longest) {
  std::array<epoll_event, 512> events; // NOLINT(*-member-init): the kernel fills what is counted
  auto const seconds = std::chrono::duration_cast<std::chrono::seconds>(longest);
  timespec const wait{seconds.count(), (longest - seconds).count()};
  auto const count = ::epoll_pwait2(epoll_.get(), events.data(), events.size(), &wait, nullptr);
  for (int i = 0; i < count; ++i) {
    auto const& event = events[static_cast<std::size_t>(i)];
    auto const id = event.data.u32;
    if ((event.events & EPOLLOUT) != 0) on_writable(id);
    if ((event.events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0) on_readable(id);
  }
  // Swapped out, not iterated: losing a connection may free the turn of another.
  while (!due_.empty())
    for (auto const id : std::exchange(due_, {})) send_due(id);
  if (sending_ && asked_.mode == load_mode::fixed_rate) send_at_rate();
  for (auto const id : std::exchange(dirty_, {})) flush(id);
}

void load_run::start_one() {
  auto const id = started_++;
  auto& c = clients_[id];
  if (!c.open(address_)) {
    problem(fmt::format("connect: {}", std::strerror(errno)));
    return;
  }
  c.wants_writable = true;
  watch(id, EPOLLIN | EPOLLOUT, EPOLL_CTL_ADD);
}

void load_run::watch(std::uint32_t id, std::uint32_t events, int operation) {
  epoll_event event{};
  event.events = events;
  event.data.u32 = id;
  if (::epoll_ctl(epoll_.get(), operation, clients_[id].fd(), &event) != 0)
    problem(fmt::format("epoll_ctl: {}", std::strerror(errno)));
}

void load_run::mark_dirty(std::uint32_t id) {
  auto& c = clients_[id];
  if (c.dirty) return;
  c.dirty = true;
  dirty_.push_back(id);
}

void load_run::flush(std::uint32_t id) {
  auto& c = clients_[id];
  c.dirty = false;
  if (c.at == phase::closed || c.at == phase::connecting) return;
  auto const state = c.flush();
  if (state == connection::write_state::failed) {
    lost(id, fmt::format("send: {}", std::strerror(errno)));
    return;
  }
  bool const wants = state == connection::write_state::waiting;
  if (wants == c.wants_writable) return;
  c.wants_writable = wants;
  watch(id, wants ? EPOLLIN | EPOLLOUT : EPOLLIN, EPOLL_CTL_MOD);
}

void load_run::on_writable(std::uint32_t id) {
  auto& c = clients_[id];
  if (c.at == phase::connecting) {
    if (auto const error = c.connect_error(); error != 0) {
      lost(id, fmt::format("connect: {}", std::strerror(error)));
      return;
    }
    c.at = phase::upgrading;
    c.queue(upgrade_request(host_and_port_, dialect_->target(), dialect_->subprotocol()));
  }
  mark_dirty(id);
}

void load_run::on_readable(std::uint32_t id) {
  auto& c = clients_[id];
  if (c.at == phase::closed || c.at == phase::connecting) return;
  auto const [state, bytes] = c.read(buffer_);
  if (state == connection::read_state::nothing) return;
  if (state == connection::read_state::ended) {
    lost(id, "the server closed a connection without a word");
    return;
  }
  now_ = now();
  on_bytes(c, id, bytes);
}

void load_run::on_bytes(connection& c, std::uint32_t id, std::string_view bytes) {
  if (c.at == phase::upgrading) {
    if (!c.collect_head(bytes)) return;
    auto const head = c.take_head();
    if (!upgrade_accepted(head)) {
      lost(id, "the upgrade was refused: " + head.substr(0, std::min(head.find("\r\n"), excerpt_bytes)));
      return;
    }
    c.at = phase::greeting;
  }
  auto const handle = [&](opcode code, std::string_view payload) { return on_frame(c, id, code, payload); };
  if (c.reader.consume(bytes, handle) || c.at == phase::closed) return;
  ++report_.violations;
  lost(id, "a frame that RFC 6455 does not allow, or over the size limit");
}

bool load_run::on_frame(connection& c, std::uint32_t id, opcode code, std::string_view payload) {
  switch (code) {
  case opcode::text:
    if (c.at == phase::ready && payload.starts_with(prefix_))
      on_delivery(c, payload);
    else
      on_text(c, id, payload);
    break;
  case opcode::ping:
    c.queue_frame(opcode::pong, payload, mask_key_);
    mark_dirty(id);
    break;
  case opcode::close:
    lost(id, fmt::format("the server closed a connection: {} {}",
                         payload.size() < 2
                             ? 1005
                             : static_cast<unsigned char>(payload[0]) << 8 | static_cast<unsigned char>(payload[1]),
                         payload.substr(std::min<std::size_t>(2, payload.size()))));
    break;
  case opcode::pong: break;
  default: ++report_.violations; problem("a binary message");
  }
  return c.at != phase::closed;
}

void load_run::on_text(connection& c, std::uint32_t id, std::string_view text) {
  auto const send = [&](std::string_view what) {
    c.queue_frame(opcode::text, what, mask_key_);
    mark_dirty(id);
  };
  auto const admitted = [&] {
    if (asked_.mode == load_mode::idle) return on_ready(c);
    c.at = phase::joining;
    send(dialect_->join(fmt::format("load-{:08x}-{}", report_.run, c.room()), fmt::format("load {}", id)));
  };
  switch (dialect_->classify(text)) {
  case incoming::delivery: on_delivery(c, text); break;
  case incoming::heartbeat: send(dialect_->heartbeat_answer()); break;
  case incoming::greeting:
    if (c.at != phase::greeting) break;
    if (dialect_->greeting_admits()) {
      admitted();
      break;
    }
    c.at = phase::admission;
    send(dialect_->greeting_answer());
    break;
  case incoming::admitted:
    if (c.at == phase::admission) admitted();
    break;
  case incoming::joined:
    if (c.at == phase::joining) on_ready(c);
    break;
  case incoming::refusal:
    ++report_.refusals;
    problem(fmt::format("refused: {}", text.substr(0, excerpt_bytes)));
    break;
  case incoming::ack:
  case incoming::other: break;
  }
}

void load_run::on_ready(connection& c) {
  c.at = phase::ready;
  ++ready_;
}

void load_run::on_delivery(connection& c, std::string_view text) {
  auto const [what, sender, sent] = rooms_[c.room()].order.deliver(c.member(), text);
  switch (what) {
  case room_order::outcome::complete:
    --in_flight_;
    if (asked_.mode == load_mode::closed_loop && now_ >= from_ && now_ < until_) ++report_.messages;
    completed(sender);
    break;
  case room_order::outcome::fine: break;
  case room_order::outcome::foreign:
    ++report_.foreign;
    problem(fmt::format("not a message of this room: {}", text.substr(0, excerpt_bytes)));
    return;
  case room_order::outcome::mismatch:
    ++report_.mismatches;
    problem(fmt::format("lost, repeated or out of order: {}", text.substr(0, excerpt_bytes)));
    return;
  }
  // At a fixed rate a sample belongs to when it should have been sent, so that the slowest are not cut off.
  auto const when = asked_.mode == load_mode::fixed_rate ? sent : now_;
  if (when < from_ || when >= until_) return;
  ++report_.deliveries;
  report_.latency.record(now_ - sent);
}

void load_run::lost(std::uint32_t id, std::string why) {
  auto& c = clients_[id];
  if (c.at == phase::closed) return;
  bool const was_ready = c.at == phase::ready;
  c.close(mask_key_);
  c.due = 0;
  ++report_.disconnects;
  problem(std::move(why));
  if (!was_ready || asked_.mode == load_mode::idle) return;
  rooms_[c.room()].order.lose(c.member(), [&](std::uint32_t sender) {
    --in_flight_;
    completed(sender);
  });
}

} // namespace parley::load
