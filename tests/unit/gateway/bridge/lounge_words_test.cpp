// What authors and moderators ask of a lounge, in the shapes that are accepted, and what is refused.

#include "gateway/bridge/vocabulary.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace parley;
using namespace parley::gateway;
using namespace std::chrono_literals;
using domain::lounge;

namespace {

struct counting final : random_source {
  void fill(std::span<std::byte> out) override {
    for (auto& b : out) b = static_cast<std::byte>(next++);
  }
  unsigned char next = 0;
};

const std::set<stream_id> in_lounge{{"lounge/L1"}};

result<client_request> ask(std::string_view event, std::string_view args, std::set<stream_id> places = in_lounge) {
  counting ids;
  client_message m;
  m.event = event;
  m.args = nlohmann::json::parse(args);
  return interpret(m, {{"u1"}, places, true}, ids);
}
template <class Command>
Command told(const result<client_request>& r) {
  if (!r) FAIL(r.error().message);
  const auto& t = std::get<tell_place>(*r);
  CHECK(t.place.text == "lounge/L1");
  return std::get<Command>(std::get<lounge::command>(t.command));
}
void refused(const result<client_request>& r, errc code, std::string_view says) {
  REQUIRE_FALSE(r);
  CHECK(r.error().code == code);
  CAPTURE(r.error().message);
  CHECK(r.error().message.find(says) != std::string::npos);
}

} // namespace

TEST_CASE("a message is deleted by an object, by lounge and id, or by its bare id") {
  const auto args = GENERATE(Catch::Generators::as<std::string>{}, R"([{"loungeId":"L1","messageId":"m1"}])",
                             R"([{"id":"m1"}])", R"(["L1","m1"])", R"(["m1"])", R"(["L1",{"messageId":"m1"}])");
  CAPTURE(args);
  const auto c = told<lounge::delete_message>(ask("delete-message", args));
  CHECK(c.which.id.text == "m1");
  CHECK(c.which.seq == 0);
  CHECK(c.id.text.starts_with("ma_"));
}

TEST_CASE("a message may be named by its seq, and a reason given") {
  const auto c = told<lounge::delete_message>(ask("delete-message", R"([{"seq":7,"reason":"spam"}])"));
  CHECK(c.which.id.empty());
  CHECK(c.which.seq == 7);
  CHECK(c.reason == "spam");
}

TEST_CASE("moderation names action, target, reason, duration and evidence") {
  const auto c = told<lounge::moderate>(ask("moderate", R"([{"loungeId":"L1","action":"mute","targetId":"u2",)"
                                                        R"("reason":"spam","durationSeconds":60,"messageId":"m1"}])"));
  CHECK(c.action == "mute");
  CHECK(c.target == "u2");
  CHECK(c.reason == "spam");
  CHECK(c.duration == 60s);
  CHECK(c.about.id.text == "m1");
}

TEST_CASE("the target of a deletion is the message, when no other is named") {
  const auto c = told<lounge::moderate>(ask("moderate", R"([{"action":"delete-message","targetId":"m1"}])"));
  CHECK(c.about.id.text == "m1");
  CHECK(c.target.empty());
}

TEST_CASE("moderation in wrong shapes is refused, and the field named") {
  refused(ask("moderate", R"([{"action":"mute"}])"), errc::malformed, "targetId");
  refused(ask("moderate", R"([{"targetId":"u2"}])"), errc::malformed, "action");
  refused(ask("moderate", R"([{"action":["mute"],"targetId":"u2"}])"), errc::malformed, "action");
  refused(ask("moderate", R"([{"action":"mute","targetId":"u2","durationSeconds":-1}])"), errc::malformed, "duration");
  refused(ask("moderate", R"([{"action":"mute","targetId":"u2","durationSeconds":18446744073709551615}])"),
          errc::invalid, "duration");
  refused(ask("moderate", R"([{"action":"delete-message"}])"), errc::malformed, "targetId");
  refused(ask("delete-message", R"([{}])"), errc::malformed, "messageId");
  refused(ask("delete-message", R"([{"messageId":["m1"]}])"), errc::malformed, "messageId");
  refused(ask("delete-message", R"([{"messageId":"m1"}])", {}), errc::malformed, "loungeId");
  refused(ask("delete-message", R"([{"messageId":")" + std::string(200, 'x') + R"("}])"), errc::invalid, "128");
}
