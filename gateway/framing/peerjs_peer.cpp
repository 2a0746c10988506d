#include "gateway/framing/peerjs_peer.hpp"

namespace parley::gateway::peerjs {
namespace {

intake::time now() { return std::chrono::steady_clock::now(); }

} // namespace

peer::peer(const framing& of, broker::claim c, std::string fault)
  : framing_{of}
  , claim_{std::move(c)}
  , fault_{std::move(fault)}
  , intake_{of.limits, of.totals, now()} {}

void peer::opened(std::shared_ptr<line> on) {
  line_ = std::move(on);
  if (!fault_.empty()) return refuse(told("ERROR", fault_), fault_);
  switch (framing_.between.open(claim_, framing_.loop, weak_from_this())) {
  case broker::verdict::opened: line_->send(R"({"type":"OPEN"})", false); break;
  case broker::verdict::replaced: break; // it was told that it is open, on its earlier connection
  case broker::verdict::taken: return refuse(told("ID-TAKEN", "ID is taken"), "this id is taken");
  case broker::verdict::full:
    return refuse(told("ERROR", "Server has reached its concurrent user limit"), "too many peers");
  }
  is_open_ = true;
  await_heartbeat();
}

void peer::refuse(std::string_view text, std::string_view reason) {
  line_->send(text, false);
  line_->close(close_code::policy, reason);
}

void peer::await_heartbeat() {
  heartbeat_ = framing_.loop.after(framing_.heartbeat_timeout, [this] {
    const auto self = shared_from_this();
    if (line_) line_->close(close_code::policy, "no heartbeat came");
  });
}

void peer::received(std::string_view text, bool binary) {
  if (!is_open_) return;
  switch (intake_.take(now())) {
  case intake::verdict::take: break;
  case intake::verdict::refuse: return; // the protocol has no words for it; what is relayed is repeated by ICE
  case intake::verdict::close: return line_->close(close_code::slow_down, "too many messages: slow down");
  }
  const auto m = binary ? result<message>{fail(errc::malformed)} : parse_message(text, framing_.depth_max);
  if (!m) {
    if (!intake_.forgive_malformed()) line_->close(close_code::policy, "too many malformed messages");
    return;
  }
  if (m->type == "HEARTBEAT") return await_heartbeat();
  if (!is_relayed(m->type)) return;
  if (!m->dst.empty()) return framing_.between.pass({m->dst, claim_.id, relayed(*m, claim_.id)}, is_queued(m->type));
  if (m->type != "LEAVE") return;
  // It gave its id up, and speaks in no name any more.
  is_open_ = false;
  heartbeat_ = nullptr;
  framing_.between.close(claim_.id, this);
  line_->close(close_code::normal, "left");
}

bool peer::takes_ping() { return intake_.take(now()) != intake::verdict::close; }

void peer::closed(goodbye, std::uint16_t) {
  heartbeat_ = nullptr;
  line_ = nullptr;
  if (std::exchange(is_open_, false)) framing_.between.close(claim_.id, this);
}

void peer::dropped() noexcept {
  heartbeat_ = nullptr;
  line_ = nullptr;
  is_open_ = false;
}

void peer::hear(std::string_view text) {
  // Signals are worth nothing late: who reads nothing gets no more of them.
  if (line_ && line_->queued_bytes() < framing_.queue_bytes_max) line_->send(text, false);
}

void peer::replaced() {
  is_open_ = false;
  if (line_) line_->close(close_code::taken_over, "another connection took this id over");
}

} // namespace parley::gateway::peerjs
