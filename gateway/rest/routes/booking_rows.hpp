#pragma once
// Services, bookings and reviews as clients see them: JSON object text. Pure.

#include "gateway/rest/routes/rows.hpp"
#include "projections/reads/booking_reads.hpp"

namespace parley::gateway {

/// With ratingAverage (null when nobody reviewed it) and ratingCount.
[[nodiscard]] std::string to_json(const service_row& row);
[[nodiscard]] std::string to_json(const booking_row& row);
[[nodiscard]] std::string to_json(const review_row& row);

/// A service by the id in the path; the refusal goes out when there is none that the caller may see.
void find_service(const call_ptr& c, std::function<void(const service_row&)> then);
/// Present and empty are the same: not asked for. errc::invalid naming the parameter when it is no time.
[[nodiscard]] result<std::optional<time_point>> time_parameter(const http_request& request, std::string_view name);

} // namespace parley::gateway
