// Wall clocks and instants. The dates are of years whose rules are known; the database is this machine's.

#include "actors/domain/bookings/availability.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

using namespace parley;
using domain::availability;
using domain::interval;
using nlohmann::json;
using namespace std::chrono_literals;

namespace {

time_point at(std::string_view text) { return parse_iso8601(text).value(); }
interval between(std::string_view from, std::string_view to) { return {at(from), at(to)}; }

availability read(const json& rules) {
  auto a = domain::read_availability(rules);
  INFO((a ? std::string{} : a.error().message));
  REQUIRE(a.has_value());
  return std::move(*a);
}
/// Open on one date only, from and to on its wall clocks: the exception of a service that is closed otherwise.
availability on(const char* zone, const char* weekday, const char* from, const char* to) {
  return read({{"timeZone", zone}, {"weekly", {{weekday, {{{"from", from}, {"to", to}}}}}}});
}
errc refusal(const json& rules) {
  const auto a = domain::read_availability(rules);
  REQUIRE_FALSE(a.has_value());
  return a.error().code;
}
std::vector<std::string> starts(const availability& a, interval range, std::chrono::minutes length,
                                const std::vector<interval>& busy = {}, time_point now = {}) {
  std::vector<std::string> out;
  for (const auto& slot : domain::free_slots(a, range, length, busy, now).free) {
    CHECK(slot.to - slot.from == length);
    out.push_back(to_iso8601(slot.from).substr(0, 16));
  }
  return out;
}
using texts = std::vector<std::string>;

} // namespace

TEST_CASE("hours on the wall clock follow the zone's offset through the year") {
  const auto berlin = on("Europe/Berlin", "monday", "09:00", "17:00");
  CHECK(domain::covers(berlin, between("2027-01-11T08:00:00Z", "2027-01-11T16:00:00Z")));
  CHECK_FALSE(domain::covers(berlin, between("2027-01-11T07:59:59Z", "2027-01-11T16:00:00Z")));
  CHECK(domain::covers(berlin, between("2027-07-12T07:00:00Z", "2027-07-12T15:00:00Z")));
  CHECK_FALSE(domain::covers(berlin, between("2027-07-12T07:00:00Z", "2027-07-12T15:00:01Z")));
  CHECK_FALSE(domain::covers(berlin, between("2027-01-12T08:00:00Z", "2027-01-12T09:00:00Z"))); // a Tuesday
}

TEST_CASE("a local time that a change skips is reckoned with the offset before it (RFC 5545 section 3.3.5)") {
  // Berlin, 28 March 2027: 02:00 CET becomes 03:00 CEST at 01:00Z.
  CHECK(on("Europe/Berlin", "sunday", "02:30", "04:00")
            .zone.instant(std::chrono::local_days{std::chrono::year{2027} / 3 / 28}, 150min) ==
        at("2027-03-28T01:30:00Z"));
  const auto over = on("Europe/Berlin", "sunday", "01:00", "04:00");
  CHECK(domain::covers(over, between("2027-03-28T00:00:00Z", "2027-03-28T02:00:00Z"))); // two hours, not three
  CHECK_FALSE(domain::covers(over, between("2027-03-28T00:00:00Z", "2027-03-28T02:00:01Z")));
  // New York, the example of the RFC's own year: 11 March 2007, 02:30 is 03:30 EDT, 07:30Z.
  const auto new_york = domain::time_zone::find("America/New_York").value();
  CHECK(new_york.instant(std::chrono::local_days{std::chrono::year{2007} / 3 / 11}, 150min) ==
        at("2007-03-11T07:30:00Z"));
  CHECK_FALSE(new_york.exists(std::chrono::local_days{std::chrono::year{2007} / 3 / 11}, 150min));
}

TEST_CASE("a local time that comes twice is its first coming") {
  // Berlin, 31 October 2027: 03:00 CEST becomes 02:00 CET at 01:00Z.
  const auto berlin = on("Europe/Berlin", "sunday", "02:00", "04:00");
  CHECK(domain::covers(berlin, between("2027-10-31T00:00:00Z", "2027-10-31T03:00:00Z"))); // three hours, not two
  CHECK_FALSE(domain::covers(berlin, between("2027-10-30T23:59:59Z", "2027-10-31T03:00:00Z")));
  const auto within = on("Europe/Berlin", "sunday", "02:00", "02:30"); // the first half hour only
  CHECK(starts(within, between("2027-10-31T00:00:00Z", "2027-11-01T00:00:00Z"), 30min) == texts{"2027-10-31T00:00"});
  // New York, the RFC's example: 4 November 2007, 01:30 is EDT, 05:30Z.
  CHECK(domain::time_zone::find("America/New_York")
            ->instant(std::chrono::local_days{std::chrono::year{2007} / 11 / 4}, 90min) == at("2007-11-04T05:30:00Z"));
}

TEST_CASE("hours whose end does not come after their beginning that day are not there") {
  // 02:30 is reckoned as 03:30 CEST, after 03:15 CEST.
  const auto skipped = on("Europe/Berlin", "sunday", "02:30", "03:15");
  CHECK(starts(skipped, between("2027-03-28T00:00:00Z", "2027-03-29T00:00:00Z"), 15min).empty());
  CHECK(starts(skipped, between("2027-04-04T00:00:00Z", "2027-04-05T00:00:00Z"), 45min) == texts{"2027-04-04T00:30"});
}

TEST_CASE("a zone whose clocks move by half an hour") {
  // Lord Howe, 4 April 2027: 02:00 +11 becomes 01:30 +10:30 at 15:00Z of the day before.
  const auto autumn = on("Australia/Lord_Howe", "sunday", "01:00", "03:00");
  CHECK(domain::covers(autumn, between("2027-04-03T14:00:00Z", "2027-04-03T16:30:00Z"))); // two and a half hours
  CHECK_FALSE(domain::covers(autumn, between("2027-04-03T14:00:00Z", "2027-04-03T16:30:01Z")));
  // 3 October 2027: 02:00 +10:30 becomes 02:30 +11 at 15:30Z of the day before.
  const auto spring = on("Australia/Lord_Howe", "sunday", "01:00", "03:00");
  CHECK(domain::covers(spring, between("2027-10-02T14:30:00Z", "2027-10-02T16:00:00Z"))); // an hour and a half
  CHECK_FALSE(domain::covers(spring, between("2027-10-02T14:30:00Z", "2027-10-02T16:00:01Z")));
}

TEST_CASE("a zone that leaves its offset for a month of the Moon's year") {
  // Casablanca 2027: +00 for Ramadan, from 7 February to 14 March; +01 otherwise.
  const auto morocco = on("Africa/Casablanca", "monday", "09:00", "10:00");
  CHECK(starts(morocco, between("2027-02-01T00:00:00Z", "2027-03-23T00:00:00Z"), 60min) ==
        texts{"2027-02-01T08:00", "2027-02-08T09:00", "2027-02-15T09:00", "2027-02-22T09:00", "2027-03-01T09:00",
              "2027-03-08T09:00", "2027-03-15T08:00", "2027-03-22T08:00"});
}

TEST_CASE("hours that touch over midnight are as one, and 24:00 ends a day") {
  const auto night = read(
      {{"timeZone", "Europe/Berlin"},
       {"weekly",
        {{"saturday", {{{"from", "22:00"}, {"to", "24:00"}}}}, {"sunday", {{{"from", "00:00"}, {"to", "02:00"}}}}}}});
  CHECK(domain::covers(night, between("2027-01-16T21:00:00Z", "2027-01-17T01:00:00Z")));
  CHECK_FALSE(domain::covers(night, between("2027-01-17T21:00:00Z", "2027-01-17T22:00:00Z")));
  // Every slot is one that could be booked; each stretch begins anew.
  CHECK(starts(night, between("2027-01-16T00:00:00Z", "2027-01-18T00:00:00Z"), 90min) ==
        texts{"2027-01-16T21:00", "2027-01-16T22:30", "2027-01-16T23:00"});
}

TEST_CASE("an exception stands in place of its date's hours") {
  const auto a = read({{"timeZone", "UTC"},
                       {"weekly", {{"thursday", {{{"from", "09:00"}, {"to", "11:00"}}}}}},
                       {"exceptions",
                        {{{"date", "2027-01-21"}, {"hours", json::array()}},
                         {{"date", "2027-01-22"}, {"hours", {{{"from", "14:00"}, {"to", "15:00"}}}}}}}});
  CHECK(starts(a, between("2027-01-14T00:00:00Z", "2027-01-29T00:00:00Z"), 60min) ==
        texts{"2027-01-14T09:00", "2027-01-14T10:00", "2027-01-22T14:00", "2027-01-28T09:00", "2027-01-28T10:00"});
}

TEST_CASE("free slots go around what is taken and begin anew after it, in the range and after now") {
  const auto a = on("UTC", "monday", "09:00", "13:00");
  const auto day = between("2027-01-18T00:00:00Z", "2027-01-19T00:00:00Z");
  CHECK(starts(a, day, 60min) == texts{"2027-01-18T09:00", "2027-01-18T10:00", "2027-01-18T11:00", "2027-01-18T12:00"});
  CHECK(starts(a, day, 60min, {between("2027-01-18T09:30:00Z", "2027-01-18T10:15:00Z")}) ==
        texts{"2027-01-18T10:15", "2027-01-18T11:15"});
  CHECK(starts(a, day, 60min, {}, at("2027-01-18T10:00:00Z")) == texts{"2027-01-18T11:00", "2027-01-18T12:00"});
  CHECK(starts(a, between("2027-01-18T10:30:00Z", "2027-01-18T12:00:00Z"), 60min) == texts{"2027-01-18T11:00"});
  CHECK(starts(a, {day.to, day.from}, 60min).empty());
  CHECK(starts(a, day, 5h).empty());
}

TEST_CASE("what was never set is open at any time; a range is cut, and so are the slots of one answer") {
  const auto a = domain::always();
  CHECK(domain::covers(a, between("2027-01-18T22:00:00Z", "2027-01-19T22:00:00Z")));
  const auto range = between("2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z");
  const auto hourly = domain::free_slots(a, range, 60min, {}, {});
  CHECK(hourly.free.size() == 62 * 24);
  CHECK_FALSE(hourly.more_from.has_value());
  const auto quarters = domain::free_slots(a, range, 15min, {}, {});
  CHECK(quarters.free.size() == domain::slots_max);
  REQUIRE(quarters.more_from.has_value());
  CHECK(*quarters.more_from == quarters.free.back().to);
}

TEST_CASE("availability is read strictly and written in order") {
  const auto a = read(json::parse(R"({"timeZone":"Europe/Berlin","weekly":{"tuesday":[{"from":"13:00","to":"24:00"},
    {"from":"08:30","to":"12:00"}]},"exceptions":[{"date":"2027-12-24","hours":[]}]})"));
  CHECK(domain::to_json(a) ==
        R"({"timeZone":"Europe/Berlin","weekly":{"monday":[],"tuesday":[{"from":"08:30","to":"12:00"},)"
        R"({"from":"13:00","to":"24:00"}],"wednesday":[],"thursday":[],"friday":[],"saturday":[],"sunday":[]},)"
        R"("exceptions":[{"date":"2027-12-24","hours":[]}]})");
  CHECK(domain::to_json(read(json::parse(domain::to_json(a)))) == domain::to_json(a));
}

TEST_CASE("availability refuses what no calendar has") {
  const auto weekly = [](json hours) { return json{{"timeZone", "UTC"}, {"weekly", {{"monday", std::move(hours)}}}}; };
  const auto hours = [](const char* from, const char* to) { return json{{{"from", from}, {"to", to}}}; };
  for (const auto* zone : {"", "Mars/Olympus", "europe/berlin", "../etc/passwd", "localtime", "posixrules"})
    CHECK(refusal({{"timeZone", zone}, {"weekly", json::object()}}) == errc::invalid);
  CHECK(refusal(json::array()) == errc::malformed);
  CHECK(refusal({{"weekly", json::object()}}) == errc::malformed);
  CHECK(refusal({{"timeZone", "UTC"}}) == errc::malformed);
  CHECK(refusal({{"timeZone", "UTC"}, {"weekly", {{"montag", json::array()}}}}) == errc::invalid);
  CHECK(refusal(weekly("09:00")) == errc::malformed);
  CHECK(refusal(weekly({{{"from", 9}, {"to", 17}}})) == errc::malformed);
  for (const auto* t : {"9:00", "09:60", "24:01", "25:00", "0900", "09:00:00", "-1:00", "aa:bb"})
    CHECK(refusal(weekly(hours(t, "24:00"))) == errc::invalid);
  CHECK(refusal(weekly(hours("17:00", "09:00"))) == errc::invalid); // ends before it starts
  CHECK(refusal(weekly(hours("09:00", "09:00"))) == errc::invalid);
  auto overlapping = hours("09:00", "12:00");
  overlapping.push_back({{"from", "11:59"}, {"to", "13:00"}});
  CHECK(refusal(weekly(overlapping)) == errc::invalid);
  CHECK(refusal(weekly(json(25, {{"from", "00:00"}, {"to", "00:01"}}))) == errc::invalid);

  const auto except = [](json list) {
    return json{{"timeZone", "Europe/Berlin"}, {"weekly", json::object()}, {"exceptions", std::move(list)}};
  };
  for (const auto* date : {"2027-02-29", "2027-13-01", "27-01-01", "2027/01/01", "tomorrow"})
    CHECK(refusal(except({{{"date", date}, {"hours", json::array()}}})) == errc::invalid);
  CHECK(refusal(except({{{"date", "2027-01-01"}}})) == errc::malformed);
  CHECK(refusal(except(7)) == errc::malformed);
  const json closed{{"date", "2027-12-24"}, {"hours", json::array()}};
  CHECK(refusal(except({closed, closed})) == errc::invalid); // two for one date
  // 02:30 of that date is not on any clock in Berlin; on other Sundays it is.
  CHECK(refusal(except({{{"date", "2027-03-28"}, {"hours", hours("02:30", "04:00")}}})) == errc::invalid);
  CHECK(domain::read_availability(except({{{"date", "2027-03-21"}, {"hours", hours("02:30", "04:00")}}})).has_value());
}

TEST_CASE("stored rules are read whatever the time zone database has become since") {
  const auto stored = [](const char* zone) {
    return json{{"timeZone", zone},
                {"weekly", {{"monday", {{{"from", "09:00"}, {"to", "10:00"}}}}}},
                {"exceptions", {{{"date", "2027-03-28"}, {"hours", {{{"from", "02:30"}, {"to", "04:00"}}}}}}}};
  };
  const auto april = between("2027-04-05T00:00:00Z", "2027-04-06T00:00:00Z");
  // 02:30 of that date is refused to whoever sets it; stored, it is 03:30, and all other hours stay.
  REQUIRE(refusal(stored("Europe/Berlin")) == errc::invalid);
  const auto berlin = domain::stored_availability(stored("Europe/Berlin").dump());
  CHECK(domain::covers(berlin, between("2027-03-28T01:30:00Z", "2027-03-28T02:00:00Z")));
  CHECK_FALSE(domain::covers(berlin, between("2027-03-28T01:29:00Z", "2027-03-28T02:00:00Z")));
  CHECK(starts(berlin, april, 60min) == texts{"2027-04-05T07:00"});

  const auto mars = domain::stored_availability(stored("Mars/Olympus").dump());
  CHECK(mars.zone_name == "Mars/Olympus");
  CHECK(starts(mars, april, 60min).empty());
  CHECK_FALSE(domain::covers(mars, between("2027-04-05T09:00:00Z", "2027-04-05T10:00:00Z")));

  for (const auto* damaged : {"{", "[]", "7", R"({"timeZone":7})", R"({"timeZone":"UTC","weekly":[]})"})
    CHECK(starts(domain::stored_availability(damaged), april, 60min).empty());
  CHECK(starts(domain::stored_availability(""), april, 60min).size() == 24); // never set: at any time
}
