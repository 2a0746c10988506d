// The words of bookings: the parties' chat, and where they are.

#include "gateway/bridge/action_budget.hpp"
#include "gateway/bridge/vocabulary.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace parley;
using namespace parley::gateway;
using namespace std::chrono_literals;
using domain::calendar;
using domain::conversation;

namespace {

struct counting final : random_source {
  void fill(std::span<std::byte> out) override {
    for (auto& b : out) b = static_cast<std::byte>(next++);
  }
  unsigned char next = 0;
};

result<client_request> ask(std::string_view event, std::string_view args) {
  counting ids;
  client_message m;
  m.event = event;
  m.args = nlohmann::json::parse(args);
  return interpret(m, {{"u1"}, {}, true}, ids);
}
errc refusal(std::string_view event, std::string_view args) {
  const auto r = ask(event, args);
  REQUIRE_FALSE(r);
  return r.error().code;
}

} // namespace

TEST_CASE("a chat message goes to the booking's conversation") {
  for (const auto* args : {R"([{"bookingId":"bk_00000001.pia","message":"Hi"}])", R"(["bk_00000001.pia","Hi"])"}) {
    const auto r = ask("chat:message", args);
    REQUIRE(r);
    const auto& t = std::get<tell_place>(*r);
    CHECK(t.place.text == "conversation/bk_00000001.pia");
    const auto& send = std::get<conversation::send>(std::get<conversation::command>(t.command));
    CHECK(send.id.text == "bk_00000001.pia");
    CHECK(send.message.text == "Hi");
    CHECK_FALSE(send.message.id.empty());
  }
  CHECK(refusal("chat:message", R"([{"message":"Hi"}])") == errc::malformed);
  CHECK(refusal("chat:message", R"([{"bookingId":"bk_00000001.pia"}])") == errc::malformed);
  CHECK(refusal("chat:message", R"([{"bookingId":"elsewhere","message":"Hi"}])") == errc::booking_not_found);
}

TEST_CASE("a location goes to the calendar that the booking is in") {
  for (const auto* args : {R"([{"bookingId":"bk_00000001.pia","lat":52.5,"lng":13}])",
                           R"([{"bookingId":"bk_00000001.pia","latitude":52.5,"longitude":13}])"}) {
    const auto r = ask("location:update", args);
    REQUIRE(r);
    const auto& t = std::get<tell_place>(*r);
    CHECK(t.place.text == "calendar/pia");
    const auto& at = std::get<calendar::share_location>(std::get<calendar::command>(t.command));
    CHECK(at.id.text == "bk_00000001.pia");
    CHECK(at.latitude == 52.5);
    CHECK(at.longitude == 13);
  }
  CHECK(refusal("location:update", R"([{"bookingId":"bk_00000001.pia","lat":52.5}])") == errc::malformed);
  CHECK(refusal("location:update", R"([{"bookingId":"bk_00000001.pia","lat":"52.5","lng":13}])") == errc::malformed);
  CHECK(refusal("location:update", R"([{"lat":52.5,"lng":13}])") == errc::malformed);
  CHECK(refusal("location:update", R"([{"bookingId":"x/y","lat":52.5,"lng":13}])") == errc::invalid);
}

TEST_CASE("a location is taken once a second, a few at once after a silence") {
  action_budget budget{location_rate};
  time_point now{1'800'000'000'000ms};
  for (int i = 0; i < location_rate.at_once; ++i) CHECK(budget.take(now));
  CHECK_FALSE(budget.take(now));
  CHECK_FALSE(budget.take(now + 999ms));
  CHECK(budget.take(now + 1s));
  CHECK_FALSE(budget.take(now + 1s));
  now += 1h;
  for (int i = 0; i < location_rate.at_once; ++i) CHECK(budget.take(now));
  CHECK_FALSE(budget.take(now));
  now -= 10h; // the clock was set back
  CHECK_FALSE(budget.take(now));
  CHECK(budget.take(now + 1s));
}
