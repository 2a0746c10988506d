#pragma once
// A provider's calendar (stream `calendar/<providerId>`): the single writer of all bookings of that provider, over all
// their services. That two of them never overlap needs no lock and no transaction: one decider looks at one list. Each
// booking's steps follow booking.hpp; reviews stand beside the bookings they are about.
//
// Time decides, not the timer: a request found past its answer's due time is expired there and then.
//
// What it holds is bounded: bookings_open_max that are not over, and of those that are the last bookings_over_kept that
// took place and as many that did not. Whatever is older is in the log and the read models, and can be changed no more.

#include "actors/domain/bookings/booking.hpp"
#include "actors/domain/decision.hpp"

#include <map>
#include <set>
#include <variant>

namespace parley::domain {

inline constexpr std::size_t bookings_open_max = 5'000;
/// One customer must not fill a provider's year.
inline constexpr std::size_t bookings_open_of_customer_max = 200;
/// Nor take all the time there is without anybody's answer.
inline constexpr std::size_t unanswered_of_customer_max = 20;
inline constexpr std::size_t bookings_over_kept = 1'000;
inline constexpr std::size_t booking_note_bytes_max = 1'024;
inline constexpr std::size_t review_comment_bytes_max = 4'096;

struct calendar {
  struct entry {
    events::booking booking;
    version seq = 0; ///< of its last event: what its entity tag says
    bool reviewed = false, replied = false;
  };
  struct state {
    user_id provider; ///< empty: nothing happened yet
    std::map<booking_id, entry> bookings;
    version seq = 0;
    // Made from the above, not in snapshots:
    std::map<time_point, booking_id> taken;        ///< by start; they do not overlap
    std::set<std::pair<version, booking_id>> over; ///< oldest first
  };

  /// Asks for a booking, with what the service quoted. errc::service_not_found when it is no longer offered,
  /// outside_availability, slot_taken, forbidden for the provider themselves, wrong_currency for a price in one that is
  /// not in force, invalid for a time that is past or more than a year off. Repeated with the same id: no event.
  struct request {
    booking_id id;
    user_id provider;
    service_id service;
    std::string title;
    time_point starts_at;
    std::uint32_t minutes = 0;
    std::uint64_t price_minor = 0;
    std::string currency;
    std::uint32_t cancel_free_hours = 0, cancel_fee_percent = 0;
    std::string note;
    bool offered = true, available = true;
  };
  /// A step by the party that asks. errc::booking_not_found, and as check_step says.
  struct change {
    booking_id id;
    std::string status;
    std::string reason;
    std::optional<version> if_match; ///< the booking's own, not the calendar's
  };
  /// The way out for whoever asks: a provider who has not answered yet declines.
  struct cancel {
    booking_id id;
    std::string reason;
    std::optional<version> if_match;
  };
  /// Another time, as long as cancelling is free: else moving a booking far off would be the way around the fee.
  struct reschedule {
    booking_id id;
    time_point starts_at;
    bool available = true;
    std::optional<version> if_match;
  };
  /// A question, by one of the two parties.
  struct look {
    booking_id id;
  };
  struct write_review {
    booking_id id;
    std::uint32_t rating = 0;
    std::string comment;
  };
  struct reply_to_review {
    review_id id;
    std::string text;
  };
  /// From the settlement process: what the ledger did. One that comes late or twice changes nothing.
  struct settle {
    booking_id id;
    std::string step; ///< held, refused, posted, voided
  };
  /// Where a party is, told to the other and kept nowhere: of a confirmed booking, from location_before its start to
  /// location_after its end. errc::invalid for no place on Earth, errc::invalid_transition at another time.
  struct share_location {
    booking_id id;
    double latitude = 0, longitude = 0; ///< degrees
  };
  struct timer_fired {
    std::string what;
  };

  using command = std::variant<request, change, cancel, reschedule, look, write_review, reply_to_review, settle,
                               share_location, timer_fired>;
  using event = events::calendar_event;
  static constexpr std::string_view family = "calendar";
  static constexpr int snapshot_schema = 1;
  static constexpr bool is_followed = true; ///< notices and settlement react to bookings

  [[nodiscard]] static result<decision<event>> decide(const state& s, const command& c, const context& by);
  static void evolve(state& s, const event& e, time_point when);
  /// A booking as clients see it (booking_json.hpp) with `version`, its entity tag; write_review: {id, bookingId,
  /// serviceId, providerId, customerId, customerName, rating, comment, createdAt}; reply_to_review: {id, bookingId,
  /// serviceId, reply}; share_location: {bookingId}; timer_fired: {}.
  [[nodiscard]] static std::string reply(const state& after, const command& c, const context& by, version at);
  [[nodiscard]] static std::string snapshot(const state& s);
  [[nodiscard]] static result<state> restore(std::string_view snapshot);
};

} // namespace parley::domain
