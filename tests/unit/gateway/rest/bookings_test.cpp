// Services, bookings and reviews over REST, with the real deciders. The clock stands at Saturday, 21 November 2026,
// 00:00.

#include "server.hpp"

using namespace parley;
using namespace parley::gateway;
using namespace parley::gateway::testing;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

const char* const haircut = R"({"title":"Haircut","priceMinor":3500,"currency":"EUR","durationMinutes":60})";

/// A provider with a service, and a customer.
struct salon {
  server s;
  header_list provider = s.signed_up("pia@example.org"), customer = s.signed_up("carl@example.org"),
              other = s.signed_up("mallory@example.org");
  answered offered = s.ask("POST", "/api/services", provider, haircut);
  std::string service = offered.text("id");

  answered book(const header_list& who, std::string_view starts_at, header_list more = {}) {
    auto headers = who;
    headers.insert(headers.end(), more.begin(), more.end());
    return s.ask("POST", "/api/bookings", headers, json{{"serviceId", service}, {"startsAt", starts_at}}.dump());
  }
  answered put(const header_list& who, const std::string& booking, const json& body, header_list more = {}) {
    auto headers = who;
    headers.insert(headers.end(), more.begin(), more.end());
    return s.ask("PUT", "/api/bookings/" + booking, headers, body.dump());
  }
};

} // namespace

TEST_CASE("a service is offered, revised by its owner and retired") {
  salon x;
  REQUIRE(x.offered.status() == 201);
  CHECK(x.offered.body["success"] == true);
  CHECK(x.offered.body["priceMinor"] == 3500);
  CHECK(x.offered.body["service"]["id"] == x.service);
  CHECK(x.offered.header("ETag") == "\"1\"");
  const auto path = "/api/services/" + x.service;
  CHECK(x.s.ask("PUT", path, x.other, R"({"priceMinor":1})").status() == 403);
  auto stale = x.provider;
  stale.emplace_back("if-match", "\"7\"");
  CHECK(x.s.ask("PUT", path, stale, R"({"priceMinor":1})").status() == 412);
  const auto revised = x.s.ask("PUT", path, x.provider, R"({"priceMinor":4000})");
  CHECK(revised.status() == 200);
  CHECK(revised.body["priceMinor"] == 4000);
  CHECK(revised.body["title"] == "Haircut");
  CHECK(revised.header("ETag") == "\"2\"");
  CHECK(x.s.ask("DELETE", path, x.other).status() == 403);
  CHECK(x.s.ask("DELETE", path, x.provider).status() == 200);
  CHECK(x.s.ask("PUT", path, x.provider, R"({"priceMinor":1})").status() == 404);
  CHECK(x.book(x.customer, "2026-11-21T02:00:00Z").status() == 404);
}

TEST_CASE("terms of a service that cannot be are refused by name") {
  salon x;
  const auto refused = [&](const char* name, const json& value, int status) {
    auto body = json::parse(haircut);
    body[name] = value;
    const auto a = x.s.ask("POST", "/api/services", x.provider, body.dump());
    INFO(name << ": " << value);
    CHECK(a.status() == status);
    CHECK(a.text("error").find(name) != std::string::npos);
  };
  refused("title", "", 422);
  refused("title", 7, 400);
  refused("title", nullptr, 400);
  refused("priceMinor", -1, 422);
  refused("priceMinor", 1.5, 400);
  refused("priceMinor", "35", 400);
  refused("priceMinor", std::numeric_limits<std::uint64_t>::max(), 422);
  refused("currency", "EURO", 422);
  refused("currency", "XXX", 422);
  refused("durationMinutes", 0, 422);
  refused("durationMinutes", nullptr, 400);
  refused("cancelFeePercent", 101, 422);
  CHECK(x.s.ask("POST", "/api/services", {}, haircut).status() == 401);
  const auto guest = x.s.ask("POST", "/api/auth/guest", {}, R"({"name":"Gus"})");
  CHECK(x.s.ask("POST", "/api/services", server::bearer(guest), haircut).status() == 403);
}

TEST_CASE("a booking goes from request to review") {
  salon x;
  const auto asked = x.book(x.customer, "2026-11-21T02:00:00Z");
  REQUIRE(asked.status() == 201);
  const auto id = asked.text("id");
  CHECK(asked.body["booking"]["id"] == id);
  CHECK(asked.text("status") == "requested");
  CHECK(asked.text("endsAt") == "2026-11-21T03:00:00.000Z");
  CHECK(asked.header("ETag") == "\"1\"");
  CHECK(x.put(x.customer, id, {{"status", "confirmed"}}).status() == 403);
  CHECK(x.put(x.other, id, {{"status", "confirmed"}}).status() == 403);
  CHECK(x.put(x.provider, id, {{"status", "confirmed"}}, {{"if-match", "\"9\""}}).status() == 412);
  const auto confirmed = x.put(x.provider, id, {{"status", "confirmed"}}, {{"if-match", "\"1\""}});
  REQUIRE(confirmed.status() == 200);
  CHECK(confirmed.text("status") == "confirmed");
  CHECK(confirmed.header("ETag") == "\"2\"");
  const auto early = x.put(x.provider, id, {{"status", "completed"}});
  CHECK(early.status() == 409);
  CHECK(early.text("code") == "invalid_transition");

  x.s.clock.at += 3h;
  CHECK(x.put(x.provider, id, {{"status", "completed"}}).text("status") == "completed");
  const auto review = json{{"bookingId", id}, {"rating", 5}, {"comment", "Good"}}.dump();
  CHECK(x.s.ask("POST", "/api/reviews", x.provider, review).status() == 403);
  CHECK(x.s.ask("POST", "/api/reviews", x.other, review).status() == 403);
  CHECK(x.s.ask("POST", "/api/reviews", x.customer, json{{"bookingId", id}, {"rating", 6}}.dump()).status() == 422);
  const auto written = x.s.ask("POST", "/api/reviews", x.customer, review);
  REQUIRE(written.status() == 201);
  CHECK(written.body["rating"] == 5);
  CHECK(x.s.ask("POST", "/api/reviews", x.customer, review).text("code") == "already_reviewed");
  const auto reply = "/api/reviews/" + written.text("id") + "/reply";
  CHECK(x.s.ask("POST", reply, x.customer, R"({"text":"Me"})").status() == 403);
  CHECK(x.s.ask("POST", reply, x.provider, R"({"text":"Thanks"})").status() == 201);
  CHECK(x.s.ask("POST", reply, x.provider, R"({"text":"Again"})").status() == 409);
}

TEST_CASE("a time that cannot be booked is refused") {
  salon x;
  REQUIRE(x.book(x.customer, "2026-11-21T02:00:00Z").status() == 201);
  CHECK(x.book(x.other, "2026-11-21T02:59:00Z").text("code") == "slot_taken");
  CHECK(x.book(x.customer, "2026-11-21T02:00:00Z").status() == 409); // submitted twice
  CHECK(x.book(x.other, "2026-11-21T03:00:00Z").status() == 201);
  CHECK(x.book(x.other, "2026-11-20T23:00:00Z").status() == 422);
  CHECK(x.book(x.other, "2028-11-20T23:00:00Z").status() == 422);
  for (const auto* bad : {"tomorrow", "2026-02-30T10:00:00Z", "2026-11-22T10:00:00", ""})
    CHECK(x.book(x.other, bad).status() == 422);
  CHECK(x.book(x.provider, "2026-11-21T05:00:00Z").status() == 403);
  CHECK(x.s.ask("POST", "/api/bookings", x.other, json{{"serviceId", x.service}}.dump()).status() == 400);
  CHECK(
      x.s.ask("POST", "/api/bookings", x.other, R"({"serviceId":"sv_1","startsAt":"2026-11-21T05:00:00Z"})").status() ==
      404);
  const auto hours = R"({"timeZone":"Europe/Berlin","weekly":{"monday":[{"from":"09:00","to":"17:00"}]}})";
  REQUIRE(x.s.ask("PUT", "/api/services/" + x.service + "/availability", x.provider, hours).status() == 200);
  CHECK(x.book(x.other, "2026-11-23T07:59:00Z").text("code") == "outside_availability");
  CHECK(x.book(x.other, "2026-11-23T15:01:00Z").text("code") == "outside_availability");
  CHECK(x.book(x.other, "2026-11-23T15:00:00Z").status() == 201);
}

TEST_CASE("the same key books once, whatever became of the service since") {
  salon x;
  const header_list once{{"idempotency-key", "k-0123456789abcdef"}};
  const auto first = x.book(x.customer, "2026-11-21T02:00:00Z", once);
  REQUIRE(first.status() == 201);
  CHECK(x.book(x.customer, "2026-11-21T02:00:00Z", once).body == first.body);
  REQUIRE(x.s.ask("DELETE", "/api/services/" + x.service, x.provider).status() == 200);
  x.s.clock.at += 3h;
  CHECK(x.book(x.customer, "2026-11-21T02:00:00Z", once).body == first.body);
  CHECK(x.book(x.customer, "2026-11-21T05:00:00Z", once).text("code") == "key_reused");
}

TEST_CASE("a booking is moved by its customer, and cancelled by either") {
  salon x;
  const auto id = x.book(x.customer, "2026-11-21T02:00:00Z").text("id");
  REQUIRE(x.put(x.provider, id, {{"status", "confirmed"}}).status() == 200);
  CHECK(x.put(x.provider, id, {{"startsAt", "2026-11-21T06:00:00Z"}}).status() == 403);
  const auto moved = x.put(x.customer, id, {{"startsAt", "2026-11-21T06:00:00Z"}});
  CHECK(moved.status() == 200);
  CHECK(moved.text("status") == "requested");
  CHECK(moved.text("startsAt") == "2026-11-21T06:00:00.000Z");
  CHECK(x.book(x.other, "2026-11-21T02:00:00Z").status() == 201);
  CHECK(x.put(x.customer, id, {{"startsAt", "2026-11-21T02:30:00Z"}}).text("code") == "slot_taken");
  for (const auto& bad : {json::object(), json{{"status", "confirmed"}, {"startsAt", "2026-11-21T06:00:00Z"}},
                          json{{"status", 7}}, json{{"startsAt", 7}}})
    CHECK(x.put(x.customer, id, bad).status() == 400);
  CHECK(x.put(x.customer, id, {{"status", "paid"}}).status() == 422);
  CHECK(x.s.ask("DELETE", "/api/bookings/" + id, x.other).status() == 403);
  CHECK(x.s.ask("DELETE", "/api/bookings/" + id, x.customer).text("status") == "cancelled");
  CHECK(x.s.ask("DELETE", "/api/bookings/" + id, x.customer).status() == 200);
  for (const auto* none : {"bk_1", "bk_00000000.u_1", "rv_00000000.u_1", "%20"})
    CHECK(x.s.ask("DELETE", std::string{"/api/bookings/"} + none, x.customer).text("code") == "booking_not_found");
}

TEST_CASE("availability shows the rules, and what of them is free") {
  salon x;
  const auto path = "/api/services/" + x.service + "/availability";
  const auto hours = R"({"timeZone":"Europe/Berlin","weekly":{"monday":[{"from":"09:00","to":"12:00"}]}})";
  CHECK(x.s.ask("PUT", path, x.other, hours).status() == 403);
  CHECK(x.s.ask("PUT", path, x.provider, R"({"timeZone":"Mars","weekly":{}})").status() == 422);
  CHECK(x.s.ask("PUT", path, x.provider, R"({"weekly":{}})").status() == 400);
  const auto set = x.s.ask("PUT", path, x.provider, hours);
  REQUIRE(set.status() == 200);
  CHECK(set.body["weekly"]["monday"][0]["to"] == "12:00");
  CHECK(set.body["weekly"]["sunday"].empty());

  service_row row;
  row.id = {x.service};
  row.owner = {x.offered.text("providerId")};
  row.terms.duration_minutes = 60;
  row.availability = json{{"timeZone", "Europe/Berlin"}, {"weekly", set.body["weekly"]}}.dump();
  x.s.bookings.service_rows = {row};
  x.s.bookings.taken_rows = {
      {parse_iso8601("2026-11-23T09:00:00Z").value(), parse_iso8601("2026-11-23T10:00:00Z").value()}};
  const auto got = x.s.ask("GET", path + "?from=2026-11-23&to=2026-11-23");
  REQUIRE(got.status() == 200);
  CHECK(got.text("timeZone") == "Europe/Berlin");
  REQUIRE(got.body["slots"].size() == 2);
  CHECK(got.body["slots"][0]["startsAt"] == "2026-11-23T08:00:00.000Z");
  CHECK(got.body["slots"][1]["startsAt"] == "2026-11-23T10:00:00.000Z");
  CHECK(x.s.bookings.asked_provider == row.owner);
  CHECK(x.s.ask("GET", path).body["slots"].size() == 2); // the next seven days
  for (const auto* bad : {"?from=x", "?from=2026-11-23&to=2026-11-22", "?from=2026-11-23&to=2027-11-22"})
    CHECK(x.s.ask("GET", path + bad).status() == 422);
  CHECK(x.s.ask("GET", "/api/services/sv_none/availability").status() == 404);
}

TEST_CASE("rules in a time zone that is not known any more are shown as they were set, with nothing free") {
  salon x;
  service_row row;
  row.id = {x.service};
  row.owner = {x.offered.text("providerId")};
  row.terms.duration_minutes = 60;
  row.availability =
      R"({"timeZone":"Mars/Olympus","weekly":{"monday":[{"from":"09:00","to":"12:00"}]},"exceptions":[]})";
  x.s.bookings.service_rows = {row};
  const auto got = x.s.ask("GET", "/api/services/" + x.service + "/availability?from=2026-11-23&to=2026-11-23");
  REQUIRE(got.status() == 200);
  CHECK(got.text("timeZone") == "Mars/Olympus");
  CHECK(got.body["weekly"]["monday"][0]["from"] == "09:00");
  CHECK(got.body["slots"].empty());
}

TEST_CASE("lists take their filters, and what is not one is refused") {
  salon x;
  CHECK(x.s.ask("GET", "/api/services?q=hair&minPrice=100&maxPrice=5000&providerId=u_1&currency=EUR", x.provider)
            .status() == 200);
  const auto& asked = x.s.bookings.asked_services;
  CHECK(asked.search == "hair");
  CHECK(asked.price_min == 100u);
  CHECK(asked.price_max == 5000u);
  CHECK(asked.provider == user_id{"u_1"});
  CHECK(asked.caller == user_id{x.offered.text("providerId")});
  for (const auto* bad : {"minPrice=-1", "maxPrice=x", "limit=0"})
    CHECK(x.s.ask("GET", std::string{"/api/services?"} + bad).status() == 422);
  for (const auto* bad : {"x", "eur", "XXX"})
    CHECK(x.s.ask("GET", std::string{"/api/services?currency="} + bad).text("code") == "wrong_currency");
  CHECK(x.s.ask("GET", "/api/bookings?role=customer&status=confirmed&from=2026-11-21T00:00:00Z&order=desc", x.customer)
            .status() == 200);
  CHECK(x.s.bookings.asked_bookings.as_customer);
  CHECK_FALSE(x.s.bookings.asked_bookings.as_provider);
  CHECK(x.s.bookings.asked_bookings.latest_first);
  for (const auto* fine : {"requested", "confirmed", "declined", "expired", "cancelled", "completed", "no-show"}) {
    CHECK(x.s.ask("GET", std::string{"/api/bookings?status="} + fine, x.customer).status() == 200);
    CHECK(x.s.bookings.asked_bookings.status == fine);
  }
  for (const auto* bad : {"role=boss", "from=now", "order=up", "status=zz", "status=requested,confirmed"})
    CHECK(x.s.ask("GET", std::string{"/api/bookings?"} + bad, x.customer).status() == 422);
  const std::string long_text(300, 'x');
  for (const auto* filter : {"services?q=", "services?providerId=", "services?category=", "services?currency=",
                             "bookings?status=", "bookings?serviceId=", "reviews?serviceId=", "reviews?providerId="})
    for (const auto& bad : {long_text, std::string{"a\nb"}, std::string{"\xff"}})
      CHECK(x.s.ask("GET", "/api/" + (filter + bad), x.customer).text("code") == "invalid");
  CHECK(x.s.ask("GET", "/api/bookings").status() == 401);
  CHECK(x.s.ask("GET", "/api/reviews").status() == 400);
  CHECK(x.s.ask("GET", "/api/reviews?serviceId=sv_1&providerId=u_1").status() == 400);
  CHECK(x.s.ask("GET", "/api/reviews?serviceId=sv_1").status() == 200);
}

TEST_CASE("a booking and its chat are read by its two parties only, a resting service by its owner only") {
  salon x;
  booking_row row;
  const auto booked = x.book(x.customer, "2026-11-21T02:00:00Z");
  row.booking.id = {booked.text("id")};
  row.booking.customer = {booked.text("customerId")};
  row.booking.provider = {x.offered.text("providerId")};
  row.version = 4;
  x.s.bookings.booking_rows = {row};
  const auto path = "/api/bookings/" + row.booking.id.text;
  CHECK(x.s.ask("GET", path, x.customer).header("ETag") == "\"4\"");
  CHECK(x.s.ask("GET", path, x.provider).status() == 200);
  CHECK(x.s.ask("GET", path, x.other).status() == 403);
  CHECK(x.s.ask("GET", "/api/bookings/bk_00000000.u_1", x.other).status() == 404);

  message_row said;
  said.id = {"m_1"}, said.user = row.booking.customer, said.name = "Ann", said.text = "On my way", said.seq = 2;
  x.s.reads.message_rows = {said};
  const auto chat = "/realtime/chat/" + row.booking.id.text;
  const auto history = x.s.ask("GET", chat + "?order=desc&limit=1", x.provider);
  CHECK(history.status() == 200);
  CHECK(x.s.reads.searched == "conversation/" + row.booking.id.text + " newest");
  CHECK(x.s.reads.asked.limit == 1);
  REQUIRE(history.body.size() == 1);
  CHECK(history.body[0]["bookingId"] == row.booking.id.text);
  CHECK(history.body[0]["senderId"] == row.booking.customer.text);
  CHECK(history.body[0]["receiverId"] == row.booking.provider.text);
  for (const auto* name : {"message", "content", "text"}) CHECK(history.body[0][name] == "On my way");
  CHECK(x.s.ask("GET", chat, x.customer).status() == 200);
  CHECK(x.s.ask("GET", chat, x.other).status() == 403);
  CHECK(x.s.ask("GET", chat).status() == 401);
  CHECK(x.s.ask("GET", chat + "?order=up", x.customer).status() == 422);
  for (const auto* none : {"bk_00000000.u_1", "none"})
    CHECK(x.s.ask("GET", std::string{"/realtime/chat/"} + none, x.customer).status() == 404);

  service_row resting;
  resting.id = {x.service};
  resting.owner = row.booking.provider;
  resting.terms.active = false;
  resting.rating_sum = 14, resting.rating_count = 3;
  x.s.bookings.service_rows = {resting};
  CHECK(x.s.ask("GET", "/api/services/" + x.service, x.other).status() == 404);
  const auto own = x.s.ask("GET", "/api/services/" + x.service, x.provider);
  CHECK(own.body["ratingAverage"] == 4.67);
  CHECK(own.body["ratingCount"] == 3);
}
