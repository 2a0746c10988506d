#pragma once
// A session's shell: between a client's connection and the places it is in. Who speaks is who attached; the decider
// keeps what must outlive a crash (which places it owes a `left`), this class what need not (the connection).
//
// Three parts: clients that arrive, speak and go (session_actor.cpp), the session's dealings with places
// (session_places.cpp; at doors that do not open at once, session_doors.cpp) and those with people
// (session_people.cpp).

#include "actors/event_sourced.hpp"
#include "actors/farewells.hpp"
#include "actors/receipts.hpp"
#include "actors/session_directory.hpp"

namespace parley {

class session_actor final : public event_sourced<domain::session> {
public:
  session_actor(caf::actor_config& config, runtime& rt, stream_id stream);

  caf::behavior make_behavior() override;
  void on_exit() override;

private:
  // --- clients ------------------------------------------------------------------------------------------------------

  void arrive(client_arrived_ptr a);
  /// Sees to the first of those that arrived: recovery first, then its login, then it is let in or refused.
  void check_first();
  void let_in();
  void refuse_first(close_reason why);
  void take_over(client_port_ptr client, principal who);
  void detach_client(const client_gone& d);
  void cut(const login_id& login);
  /// Nobody is connected any more: starts the grace period.
  void lost();
  void end(std::string reason);
  void serve(client_command_ptr c);
  [[nodiscard]] bool is_arriving(const client_port_ptr& client) const;
  void forget_login(const login_id& login);

  void recovered() override;
  void not_recovered() override;
  void committed(const events::session_event& e) override;
  [[nodiscard]] bool may_passivate() const override;

  // --- people (session_people.cpp)
  // ------------------------------------------------------------------------------------

  void follow_inbox();
  void tell_a_person(client_command_ptr c);
  void say_to_person(const client_command_ptr& c);
  /// In a booking's chat, when neither of its two has blocked the other.
  void say_in_chat(client_command_ptr c);
  static client_port_ptr answer_client(client_command& c, result<answer> r);

  // --- places -------------------------------------------------------------------------------------------------------

  struct dealing;
  using heard = std::function<void(const result<answer>&)>;

  /// Does what a client says to a place, or lines it up behind the errand under way there.
  void perform(client_command_ptr c);
  void join(client_command_ptr c, join_place& j);
  void joined(client_command& c, const join_place& j, const result<answer>& r);
  void leave(client_command_ptr c, const stream_id& place);
  /// The place let us go. A client that does not follow it now is given its end later.
  void dismiss(const dismissed& d);
  void keep_farewell(const dismissed& d);
  void say_farewells();
  /// Follows every place again: those whose membership is sure from what the last connection was handed; of the others
  /// the client has a moment to say with a join what it has, then the place itself is asked.
  void rejoin(const std::map<stream_id, version>& seen);
  void await_claims();
  void ask_again(const stream_id& place);
  [[nodiscard]] static version want(dealing& with, version after);
  [[nodiscard]] bool is_unaware(const stream_id& place) const;
  [[nodiscard]] version missed_since(const stream_id& place, version joined) const;
  void leave_places();
  /// Asks the place to let us go until it has done so; after the errand under way, if there is one.
  void leave_for_good(const stream_id& place, const std::string& reason);
  /// `wished` by the client: then it is told when it is out.
  void keep_leaving(const stream_id& place, const std::string& reason, bool wished = false);

  // --- doors --------------------------------------------------------------------------------------------------------

  /// The place lets us in only when its host does. Until then we owe it a leave, as a member does, and follow nothing.
  void wait_at(const stream_id& place, std::optional<version> after);
  /// The host let us in: asks the place for what a join is answered.
  void come_in(const stream_id& place);
  /// The client learns that it is in, when its own join did not tell it.
  void welcome(const stream_id& place, const std::string& body);
  /// The client learns why it is in no more, or waits no more.
  void explain_dismissal(const dismissed& d, bool waited);
  /// The places it is in, as a client that comes back is told.
  [[nodiscard]] std::vector<stream_id> places_in() const;

  [[nodiscard]] bool is_busy(const stream_id& place) const;
  void begin(const stream_id& place);
  /// We wish to leave, or were let go.
  void go(const stream_id& place);
  /// The errand is over: what waited for it has its turn.
  void finish(const stream_id& place);
  /// We are not in: takes our note out, then the errand is over.
  void exit(const stream_id& place);
  /// The errand fails and is tried again: whoever waits for it is answered so.
  void let_nobody_wait(const stream_id& place);
  void follow_no_more(const stream_id& place);

  /// A command of our own that must not fail for good: when the log cannot take it, it is asked again, as long as it is
  /// `wanted`.
  void insist(domain::session::command c, std::function<bool()> wanted, std::function<void()> then = nullptr);
  void persevere(domain::session::command c, std::function<bool()> wanted, std::function<void()> then);
  /// Leaves memory when nobody is connected and nothing is owed.
  void settle_down();

  [[nodiscard]] domain::context as_client() const;
  [[nodiscard]] domain::context as_system() const;
  void ask(const stream_id& place, any_command c, std::optional<idempotency> once, reply::function then);
  void ask_to_leave(const stream_id& place, const std::string& reason, heard then);

  /// Runs `f` in this actor: replies come on the thread of the entity that answers.
  template <class F>
  reply::function back_here(F f) {
    return [self = caf::actor_cast<caf::actor>(this), f = std::move(f)](result<answer> r) mutable {
      caf::anon_send(self, std::make_shared<continuation>([f = std::move(f), r = std::move(r)]() mutable { f(r); }));
    };
  }
  template <class F>
  void later(std::chrono::milliseconds wait, F f) {
    delayed_send(this, caf::timespan{wait}, std::make_shared<continuation>(std::move(f)));
  }

  /// How we stand with a place: kept while we may be in it or something is under way.
  struct dealing {
    bool member = false;                    ///< in or waiting, by the last that was heard; after a recovery, supposed
    bool waiting = false;                   ///< at the door; or let in, and the client was not told yet
    bool sure = false;                      ///< heard by this actor, and not going since
    bool going = false;                     ///< wishes to leave, or was let go
    bool busy = false;                      ///< an errand is under way
    bool retrying = false;                  ///< ... and fails: it is tried again until it does not
    bool draining = false;                  ///< what waited has its turn
    version hidden = 0;                     ///< of a place without history: what the client is never shown
    bool unaware = false;                   ///< came in again, perhaps before its client saw that it had been put out
    std::optional<version> wanted;          ///< the client asked for all after it; not known after a recovery
    std::optional<version> asked_after;     ///< the join under way asks for all after it
    std::optional<std::string> leave_after; ///< the errand under way, for this reason
    std::deque<client_command_ptr> line;    ///< waits for the errand
  };

  const session_id id_;
  client_port_ptr client_;                   ///< null: nobody is connected
  principal who_;                            ///< the last client let in
  std::vector<client_arrived_ptr> arrivals_; ///< the first is being checked
  client_arrived_ptr checking_;              ///< its login is asked for
  std::vector<client_command_ptr> early_;    ///< of those that arrived
  receipts receipts_;                        ///< what its client surely has of each place
  farewells farewells_;                      ///< what it owes of places that let us go
  std::set<stream_id> unclaimed_;            ///< places the client is in and does not follow yet
  std::map<stream_id, dealing> dealings_;
  std::size_t insisting_ = 0;  ///< commands of our own that are not done yet
  std::uint64_t commands_ = 0; ///< numbers the cause of each command
  bool served_ = false;        ///< a client was let in in this run of the server
};

} // namespace parley
