#pragma once
// A session's way to its client's link: runs each call on the connection's loop, at once when already there. What comes
// after the link is gone, or speaks for another session, is dropped.

#include "actors/client_port.hpp"
#include "gateway/bridge/client_link.hpp"
#include "gateway/bridge/io_loop.hpp"

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
  void answer(std::optional<std::uint64_t> ack, result<parley::answer> outcome) override {
    on_loop([ack, outcome = std::move(outcome)](client_link& link) mutable { link.answer(ack, std::move(outcome)); });
  }
  void subscribe(const stream_id& topic, version after) override {
    on_loop([topic, after](client_link& link) { link.subscribe(topic, after); });
  }
  void unsubscribe(const stream_id& topic) override {
    on_loop([topic](client_link& link) { link.unsubscribe(topic); });
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
  template <class Call>
  void on_loop(Call call) {
    if (loop_.is_current()) {
      if (const auto link = link_.lock(); link && link->listens_to(*this)) call(*link);
      return;
    }
    loop_.post([self = shared_from_this(), call = std::move(call)]() mutable {
      if (const auto link = self->link_.lock(); link && link->listens_to(*self)) call(*link);
    });
  }

  io_loop& loop_;
  std::weak_ptr<client_link> link_; ///< the connection owns the link
};

} // namespace parley::gateway
