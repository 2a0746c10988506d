#pragma once
// A session's way to its client's link: runs each call on the connection's loop, in order, at once when already there.
// What comes after the link is gone, or speaks for another session, is dropped.
//
// An end is never told at once: what the place published before it may have come from another loop and still wait to be
// taken here, and the session, which was told by a message of its own, must not overtake it.

#include "actors/client_port.hpp"
#include "gateway/bridge/client_link.hpp"
#include "gateway/bridge/io_loop.hpp"

#include <atomic>

namespace parley::gateway {

class link_port final : public client_port, public std::enable_shared_from_this<link_port> {
public:
  link_port(io_loop& loop, std::shared_ptr<client_link> link)
    : loop_{loop}
    , link_{std::move(link)} {}

  void greet(const greeting& g) override {
    on_loop([g](client_link& link) { link.greet(g); });
  }
  void session_over() override {
    on_loop([](client_link& link) { link.session_over(); });
  }
  /// Also when the link listens to a later port by now: the numbers are the link's own, and each is answered.
  void answer(std::optional<std::uint64_t> ack, result<parley::answer> outcome) override {
    on_loop([ack, outcome = std::move(outcome)](client_link& link) mutable { link.answer(ack, std::move(outcome)); },
            heard::always);
  }
  void subscribe(const stream_id& topic, version after) override {
    on_loop([topic, after](client_link& link) { link.subscribe(topic, after); });
  }
  void unsubscribe(const stream_id& topic, version up_to) override {
    post([topic, up_to](client_link& link) { link.unsubscribe(topic, up_to); }, heard::while_listened_to);
  }
  void joined(const stream_id& place, const std::string& body) override {
    on_loop([place, body](client_link& link) { link.joined(place, body); });
  }
  void left(const stream_id& place) override {
    on_loop([place](client_link& link) { link.left(place); });
  }
  void close(close_reason why) override {
    on_loop([why](client_link& link) { link.close(why); });
  }

private:
  enum class heard { while_listened_to, always };

  template <class Call>
  void on_loop(Call call, heard when = heard::while_listened_to) {
    if (loop_.is_current() && on_their_way_ == 0) return on_link(call, when);
    post(std::move(call), when);
  }
  template <class Call>
  void post(Call call, heard when) {
    ++on_their_way_;
    loop_.post([self = shared_from_this(), call = std::move(call), when]() mutable {
      --self->on_their_way_;
      self->on_link(call, when);
    });
  }
  template <class Call>
  void on_link(Call& call, heard when) {
    const auto link = link_.lock();
    if (link && (when == heard::always || link->listens_to(*this))) call(*link);
  }

  io_loop& loop_;
  std::atomic<std::size_t> on_their_way_ = 0; ///< calls that wait: a later one waits behind them
  std::weak_ptr<client_link> link_;           ///< the connection owns the link
};

} // namespace parley::gateway
