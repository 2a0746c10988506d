#include "events/errors.hpp"

#include "events/assertion.hpp"

#include <array>

namespace parley {
namespace {

constexpr std::array infos{
    errc_info{400, "malformed", "The request is malformed"},
    errc_info{400, "unknown_event", "No such event"},
    errc_info{401, "unauthenticated", "Authentication required"},
    errc_info{401, "invalid_credentials", "Invalid credentials"},
    errc_info{401, "token_expired", "Token expired"},
    errc_info{401, "token_reused", "Refresh token was used before; sign in again"},
    errc_info{401, "session_revoked", "Signed out; sign in again"},
    errc_info{403, "forbidden", "Not allowed"},
    errc_info{403, "not_member", "Not a member; join first"},
    errc_info{403, "blocked", "One of you has blocked the other"},
    errc_info{403, "guests_not_allowed", "Guests are not allowed here; sign in"},
    errc_info{403, "origin_not_allowed", "This origin is not allowed"},
    errc_info{403, "muted", "You are muted here"},
    errc_info{403, "banned", "You are banned from here"},
    errc_info{403, "own_listing", "This is your own listing"},
    errc_info{404, "not_found", "Not found"},
    errc_info{404, "room_not_found", "Room not found"},
    errc_info{404, "lounge_not_found", "Lounge not found"},
    errc_info{404, "user_not_found", "User not found"},
    errc_info{404, "service_not_found", "Service not found"},
    errc_info{404, "booking_not_found", "Booking not found"},
    errc_info{404, "review_not_found", "Review not found"},
    errc_info{404, "target_not_found", "The addressee is not here"},
    errc_info{404, "listing_not_found", "Listing not found"},
    errc_info{405, "method_not_allowed", "Method not allowed"},
    errc_info{408, "request_timeout", "The request took too long to arrive"},
    errc_info{409, "conflict", "Conflict with the current state"},
    errc_info{409, "email_taken", "This e-mail address is registered already"},
    errc_info{409, "room_full", "The room is full"},
    errc_info{409, "busy", "They are in another call"},
    errc_info{409, "unreachable", "They are not online"},
    errc_info{409, "slot_taken", "This time is taken already"},
    errc_info{409, "outside_availability", "The service is not available at this time"},
    errc_info{409, "invalid_transition", "The booking cannot change in this way now"},
    errc_info{409, "already_reviewed", "This booking has a review"},
    errc_info{409, "request_in_progress", "The first request with this key is still under way"},
    errc_info{409, "insufficient_funds", "Not enough money in the account"},
    errc_info{409, "out_of_stock", "Not enough in stock"},
    errc_info{409, "hold_settled", "The hold was posted, voided or has expired"},
    errc_info{410, "room_closed", "The room was closed"},
    errc_info{410, "room_expired", "The room has expired"},
    errc_info{410, "listing_closed", "The listing is closed"},
    errc_info{412, "precondition_failed", "Changed meanwhile; read it again"},
    errc_info{413, "too_large", "Too large"},
    errc_info{415, "unsupported_media", "Send application/json"},
    errc_info{422, "invalid", "A field is invalid"},
    errc_info{422, "weak_password", "The password is too weak"},
    errc_info{422, "invalid_email", "Not an e-mail address"},
    errc_info{422, "key_reused", "This idempotency key was used for another request"},
    errc_info{422, "wrong_currency", "Not the right currency"},
    errc_info{428, "precondition_required", "Send If-Match"},
    errc_info{429, "rate_limited", "Too many requests; slow down"},
    errc_info{431, "header_too_large", "Request headers are too large"},
    errc_info{500, "internal", "Internal error"},
    errc_info{503, "unavailable", "Temporarily unavailable; try again"},
    errc_info{503, "read_model_behind", "The read model has not caught up yet; try again"},
    errc_info{503, "log_unavailable", "Nothing can be written at the moment; try again"},
    errc_info{503, "version_conflict", "Changed by somebody else meanwhile; try again"},
    errc_info{500, "corrupt", "Stored data does not check"},
};
static_assert(infos.size() == static_cast<std::size_t>(errc::corrupt) + 1);

} // namespace

const errc_info& describe(errc code) noexcept {
  const auto i = static_cast<std::size_t>(code);
  PARLEY_ASSERT(i < infos.size());
  return infos[i];
}

std::optional<errc> errc_of(std::string_view code) noexcept {
  for (std::size_t i = 0; i < infos.size(); ++i)
    if (infos[i].code == code) return static_cast<errc>(i);
  return std::nullopt;
}

std::string_view text_of(const error& e) noexcept {
  return e.message.empty() ? describe(e.code).title : std::string_view{e.message};
}

} // namespace parley
