#pragma once
// What people do by twos, as the log has it: messages and calls, purchases, bookings and reviews, and the money of all
// of them. Folded from the events alone, whatever any entity's state thinks of it.

#include "events/codec.hpp"
#include "tests/simulation/claims/verdict.hpp"
#include "tools/parley/ledger_check.hpp"

#include <map>
#include <set>

namespace parley::simulation {

class dealings {
public:
  explicit dealings(verdict& v)
    : verdict_{v} {}

  void take(const record& r, const event& content);
  /// Nothing is under way any more: what was said was delivered, what was bought was paid or given back.
  void check_at_rest();
  /// Everybody has gone.
  void check_calls_are_over();

  /// A booking of those there are, or of those in that status; null when there is none.
  [[nodiscard]] const events::booking* a_booking(std::size_t which, std::string_view status = {}) const;

private:
  struct sent_message {
    events::direct_message_sent said;
    std::set<user_id> delivered;
  };
  struct chat {
    std::set<user_id> blocked_by;
    std::map<version, sent_message> messages;
    std::optional<call_id> call;
    std::map<call_id, bool> calls; ///< whether each is over
  };
  struct inbox {
    std::map<conversation_id, version> last; ///< delivered of each
    std::set<notification_id> notifications;
    std::optional<call_id> engaged;
  };
  struct stall {
    std::uint64_t stock = 0;
    std::map<purchase_id, events::purchase_requested> open;
    std::set<purchase_id> ended;
  };

  void see(const events::conversation_event& e);
  void see(const events::inbox_event& e);
  void see(const events::listing_event& e);
  void see(const events::calendar_event& e);
  void see(const events::ledger_event& e);
  /// `b` is how the booking stands from now on.
  void stands(const events::booking& b);
  void deliver(const events::message_delivered& e);
  void end_purchase(const purchase_id& id, bool paid);

  verdict& verdict_;
  std::string key_; ///< of the stream that is looked at
  position at_ = 0;
  version version_ = 0;

  std::map<conversation_id, chat> chats_;
  std::map<user_id, inbox> inboxes_;
  std::map<std::string, stall> stalls_; ///< by listing
  std::map<booking_id, events::booking> bookings_;
  std::map<user_id, std::map<time_point, booking_id>> taken_; ///< of each provider, by start
  std::set<booking_id> reviewed_;
  std::set<std::string> transferred_; ///< ids
  tool::ledger_check books_;
};

} // namespace parley::simulation
