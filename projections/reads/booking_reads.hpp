#pragma once
// Services, bookings and reviews as REST asks for them. Implemented over PostgreSQL by booking_queries.hpp; faked in
// tests. As read_models.hpp says of `at_least`, pages and threads.

#include "events/booking_events.hpp"
#include "projections/reads/read_models.hpp"

namespace parley {

struct service_row {
  service_id id;
  user_id owner;
  events::service_terms terms;
  std::string availability; ///< JSON; empty: at any time
  bool retired = false;
  std::uint64_t rating_sum = 0, rating_count = 0;
  time_point created_at;
  parley::version version = 0;
};

struct booking_row {
  events::booking booking;
  time_point updated_at;
  parley::version version = 0; ///< its entity tag
};

struct review_row {
  review_id id;
  booking_id booking;
  service_id service;
  user_id provider, customer;
  std::string customer_name, comment;
  std::uint64_t rating = 0;
  time_point created_at;
  std::optional<std::string> reply;
  std::optional<time_point> replied_at;
};

struct service_filter {
  user_id caller;     ///< sees their own resting services as well; empty: nobody
  std::string search; ///< part of title, description or category, without case; empty: all
  user_id provider;   ///< empty: any
  std::string category, currency;
  std::optional<std::uint64_t> price_min, price_max;
};

struct booking_filter {
  user_id party;
  bool as_customer = true, as_provider = true;
  std::string status;                 ///< empty: any
  service_id service;                 ///< empty: any
  std::optional<time_point> from, to; ///< of the start: from <= start < to
  bool latest_first = false;
};

/// Time of a provider that cannot be booked.
struct taken_row {
  time_point from, to;
};

class booking_reads {
public:
  virtual ~booking_reads() = default;
  /// A retired one, too.
  virtual void service(const service_id& id, position at_least, answer_to<std::optional<service_row>> done) = 0;
  /// None that is retired; newest first.
  virtual void services(const service_filter& f, page_request p, position at_least,
                        answer_to<page<service_row>> done) = 0;
  virtual void booking(const booking_id& id, position at_least, answer_to<std::optional<booking_row>> done) = 0;
  /// Of one person, by start, id.
  virtual void bookings(const booking_filter& f, page_request p, position at_least,
                        answer_to<page<booking_row>> done) = 0;
  /// What overlaps [from, to), in order; at most taken_rows_max.
  virtual void taken(const user_id& provider, time_point from, time_point to, position at_least,
                     answer_to<std::vector<taken_row>> done) = 0;
  /// Of a service or, when that is empty, of a provider; newest first.
  virtual void reviews(const service_id& service, const user_id& provider, page_request p, position at_least,
                       answer_to<page<review_row>> done) = 0;
};

inline constexpr std::size_t taken_rows_max = 10'000;

} // namespace parley
