#pragma once
// The questions of booking_reads.hpp over PostgreSQL, asked at a loop's desk, which outlives it.

#include "projections/queries/question_desk.hpp"
#include "projections/reads/booking_reads.hpp"

namespace parley {

class booking_queries final : public booking_reads {
public:
  explicit booking_queries(question_desk& desk)
    : desk_{desk} {}

  void service(const service_id& id, position at_least, answer_to<std::optional<service_row>> done) override;
  void services(const service_filter& f, page_request p, position at_least, answer_to<page<service_row>> done) override;
  void booking(const booking_id& id, position at_least, answer_to<std::optional<booking_row>> done) override;
  void bookings(const booking_filter& f, page_request p, position at_least, answer_to<page<booking_row>> done) override;
  void taken(const user_id& provider, time_point from, time_point to, position at_least,
             answer_to<std::vector<taken_row>> done) override;
  void reviews(const service_id& service, const user_id& provider, page_request p, position at_least,
               answer_to<page<review_row>> done) override;

private:
  question_desk& desk_;
};

} // namespace parley
