#include "tools/parley-load/rest_scenario.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>
#include <set>

using namespace parley::load;

namespace {

constexpr std::chrono::sys_seconds noon{std::chrono::sys_days{std::chrono::year{2026} / 12 / 1} +
                                        std::chrono::hours{12}};

rest_cast two_customers() {
  rest_cast c;
  c.clients = {{"u_ann", "ann's token"}, {"u_ben", "ben's token"}};
  c.services = {"sv_1"};
  c.operator_token = "teller's token";
  c.currencies = {"EUR", "USD"};
  c.listings = {"l_1", "l_2"};
  c.targets = {"/a", "/b"};
  return c;
}

rest_options asking(rest_load load, std::uint32_t slots = 1) {
  rest_options o;
  o.load = load;
  o.in_flight = 2;
  o.slots = slots;
  return o;
}

http_answer booked(std::string_view body) { return {201, true, body}; }

} // namespace

TEST_CASE("a customer takes back with the next request what the last one got") {
  const auto cast = two_customers();
  const auto bookings = make_scenario(asking(rest_load::bookings), cast, 1, noon);
  const auto asked = bookings->next(0);
  CHECK(asked.method == "POST");
  CHECK(asked.target == "/api/bookings");
  CHECK(asked.token == "ann's token");
  CHECK(asked.body == R"({"serviceId":"sv_1","startsAt":"2026-12-01T12:00:00.000Z"})");
  CHECK(bookings->answered(0, booked(R"({"id":"bk_1"})")).problem.empty());
  const auto taken_back = bookings->next(0);
  CHECK(taken_back.method == "DELETE");
  CHECK(taken_back.target == "/api/bookings/bk_1");
  CHECK(bookings->kinds().at(*bookings->answered(0, {200, true, "{}"}).kind) == "cancelled");
  CHECK(bookings->next(0).method == "POST");
}

TEST_CASE("customers ask for all of the times") {
  const auto cast = two_customers();
  const auto bookings = make_scenario(asking(rest_load::bookings, 3), cast, 1, noon);
  std::set<std::string> starts;
  for (int i = 0; i < 100; ++i) {
    starts.insert(nlohmann::json::parse(bookings->next(0).body)["startsAt"].get<std::string>());
    CHECK(bookings->answered(0, {409, true, R"({"code":"slot_taken"})"}).problem.empty());
  }
  CHECK(starts ==
        std::set<std::string>{"2026-12-01T12:00:00.000Z", "2026-12-01T12:30:00.000Z", "2026-12-01T13:00:00.000Z"});
}

TEST_CASE("a taken time is counted, any other refusal is wrong") {
  const auto cast = two_customers();
  const auto bookings = make_scenario(asking(rest_load::bookings), cast, 1, noon);
  (void)bookings->next(0);
  const auto taken = bookings->answered(0, {409, true, R"({"code":"slot_taken"})"});
  REQUIRE(taken.kind);
  CHECK(bookings->kinds().at(*taken.kind) == "slot_taken");
  (void)bookings->next(0);
  const auto refused = bookings->answered(0, {409, true, R"({"code":"conflict"})"});
  CHECK_FALSE(refused.kind);
  CHECK(refused.problem == R"(409 {"code":"conflict"})");
  (void)bookings->next(0);
  CHECK_FALSE(bookings->answered(0, {201, true, "no JSON"}).kind);
}

TEST_CASE("one time given to two customers at once is found") {
  const auto cast = two_customers();
  const auto bookings = make_scenario(asking(rest_load::bookings), cast, 1, noon);
  (void)bookings->next(0);
  (void)bookings->next(1);
  CHECK(bookings->answered(0, booked(R"({"id":"bk_1"})")).problem.empty());
  CHECK(bookings->answered(1, booked(R"({"id":"bk_2"})")).problem.find("given twice") != std::string::npos);
}

TEST_CASE("a time that is being taken back may be another's before we are told") {
  const auto cast = two_customers();
  const auto bookings = make_scenario(asking(rest_load::bookings), cast, 1, noon);
  (void)bookings->next(0);
  CHECK(bookings->answered(0, booked(R"({"id":"bk_1"})")).problem.empty());
  (void)bookings->next(0);
  (void)bookings->next(1);
  CHECK(bookings->answered(1, booked(R"({"id":"bk_2"})")).problem.empty());
}

TEST_CASE("deposits go to the customers and ledgers in turn, as the operator's") {
  const auto cast = two_customers();
  const auto deposits = make_scenario(asking(rest_load::deposits), cast, 1, noon);
  const auto first = deposits->next(0), second = deposits->next(1);
  CHECK(first.token == "teller's token");
  CHECK(first.body == R"({"userId":"u_ann","amountMinor":100,"currency":"EUR"})");
  CHECK(second.body == R"({"userId":"u_ben","amountMinor":100,"currency":"USD"})");
  CHECK(deposits->answered(0, {201, true, "{}"}).kind);
  CHECK_FALSE(deposits->answered(1, {409, true, "{}"}).kind);
}

TEST_CASE("purchases that are not paid in time are counted apart") {
  const auto cast = two_customers();
  const auto purchases = make_scenario(asking(rest_load::purchases), cast, 1, noon);
  CHECK(purchases->next(1).target == "/api/marketplace/listings/l_1/purchase");
  CHECK(purchases->next(1).target == "/api/marketplace/listings/l_2/purchase");
  CHECK(purchases->answered(1, {201, true, "{}"}).kind != purchases->answered(1, {202, true, "{}"}).kind);
}

TEST_CASE("a request carries what the server needs of it") {
  CHECK(request_text("127.0.0.1:80", {"GET", "t", "/a", {}}) ==
        "GET /a HTTP/1.1\r\nHost: 127.0.0.1:80\r\nAuthorization: Bearer t\r\n\r\n");
  CHECK(request_text("h", {"POST", "t", "/a", "{}"}).ends_with("Content-Length: 2\r\n\r\n{}"));
}

TEST_CASE("a cast is read, and what a load lacks in it is named") {
  constexpr auto text = R"({"clients":[{"id":"u_1","token":"t"}],"services":["sv_1"],"minutes":15,"targets":["/a"]})";
  const auto read = read_cast(text, rest_load::bookings);
  const auto& cast = std::get<rest_cast>(read);
  CHECK(cast.clients.at(0).token == "t");
  CHECK(cast.minutes == 15);
  CHECK(std::holds_alternative<rest_cast>(read_cast(text, rest_load::reads)));
  CHECK(std::get<std::string>(read_cast(text, rest_load::deposits)) == "the cast has no operator for deposits");
  CHECK(std::get<std::string>(read_cast(text, rest_load::purchases)) == "the cast has no listings for purchases");
  CHECK(std::holds_alternative<std::string>(read_cast("[]", rest_load::reads)));
  CHECK(std::holds_alternative<std::string>(read_cast(R"({"clients":[],"targets":["/a"]})", rest_load::reads)));
}
