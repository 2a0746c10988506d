// What people are told of bookings, event by event.

#include "actors/processes/booking_notices.hpp"
#include "tests/unit/actors/domain/calendar_fixture.hpp"

using namespace parley;
using namespace parley::test;
using domain::conversation;
using domain::inbox;

namespace {

std::vector<errand> after(events::calendar_event e) {
  record r;
  r.stream = {"calendar/pia"};
  r.version = 7;
  r.time = noon;
  return booking_notices::react(r, event{std::move(e)});
}
const inbox::notify& notice(const errand& e) { return std::get<inbox::notify>(std::get<inbox::command>(e.command)); }

/// `<whom> <kind>` of each notice.
std::vector<std::string> told(const std::vector<errand>& errands) {
  std::vector<std::string> all;
  for (const auto& e : errands) {
    const auto* command = std::get_if<inbox::command>(&e.command);
    if (!command) continue;
    const auto& n = std::get<inbox::notify>(*command);
    CHECK(e.to == make_stream(inbox::family, n.owner.text));
    CHECK_FALSE(n.id.empty());
    CHECK_FALSE(n.title.empty());
    CHECK(nlohmann::json::parse(n.data, nullptr, false).is_object());
    all.push_back(n.owner.text + ' ' + n.kind);
  }
  return all;
}
using all = std::vector<std::string>;

} // namespace

TEST_CASE("a request opens the chat of the two and is told to the provider") {
  const auto errands = after(requested());
  REQUIRE(errands.size() == 2);
  CHECK(errands[0].to == make_stream(conversation::family, booking().text));
  const auto& chat = std::get<conversation::open>(std::get<conversation::command>(errands[0].command));
  CHECK(chat.first == user_id{"carl"});
  CHECK(chat.second == user_id{"pia"});
  CHECK(chat.about == booking().text);
  CHECK(told(errands) == all{"pia booking-requested"});
  const auto data = nlohmann::json::parse(notice(errands[1]).data);
  CHECK(data["bookingId"] == booking().text);
  CHECK(data["status"] == "requested");
}

TEST_CASE("a step is told to the party that did not take it, and to both when time took it") {
  CHECK(told(after(confirmed())) == all{"carl booking-confirmed"});
  CHECK(told(after(changed(confirmed(), "cancelled", "carl", 0, "ill"))) == all{"pia booking-cancelled"});
  CHECK(told(after(changed(requested(), "expired", ""))) == all{"pia booking-expired", "carl booking-expired"});
  CHECK(told(after(changed(confirmed(), "no-show", "pia"))) == all{"carl booking-no-show"});
  const auto data = nlohmann::json::parse(notice(after(changed(confirmed(), "cancelled", "carl", 0, "ill"))[0]).data);
  CHECK(data["previousStatus"] == "confirmed");
  CHECK(data["updatedBy"] == "carl");
  CHECK(data["reason"] == "ill");
}

TEST_CASE("another time, a reminder and a review are told; a settlement is not") {
  CHECK(told(after(events::booking_rescheduled{requested(), "confirmed", start, {"carl"}})) ==
        all{"pia booking-rescheduled"});
  CHECK(told(after(events::booking_reminded{confirmed(), 60})) == all{"pia reminder", "carl reminder"});
  CHECK(told(after(events::review_written{{"rv_1"}, booking(), {"sv1"}, {"pia"}, {"carl"}, 5, "carl", "Good"})) ==
        all{"pia review-written"});
  CHECK(told(after(events::review_replied{{"rv_1"}, booking(), {"sv1"}, {"pia"}, {"carl"}, "Thanks"})) ==
        all{"carl review-replied"});
  CHECK(after(events::booking_settled{requested()}).empty());
}

TEST_CASE("the same event gives the same notice, another event another") {
  const auto first = after(confirmed()), again = after(confirmed());
  CHECK(notice(first[0]).id == notice(again[0]).id);
  record later;
  later.stream = {"calendar/pia"};
  later.version = 8;
  const auto other = booking_notices::react(later, event{events::calendar_event{confirmed()}});
  CHECK(notice(other[0]).id != notice(first[0]).id);
}
