#pragma once
// One connection and its session, brought together: what the client says becomes commands for its session actor, what
// the session tells becomes answers, pushes and subscriptions of the hub. Who speaks is settled here, once: by the
// token, never by a payload.
//
// Threads: the connection's loop only. Sessions reach it through a `link_port`, which crosses threads when it must.
// Owned by the connection; lives on in the port until the session lets go.

#include "actors/client_commands.hpp"
#include "actors/client_port.hpp"
#include "events/clock.hpp"
#include "events/random.hpp"
#include "gateway/auth/tokens.hpp"
#include "gateway/bridge/action_budget.hpp"
#include "gateway/bridge/io_loop.hpp"
#include "gateway/bridge/session_link.hpp"
#include "gateway/bridge/write_positions.hpp"
#include "gateway/hub/hub.hpp"

#include <functional>
#include <map>
#include <memory>
#include <set>

namespace parley {
class registry;
}

namespace parley::gateway {

/// What all links share; made by the composition, outlives them.
struct link_dependencies {
  registry& entities;
  const token_service& tokens;
  const clock_source& clock;
  random_source& random;
  write_positions& writes;
  bool rooms_open_on_join = true;
  /// Takes one from what an address may open; else says how many seconds to wait. 0: go on.
  std::function<int(const std::string& address)> take_room_opening;
  /// Gives it back: the join opened nothing.
  std::function<void(const std::string& address)> room_not_opened;
};

/// Opens links for one loop's connections.
class link_opener final : public session_opener {
public:
  link_opener(io_loop& loop, hub& topics, const link_dependencies& with)
    : loop_{loop}
    , hub_{topics}
    , with_{with} {}
  [[nodiscard]] std::shared_ptr<session_link> open(std::shared_ptr<connection> c, hello h) override;

private:
  io_loop& loop_;
  hub& hub_;
  const link_dependencies& with_;
};

class client_link final : public session_link, public std::enable_shared_from_this<client_link> {
public:
  /// A connection without a token waits so long for a first frame that brings one; then it is greeted as a guest's.
  /// A first frame that brings its token later still counts: the connection is greeted once more, as who it is.
  static constexpr std::chrono::milliseconds first_frame_wait{250};

  client_link(io_loop& loop, hub& topics, const link_dependencies& with, std::shared_ptr<connection> c, hello h);
  void start();

  void receive(client_message message) override;
  void drained() override;
  void pinged() override;
  void ponged() override;
  void closed(goodbye how) override;

  // What the session tells, on the loop, through the port that was made for it.
  [[nodiscard]] bool listens_to(const client_port& port) const noexcept { return port_.get() == &port; }
  void greet(const greeting& g);
  void session_over();
  void answer(std::optional<std::uint64_t> ack, result<parley::answer> outcome);
  void subscribe(const stream_id& topic, version after);
  void unsubscribe(const stream_id& topic, version up_to);
  void joined(const stream_id& place, const std::string& body);
  void left(const stream_id& place);
  void tell(std::string_view event, const std::string& body);
  void close(close_reason why);

private:
  enum class phase { waiting_for_token, attaching, live, over };

  /// A command under way by a number of ours.
  struct renumbered {
    std::optional<std::uint64_t> ack; ///< the client's own
    std::optional<int> wait_s;        ///< a join that could open its room: 0, paid for; else it may not open
  };

  void limit_opening(domain::room::join& join, std::optional<std::uint64_t>& ack);
  void end_opening(int wait_s, result<parley::answer>& outcome);
  /// `ack` becomes a number of ours, by which its answer is known.
  void renumber(std::optional<std::uint64_t>& ack, std::optional<int> wait_s);
  void take_auth(const nlohmann::json& auth);
  void become_guest_later();
  /// Parts from the session: the connection is gone, or turns out to be somebody's.
  void leave_session(bool clean);
  /// Finds out who this is and asks for the session: the one of the hello when it may come back, else a new one.
  void enter();
  void ask_for_session(session_id id, bool resuming);
  void refuse(const error& why);
  void let_go();

  io_loop& loop_;
  hub& hub_;
  const link_dependencies& with_;
  std::shared_ptr<connection> connection_; ///< null once it is gone
  hello hello_;
  client_port_ptr port_;
  phase phase_ = phase::waiting_for_token;
  bool attached_to_hub_ = false;
  bool first_frame_came_ = false;
  user_id user_;
  login_id login_;
  std::string name_;
  bool guest_ = false;
  bool resumed_ = false; ///< the session is the one of the hello
  session_id session_;
  stream_id session_stream_;
  std::set<stream_id> places_;
  std::map<std::uint64_t, renumbered> renumbered_;
  std::uint64_t own_numbers_ = 0;
  action_budget locations_{location_rate}, joins_{join_rate};
  io_loop::timer first_frame_; ///< only while waiting
};

} // namespace parley::gateway
