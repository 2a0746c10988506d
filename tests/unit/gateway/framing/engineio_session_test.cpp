#include "gateway/framing/engineio_session.hpp"

#include "fake_line.hpp"

#include <catch2/catch_test_macros.hpp>
#include <map>

using namespace parley;
using namespace parley::gateway;
using namespace parley::gateway::engineio;
using parley::gateway::testing::fake_line;
using namespace std::chrono_literals;

namespace {

class noting_rider final : public rider {
public:
  void opened(std::shared_ptr<session> on) override { at = std::move(on); }
  void received(std::string_view message, bool binary) override {
    heard.push_back((binary ? "binary:" : "") + std::string{message});
  }
  [[nodiscard]] bool takes_more() const noexcept override { return true; }
  [[nodiscard]] bool takes_ping() override { return true; }
  void drained() override { ++drains; }
  void pinged() override { ++pings; }
  void ponged() override { ++pongs; }
  void closed(goodbye how) override {
    end = how;
    acknowledged_at_end = at->all_acknowledged();
    at = nullptr;
  }
  void dropped() noexcept override { at = nullptr; }

  std::shared_ptr<session> at;
  std::vector<std::string> heard;
  int drains = 0, pings = 0, pongs = 0;
  std::optional<goodbye> end;
  bool acknowledged_at_end = false;
};

/// A session that polls, its loop under the test's own clock, and what became of its requests.
struct polled final : keeper {
  polled() { open = s->open_polling(); }
  ~polled() { s->drop(); }
  polled(const polled&) = delete;
  polled& operator=(const polled&) = delete;

  void keep(std::shared_ptr<session>) override { ++kept; }
  void carried(const std::string&) override { ++carries; }
  void release(const std::string&) override { --kept; }

  /// What a request was answered by now; none: it waits.
  struct asked {
    std::optional<reply> answer;
    std::uint64_t number = 0;
    [[nodiscard]] std::string payload() const { return answer ? answer->body : "(waits)"; }
    [[nodiscard]] bool is_bad() const { return answer && answer->what == reply::kind::bad_request; }
  };
  std::shared_ptr<asked> poll() {
    auto it = std::make_shared<asked>();
    it->number = s->poll([it](reply r) { it->answer = std::move(r); });
    return it;
  }
  std::shared_ptr<asked> post(std::string_view body) {
    auto it = std::make_shared<asked>();
    s->post(body, [it](reply r) { it->answer = std::move(r); });
    turn();
    return it;
  }
  void turn() {
    while (loop.run_turn()) {
    }
  }
  void pass(std::chrono::milliseconds time) {
    now += time;
    turn();
  }

  io_loop::time now{};
  io_loop loop{0, [this] { return now; }};
  limits bounds{.queue_bytes_max = 1000};
  std::shared_ptr<noting_rider> on_it = std::make_shared<noting_rider>();
  std::shared_ptr<session> s = std::make_shared<session>(loop, bounds, *this, "a-sid", on_it);
  std::string open;
  int kept = 0, carries = 0;
};

} // namespace

TEST_CASE("a handshake over polling says how to go on, and offers a WebSocket") {
  polled p;
  CHECK(p.open ==
        R"(0{"sid":"a-sid","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000})");
  CHECK(p.kept == 1);
}

TEST_CASE("a poll is held until there is something, and brings all of it") {
  polled p;
  const auto held = p.poll();
  CHECK_FALSE(held->answer);
  p.s->send("a");
  p.s->send("\1", true);
  p.turn();
  CHECK(held->payload() == "4a\x1e"
                           "bAQ==");
  p.s->send("b");
  CHECK(p.poll()->payload() == "4b");
}

TEST_CASE("a poll after an answer says that the answer arrived") {
  polled p;
  p.s->send("a");
  CHECK_FALSE(p.s->all_acknowledged());
  CHECK(p.poll()->payload() == "4a");
  CHECK(p.on_it->pings == 1);
  CHECK(p.on_it->pongs == 0);
  CHECK_FALSE(p.s->all_acknowledged());
  const auto next = p.poll();
  CHECK(p.on_it->pongs == 1);
  CHECK(p.s->all_acknowledged());
}

TEST_CASE("what a POST brings is heard in order, whatever transport its packets are for") {
  polled p;
  const auto answered = p.post("4a\x1e"
                               "bAQ==\x1e"
                               "5\x1e"
                               "4b");
  REQUIRE(answered->answer);
  CHECK(answered->answer->what == reply::kind::taken);
  CHECK(p.on_it->heard == std::vector<std::string>{"a", "binary:\1", "b"});
}

TEST_CASE("two polls at a time end the session") {
  polled p;
  const auto first = p.poll(), second = p.poll();
  CHECK(first->payload() == "1");
  CHECK(second->is_bad());
  CHECK(p.on_it->end == goodbye::lost);
  CHECK(p.kept == 0);
}

TEST_CASE("a poll that its client gave up ends the session, one that was answered does not") {
  polled p;
  const auto held = p.poll();
  p.s->send("a");
  p.turn();
  p.s->give_up(held->number);
  CHECK_FALSE(p.on_it->end);
  const auto next = p.poll();
  p.s->give_up(next->number);
  CHECK(p.on_it->end == goodbye::lost);
}

TEST_CASE("a client says goodbye with a POST, and a poll that waits is let go") {
  polled p;
  const auto held = p.poll();
  CHECK(p.post("1")->answer->what == reply::kind::taken);
  CHECK(held->payload() == "6");
  CHECK(p.on_it->end == goodbye::clean);
}

TEST_CASE("a payload that is none ends the session") {
  for (const std::string_view payload : {"", "abc", "4a\x1e", "2", "b%"}) {
    INFO(payload);
    polled p;
    p.post(payload);
    CHECK(p.on_it->end == goodbye::lost);
  }
}

TEST_CASE("a payload that is too large is refused, and the session ended by the next poll") {
  polled p;
  CHECK(p.post(std::string(p.bounds.payload_bytes_max + 1, '4'))->answer->what == reply::kind::too_large);
  CHECK_FALSE(p.on_it->end);
  CHECK(p.poll()->payload() == "1");
  CHECK(p.on_it->end == goodbye::lost);
}

TEST_CASE("the server pings an interval after the last pong, and who does not answer in time is gone") {
  polled p;
  const auto held = p.poll();
  p.pass(24'999ms);
  CHECK_FALSE(held->answer);
  p.pass(1ms);
  CHECK(held->payload() == "2");
  const auto next = p.poll();
  p.post("3");
  p.pass(24'999ms);
  CHECK_FALSE(next->answer);
  p.pass(1ms);
  CHECK(next->payload() == "2");
  p.pass(19'999ms);
  CHECK_FALSE(p.on_it->end);
  p.pass(1ms);
  CHECK(p.on_it->end == goodbye::lost);
}

TEST_CASE("closed by the server, a polling client gets what is queued and then the close") {
  polled p;
  p.s->send("last");
  p.s->close(close_code::come_back, "restart");
  CHECK_FALSE(p.on_it->end);
  CHECK(p.poll()->payload() == "4last\x1e"
                               "1");
  CHECK(p.on_it->end == goodbye::lost);
}

TEST_CASE("a polling client that was closed and does not come is forgotten after a while") {
  polled p;
  p.s->close(close_code::come_back, "restart");
  p.pass(20'000ms);
  CHECK(p.on_it->end == goodbye::lost);
  CHECK(p.kept == 0);
}

TEST_CASE("who polls too seldom drains when it comes, and is cut when far too much waits") {
  polled p;
  p.s->send(std::string(1500, 'x'));
  CHECK(p.s->queued_bytes() > 1000);
  CHECK(p.poll()->payload().size() == 1501);
  CHECK(p.on_it->drains == 1);
  p.s->send(std::string(9000, 'x'));
  p.turn();
  CHECK(p.on_it->end == goodbye::lost);
}

TEST_CASE("a WebSocket takes over from polling, with what waited and in order") {
  polled p;
  const auto held = p.poll();
  const auto user = p.s->probing_line();
  const auto line = std::make_shared<fake_line>();
  user->opened(line);
  user->received("2probe", false);
  CHECK(line->sent == std::vector<std::string>{"3probe"});
  CHECK(held->payload() == "6");
  CHECK(p.poll()->payload() == "6"); // as long as the client has not said that it changes over
  p.s->send("between");
  p.s->send("\1", true);
  CHECK(p.s->transport() == engineio_transport::polling);
  user->received("5", false);
  CHECK(p.s->transport() == engineio_transport::websocket);
  CHECK(line->sent == std::vector<std::string>{"3probe", "4between", "binary:\1"});
  CHECK(p.carries == 1);
  user->received("4over it", false);
  user->received("\2", true);
  CHECK(p.on_it->heard == std::vector<std::string>{"over it", "binary:\2"});
  CHECK(p.poll()->is_bad());
  CHECK(p.post("4a")->is_bad());
  CHECK_FALSE(p.on_it->end);
  line->acknowledged = false;
  user->closed(goodbye::lost, 1006);
  CHECK(p.on_it->end == goodbye::lost);
  CHECK_FALSE(p.on_it->acknowledged_at_end);
}

TEST_CASE("a probe that goes wrong does not disturb the session") {
  for (const std::string_view wrong : {"4a", "5", "3", "x", "2other"}) {
    INFO(wrong);
    polled p;
    const auto user = p.s->probing_line();
    const auto line = std::make_shared<fake_line>();
    user->opened(line);
    user->received(wrong, false);
    CHECK(line->closed);
    CHECK_FALSE(p.on_it->end);
    const auto again = p.s->probing_line();
    const auto second = std::make_shared<fake_line>();
    again->opened(second);
    again->received("2probe", false);
    CHECK(second->sent == std::vector<std::string>{"3probe"});
  }
}

TEST_CASE("a second probe, and any after the upgrade, is closed without a word") {
  polled p;
  const auto first = p.s->probing_line(), second = p.s->probing_line();
  const auto line = std::make_shared<fake_line>(), other = std::make_shared<fake_line>();
  first->opened(line);
  second->opened(other);
  CHECK(other->closed);
  second->closed(goodbye::lost, 1006);
  first->received("2probe", false);
  first->received("5", false);
  const auto third = p.s->probing_line();
  const auto late = std::make_shared<fake_line>();
  third->opened(late);
  CHECK(late->closed);
  CHECK_FALSE(p.on_it->end);
}

TEST_CASE("a probe that does not finish in time is closed, and polling goes on") {
  polled p;
  const auto user = p.s->probing_line();
  const auto line = std::make_shared<fake_line>();
  user->opened(line);
  user->received("2probe", false);
  p.pass(10'000ms);
  CHECK(line->closed);
  CHECK_FALSE(p.poll()->answer);
  CHECK_FALSE(p.on_it->end);
}

TEST_CASE("a session that begins on a WebSocket offers no upgrade; leaving the page is a goodbye, a lost line is not") {
  for (const auto& [code, how] :
       {std::pair{std::uint16_t{1001}, goodbye::clean}, {1005, goodbye::lost}, {1006, goodbye::lost}}) {
    polled p;
    const auto rider = std::make_shared<noting_rider>();
    const auto s = std::make_shared<session>(p.loop, p.bounds, p, "b", rider);
    const auto user = session::first_line(s);
    const auto line = std::make_shared<fake_line>();
    user->opened(line);
    CHECK(line->sent ==
          std::vector<std::string>{
              R"(0{"sid":"b","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000})"});
    user->received("4hi", false);
    CHECK(rider->heard == std::vector<std::string>{"hi"});
    user->closed(goodbye::clean, code);
    CHECK(rider->end == how);
  }
}

TEST_CASE("on a WebSocket a packet that is none, or a client's ping, ends the session") {
  for (const std::string_view wrong : {"", "abc", "2", "2probe"}) {
    INFO(wrong);
    polled p;
    const auto rider = std::make_shared<noting_rider>();
    const auto user = session::first_line(std::make_shared<session>(p.loop, p.bounds, p, "b", rider));
    const auto line = std::make_shared<fake_line>();
    user->opened(line);
    user->received(wrong, false);
    CHECK(line->closed);
    CHECK(rider->end == goodbye::lost);
  }
}

TEST_CASE("a session that was told to go is not brought back by an upgrade under way") {
  polled p;
  const auto user = p.s->probing_line();
  const auto line = std::make_shared<fake_line>();
  user->opened(line);
  user->received("2probe", false);
  p.s->close(close_code::policy, "over");
  CHECK(line->closed);
  user->received("5", false);
  user->received("4I live", false);
  CHECK(p.s->transport() == engineio_transport::polling);
  CHECK(p.on_it->heard.empty());
  CHECK(p.poll()->payload() == "1");
  CHECK(p.on_it->end == goodbye::lost);
}

TEST_CASE("who takes no bytes gets base64 on a WebSocket, too") {
  polled p;
  const auto rider = std::make_shared<noting_rider>();
  const auto s = std::make_shared<session>(p.loop, p.bounds, p, "b", rider);
  s->avoid_bytes();
  const auto user = session::first_line(s);
  const auto line = std::make_shared<fake_line>();
  user->opened(line);
  s->send("\1\2\3\4", true);
  CHECK(line->sent.back() == "bAQIDBA==");
  s->drop();
}
