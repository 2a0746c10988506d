// Bookings: the chat of the two parties, and where they are.

#include "gateway/bridge/wording.hpp"

#include <array>

namespace parley::gateway::wording {
namespace {

using domain::calendar;
using domain::conversation;

/// The booking in the arguments: a field, or a leading id.
result<booking_id> booking_of(const asked& a) {
  const auto* named = a.given.find({"bookingId", "booking"});
  if (!named) named = a.given.leading();
  if (!named || named->is_null()) return fail(errc::malformed, "bookingId is missing");
  auto id = checked_id(*named, "bookingId");
  if (!id) return pass(std::move(id.error()));
  booking_id booking{std::move(*id)};
  if (domain::provider_of(booking).empty()) return fail(errc::booking_not_found);
  return booking;
}

result<client_request> chat_message(const asked& a) {
  const auto booking = booking_of(a);
  if (!booking) return tl::make_unexpected(booking.error());
  auto draft = draft_of(a.given);
  if (!draft) return pass(std::move(draft.error()));
  const auto to = make_stream(conversation::family, booking->text);
  auto once = once_for(*draft, a, to);
  return tell(to, conversation::command{conversation::send{{booking->text}, std::move(*draft)}}, std::move(once));
}

result<double> degrees(const arguments& given, names fields, const char* name) {
  const auto* value = given.find(fields);
  if (!value) return fail(errc::malformed, std::string{name} + " is missing");
  if (!value->is_number()) return fail(errc::malformed, std::string{name} + " must be a number");
  return value->get<double>();
}

result<client_request> location_update(const asked& a) {
  const auto booking = booking_of(a);
  if (!booking) return tl::make_unexpected(booking.error());
  const auto lat = degrees(a.given, {"lat", "latitude"}, "lat");
  if (!lat) return tl::make_unexpected(lat.error());
  const auto lng = degrees(a.given, {"lng", "lon", "longitude"}, "lng");
  if (!lng) return tl::make_unexpected(lng.error());
  return tell(make_stream(calendar::family, domain::provider_of(*booking).text),
              calendar::command{calendar::share_location{*booking, *lat, *lng}});
}

constexpr std::array words{word{"chat:message", chat_message}, word{"location:update", location_update}};

} // namespace

std::span<const word> booking_words() { return words; }

} // namespace parley::gateway::wording
