#pragma once
// Every way a request can fail, once: the stable code that clients see, its HTTP status and title. A refused command
// (a rule said no) and an operating failure (disk, SQL, socket) are both values of `error`. The codes are part of the
// wire contract (schema/errors.md): never rename one.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace parley {

enum class errc : std::uint8_t {
  malformed,             // 400
  unknown_event,         // 400
  unauthenticated,       // 401
  invalid_credentials,   // 401
  token_expired,         // 401
  token_reused,          // 401
  session_revoked,       // 401
  forbidden,             // 403
  not_member,            // 403
  blocked,               // 403
  guests_not_allowed,    // 403
  origin_not_allowed,    // 403
  muted,                 // 403
  banned,                // 403
  own_listing,           // 403
  not_found,             // 404
  room_not_found,        // 404
  lounge_not_found,      // 404
  user_not_found,        // 404
  service_not_found,     // 404
  booking_not_found,     // 404
  review_not_found,      // 404
  target_not_found,      // 404
  listing_not_found,     // 404
  method_not_allowed,    // 405
  request_timeout,       // 408
  conflict,              // 409
  email_taken,           // 409
  room_full,             // 409
  busy,                  // 409
  unreachable,           // 409
  slot_taken,            // 409
  outside_availability,  // 409
  invalid_transition,    // 409
  already_reviewed,      // 409
  request_in_progress,   // 409
  insufficient_funds,    // 409
  out_of_stock,          // 409
  hold_settled,          // 409
  room_closed,           // 410
  room_expired,          // 410
  listing_closed,        // 410
  precondition_failed,   // 412
  too_large,             // 413
  unsupported_media,     // 415
  invalid,               // 422
  weak_password,         // 422
  invalid_email,         // 422
  key_reused,            // 422
  wrong_currency,        // 422
  precondition_required, // 428
  rate_limited,          // 429
  header_too_large,      // 431
  internal,              // 500
  unavailable,           // 503
  read_model_behind,     // 503
  log_unavailable,       // 503: the log refuses writes (disk full, failed sync)
  version_conflict,      // 503: another writer moved the stream; retried inside, clients hardly see it
  corrupt,               // 500: stored bytes do not check
};

/// What `code` says to clients. `status` is the HTTP status; `code` the stable snake_case name; `title` a short text.
struct errc_info {
  int status;
  std::string_view code;
  std::string_view title;
};
[[nodiscard]] const errc_info& describe(errc code) noexcept;

/// The error whose code this is.
[[nodiscard]] std::optional<errc> errc_of(std::string_view code) noexcept;

struct error {
  errc code = errc::internal;
  std::string message;   ///< one sentence for a person; the title when empty
  int retry_after_s = 0; ///< seconds, for 429 and 503; 0: none known
};

template <class T>
using result = tl::expected<T, error>;

[[nodiscard]] inline tl::unexpected<error> fail(errc code, std::string message = {}, int retry_after_s = 0) {
  return tl::make_unexpected(error{code, std::move(message), retry_after_s});
}

/// The sentence a client reads: the error's own message, else its title.
[[nodiscard]] std::string_view text_of(const error& e) noexcept;

} // namespace parley
