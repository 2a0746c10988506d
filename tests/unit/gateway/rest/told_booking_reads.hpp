#pragma once
// Services, bookings and reviews as a test tells them; remembers what was asked last.

#include "projections/reads/booking_reads.hpp"

#include <algorithm>

namespace parley::gateway::testing {

class told_booking_reads final : public booking_reads {
public:
  void service(const service_id& id, position p, answer_to<std::optional<service_row>> done) override {
    at_least = p;
    done(find(service_rows, [&](const service_row& r) { return r.id == id; }));
  }
  void services(const service_filter& f, page_request, position p, answer_to<page<service_row>> done) override {
    at_least = p;
    asked_services = f;
    done(page<service_row>{service_rows, {}});
  }
  void booking(const booking_id& id, position p, answer_to<std::optional<booking_row>> done) override {
    at_least = p;
    done(find(booking_rows, [&](const booking_row& r) { return r.booking.id == id; }));
  }
  void bookings(const booking_filter& f, page_request, position p, answer_to<page<booking_row>> done) override {
    at_least = p;
    asked_bookings = f;
    done(page<booking_row>{booking_rows, {}});
  }
  void taken(const user_id& provider, time_point, time_point, position p,
             answer_to<std::vector<taken_row>> done) override {
    at_least = p;
    asked_provider = provider;
    done(taken_rows);
  }
  void reviews(const service_id& service, const user_id& provider, page_request, position p,
               answer_to<page<review_row>> done) override {
    at_least = p;
    asked_service = service;
    asked_provider = provider;
    done(page<review_row>{review_rows, {}});
  }

  std::vector<service_row> service_rows;
  std::vector<booking_row> booking_rows;
  std::vector<taken_row> taken_rows;
  std::vector<review_row> review_rows;
  // what was asked last
  position at_least = 0;
  service_filter asked_services;
  booking_filter asked_bookings;
  service_id asked_service;
  user_id asked_provider;

private:
  template <class Row, class Is>
  static std::optional<Row> find(const std::vector<Row>& rows, Is is) {
    const auto at = std::find_if(rows.begin(), rows.end(), is);
    return at == rows.end() ? std::nullopt : std::optional<Row>{*at};
  }
};

} // namespace parley::gateway::testing
