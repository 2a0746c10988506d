#pragma once
// A client as sessions see it: it says what a test tells it to, and remembers all it was told.

#include "actors/client_port.hpp"
#include "actors/messages.hpp"

#include <map>
#include <string>
#include <vector>

namespace parley::test {

class actor_world;

class world_client final : public client_port {
public:
  world_client(actor_world& world, session_id session, principal who)
    : world_{&world}
    , session_{std::move(session)}
    , who_{std::move(who)} {}

  // --- what it says; each returns its ack number --------------------------------------------------------------------
  std::uint64_t join(const stream_id& place, std::optional<version> after = std::nullopt);
  std::uint64_t leave(const stream_id& place);
  std::uint64_t say(const stream_id& place, std::string text, std::optional<idempotency> once = std::nullopt);
  std::uint64_t close_room(const stream_id& place);
  std::uint64_t request(client_request what);

  // --- what it heard ------------------------------------------------------------------------------------------------
  [[nodiscard]] bool is_live() const { return !greetings.empty() && !closed && !over; }
  /// None yet; more than one answer to a command fails the test.
  [[nodiscard]] const result<parley::answer>* answer_to(std::uint64_t ack) const;
  [[nodiscard]] bool succeeded(std::uint64_t ack) const;
  [[nodiscard]] bool failed_with(std::uint64_t ack, errc code) const;
  [[nodiscard]] std::vector<stream_id> follows() const;

  std::vector<greeting> greetings;
  std::map<std::uint64_t, result<parley::answer>> answers;
  std::map<stream_id, version> subscriptions; ///< the place, and after which seq
  std::map<stream_id, version> ended;         ///< what it followed and no longer does, and after which seq it began
  std::map<stream_id, version> shown_to;      ///< of that: the last seq it is given; 0: what was published by then
  std::vector<std::string> heard;             ///< in order: "answer 1", "joined room/hall", "left room/hall", "denied"
  std::optional<close_reason> closed;
  bool over = false; ///< its session was
  std::uint64_t asked = 0;

  [[nodiscard]] const session_id& session() const { return session_; }
  [[nodiscard]] const principal& who() const { return who_; }
  /// Its connection is gone, or its process: nothing reaches it any more.
  void disconnect() { world_ = nullptr; }
  [[nodiscard]] bool is_connected() const { return world_ != nullptr; }
  [[nodiscard]] client_port_ptr port() const { return self_.lock(); }
  void own(const std::shared_ptr<world_client>& self) { self_ = self; }

  void greet(const greeting& g) override;
  void session_over() override;
  void answer(std::optional<std::uint64_t> ack, result<parley::answer> outcome) override;
  void subscribe(const stream_id& topic, version after) override;
  void unsubscribe(const stream_id& topic, version up_to) override;
  void joined(const stream_id& place, const std::string& body) override;
  void left(const stream_id& place) override;
  void tell(std::string_view event, const std::string& body) override;
  void close(close_reason why) override;

private:
  actor_world* world_;
  session_id session_;
  principal who_;
  std::weak_ptr<world_client> self_;
};
using world_client_ptr = std::shared_ptr<world_client>;

} // namespace parley::test
