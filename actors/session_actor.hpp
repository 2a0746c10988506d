#pragma once
// A session's shell: between a client's connection and the places it is in. Who speaks is who attached; the decider
// keeps what must outlive a crash (which places it owes a `left`), this class what need not (the connection).

#include "actors/event_sourced.hpp"
#include "actors/session_directory.hpp"

#include <deque>

namespace parley {

class session_actor final : public event_sourced<domain::session> {
public:
  session_actor(caf::actor_config& config, runtime& rt, stream_id stream);

  caf::behavior make_behavior() override;
  void on_exit() override;

private:
  void attach_client(client_arrived_ptr a);
  void check_login();
  void let_in();
  void rejoin(const std::map<stream_id, version>& seen);
  void detach_client(const client_gone& d);
  void serve(client_command& c);
  void serve_join(client_command& c, join_place& j);
  void serve_leave(client_command& c, const leave_place& l);
  void forward(client_command& c, tell_place& t);
  void dismiss(const stream_id& place);
  void end(std::string reason);

  void recovered() override;
  void committed(const events::session_event& e) override;
  [[nodiscard]] bool may_passivate() const override { return !client_; }
  void leave_places();
  void leave_place_for_good(const stream_id& place);

  [[nodiscard]] domain::context as_client() const;
  [[nodiscard]] domain::context as_system() const;
  void ask(const stream_id& place, domain::room::command c, std::optional<idempotency> once, reply::function then);
  void ask(const stream_id& place, domain::lounge::command c, std::optional<idempotency> once, reply::function then);

  const session_id id_;
  client_port_ptr client_;      ///< null: nobody is connected
  principal who_;
  client_arrived_ptr attaching_;        ///< waits for recovery and for its login to be checked
  std::deque<client_command_ptr> early_; ///< came while attaching
  std::map<stream_id, version> handed_;  ///< what earlier connections were given, of each place
  std::set<stream_id> unclaimed_; ///< places of which nobody knows yet what the client has
  std::set<stream_id> leaving_; ///< asked to let us go
  std::uint64_t commands_ = 0;  ///< numbers the cause of each command
  bool served_ = false;         ///< a client attached in this run of the server
};

} // namespace parley
