#pragma once
// What happens to services (stream `service/<serviceId>`: an offer and when it can be had) and in a provider's calendar
// (stream `calendar/<providerId>`: every booking of that provider, over all services, and the reviews).
//
// Each event of a booking carries the whole booking as it stands afterwards: whoever follows the log (read models,
// notices, settlement) needs no look-up, and a booking's history can be read from its events alone.

#include "events/clock.hpp"
#include "events/field.hpp"
#include "events/ids.hpp"

#include <optional>
#include <string>
#include <tuple>
#include <variant>

namespace parley::events {

// --- a service -----------------------------------------------------------------------------------------------------

/// What a provider offers and for how much. Public, so nothing of it is personal.
struct service_terms {
  std::string title, description, category; ///< the last two may be empty
  std::uint64_t price_minor = 0;            ///< in minor units of `currency`; 0: free
  std::string currency;                     ///< ISO 4217
  std::uint32_t duration_minutes = 0;
  std::uint32_t cancel_free_hours = 0; ///< a customer cancels free of charge until so long before the start
  std::uint32_t cancel_fee_percent = 0;
  bool active = true; ///< false: listed to its owner only, and not to be booked
  static constexpr auto fields() {
    using e = service_terms;
    return std::tuple{stored("title", &e::title),
                      stored("description", &e::description),
                      stored("category", &e::category),
                      stored("priceMinor", &e::price_minor),
                      stored("currency", &e::currency),
                      stored("durationMinutes", &e::duration_minutes),
                      stored("cancelFreeHours", &e::cancel_free_hours),
                      stored("cancelFeePercent", &e::cancel_fee_percent),
                      stored("active", &e::active)};
  }
  friend bool operator==(const service_terms&, const service_terms&) = default;
};

struct service_offered : service_terms {
  static constexpr std::string_view type = "service-offered";
  static constexpr int schema = 1;
  service_id service;
  user_id owner;
  static constexpr auto fields() {
    return std::tuple_cat(
        std::tuple{stored("serviceId", &service_offered::service), stored("ownerId", &service_offered::owner)},
        service_terms::fields());
  }
  friend bool operator==(const service_offered&, const service_offered&) = default;
};

/// All terms as they are from now on. Bookings made before keep theirs.
struct service_revised : service_terms {
  static constexpr std::string_view type = "service-revised";
  static constexpr int schema = 1;
  static constexpr auto fields() { return service_terms::fields(); }
  friend bool operator==(const service_revised&, const service_revised&) = default;
};

struct availability_set {
  static constexpr std::string_view type = "availability-set";
  static constexpr int schema = 1;
  user_id owner;
  std::string rules; ///< JSON text {timeZone, weekly, exceptions}, normalised (actors/domain/bookings/availability.hpp)
  static constexpr auto fields() {
    return std::tuple{stored("ownerId", &availability_set::owner), stored("rules", &availability_set::rules)};
  }
  friend bool operator==(const availability_set&, const availability_set&) = default;
};

/// No longer offered, for good. What was booked stays booked.
struct service_retired {
  static constexpr std::string_view type = "service-retired";
  static constexpr int schema = 1;
  user_id by;
  static constexpr auto fields() { return std::tuple{stored("by", &service_retired::by)}; }
  friend bool operator==(const service_retired&, const service_retired&) = default;
};

using service_event = std::variant<service_offered, service_revised, availability_set, service_retired>;

// --- a provider's calendar -----------------------------------------------------------------------------------------

/// A booking. Title, price, duration and policy are the service's as the customer saw them.
struct booking {
  booking_id id; ///< `bk_<22 characters>.<providerId>`: names the calendar it is in
  user_id provider, customer;
  service_id service;
  std::string title;
  time_point starts_at, ends_at;
  std::uint64_t price_minor = 0;
  std::string currency;
  std::uint32_t cancel_free_hours = 0, cancel_fee_percent = 0;
  std::string status;                   ///< requested, confirmed, declined, expired, cancelled, completed, no-show
  std::string payment;                  ///< none, pending, held, direct (outside of Parley), paid, refunded, fee
  std::uint64_t fee_minor = 0;          ///< what a late cancellation or a no-show costs the customer
  std::optional<time_point> expires_at; ///< while requested: the answer is due
  time_point requested_at;
  std::string customer_name, note;
  static constexpr auto fields() {
    using e = booking;
    return std::tuple{stored("bookingId", &e::id),
                      stored("providerId", &e::provider),
                      stored("customerId", &e::customer),
                      stored("serviceId", &e::service),
                      stored("title", &e::title),
                      stored("startsAt", &e::starts_at),
                      stored("endsAt", &e::ends_at),
                      stored("priceMinor", &e::price_minor),
                      stored("currency", &e::currency),
                      stored("cancelFreeHours", &e::cancel_free_hours),
                      stored("cancelFeePercent", &e::cancel_fee_percent),
                      stored("status", &e::status),
                      stored("payment", &e::payment),
                      stored("feeMinor", &e::fee_minor),
                      stored("expiresAt", &e::expires_at),
                      stored("requestedAt", &e::requested_at),
                      personal("customerName", &e::customer_name),
                      personal("note", &e::note)};
  }
  friend bool operator==(const booking&, const booking&) = default;
};

struct booking_requested : booking {
  static constexpr std::string_view type = "booking-requested";
  static constexpr int schema = 1;
  static constexpr auto fields() { return booking::fields(); }
  friend bool operator==(const booking_requested&, const booking_requested&) = default;
};

/// One step of the state machine, from `was` to the booking's status.
struct booking_changed : booking {
  static constexpr std::string_view type = "booking-changed";
  static constexpr int schema = 1;
  std::string was;
  user_id by; ///< empty: nobody, time did it
  std::string reason;
  static constexpr auto fields() {
    return std::tuple_cat(booking::fields(),
                          std::tuple{stored("was", &booking_changed::was), stored("by", &booking_changed::by),
                                     personal("reason", &booking_changed::reason)});
  }
  friend bool operator==(const booking_changed&, const booking_changed&) = default;
};

/// The customer asked for another time: the booking is requested again, there and then.
struct booking_rescheduled : booking {
  static constexpr std::string_view type = "booking-rescheduled";
  static constexpr int schema = 1;
  std::string was;
  time_point started_at; ///< the start given up
  user_id by;
  static constexpr auto fields() {
    using e = booking_rescheduled;
    return std::tuple_cat(booking::fields(), std::tuple{stored("was", &e::was), stored("startedAt", &e::started_at),
                                                        stored("by", &e::by)});
  }
  friend bool operator==(const booking_rescheduled&, const booking_rescheduled&) = default;
};

/// The ledger answered: how the booking is paid for now.
struct booking_settled : booking {
  static constexpr std::string_view type = "booking-settled";
  static constexpr int schema = 1;
  static constexpr auto fields() { return booking::fields(); }
  friend bool operator==(const booking_settled&, const booking_settled&) = default;
};

struct booking_reminded : booking {
  static constexpr std::string_view type = "booking-reminded";
  static constexpr int schema = 1;
  std::uint32_t minutes_before = 0;
  static constexpr auto fields() {
    return std::tuple_cat(booking::fields(), std::tuple{stored("minutesBefore", &booking_reminded::minutes_before)});
  }
  friend bool operator==(const booking_reminded&, const booking_reminded&) = default;
};

/// One for each completed booking, by its customer.
struct review_written {
  static constexpr std::string_view type = "review-written";
  static constexpr int schema = 1;
  review_id review; ///< made from the booking's id: `rv_…` for `bk_…`
  booking_id booking;
  service_id service;
  user_id provider, customer;
  std::uint32_t rating = 0; ///< 1 to 5
  std::string customer_name, comment;
  static constexpr auto fields() {
    using e = review_written;
    return std::tuple{stored("reviewId", &e::review),
                      stored("bookingId", &e::booking),
                      stored("serviceId", &e::service),
                      stored("providerId", &e::provider),
                      stored("customerId", &e::customer),
                      stored("rating", &e::rating),
                      personal("customerName", &e::customer_name),
                      personal("comment", &e::comment)};
  }
  friend bool operator==(const review_written&, const review_written&) = default;
};

/// The provider's answer to a review, once.
struct review_replied {
  static constexpr std::string_view type = "review-replied";
  static constexpr int schema = 1;
  review_id review;
  booking_id booking;
  service_id service;
  user_id provider, customer;
  std::string text;
  static constexpr auto fields() {
    using e = review_replied;
    return std::tuple{stored("reviewId", &e::review),     stored("bookingId", &e::booking),
                      stored("serviceId", &e::service),   stored("providerId", &e::provider),
                      stored("customerId", &e::customer), personal("text", &e::text)};
  }
  friend bool operator==(const review_replied&, const review_replied&) = default;
};

using calendar_event = std::variant<booking_requested, booking_changed, booking_rescheduled, booking_settled,
                                    booking_reminded, review_written, review_replied>;

} // namespace parley::events
