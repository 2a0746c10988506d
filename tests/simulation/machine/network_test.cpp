#include "tests/simulation/machine/network.hpp"

#include "gateway/protocol/native_codec.hpp"

#include <catch2/catch_test_macros.hpp>
#include <set>

namespace parley::simulation {
namespace {

using namespace std::chrono_literals;

/// A server that notes what reaches it, and a client that notes what it hears, on one wire.
struct one_wire {
  class link final : public gateway::session_link {
  public:
    explicit link(one_wire& on)
      : on_{on} {}
    void receive(gateway::client_message m) override {
      on_.received.push_back(m.event);
      if (on_.answers) on_.line->answer(m.ack, std::string{"{}"});
    }
    void drained() override { on_.drained_at.push_back(on_.line->queued_bytes()); }
    void pinged() override { ++on_.pings; }
    void ponged() override { ++on_.pongs; }
    void closed(gateway::goodbye how) override { on_.closed.emplace_back(how, on_.time.now()); }

  private:
    one_wire& on_;
  };
  class server final : public host {
  public:
    explicit server(one_wire& on)
      : on_{on} {}
    std::size_t loops() const override { return 1; }
    void on_loop(std::size_t, const std::function<void()>& task) override { task(); }
    std::shared_ptr<gateway::session_link> open(std::size_t, std::shared_ptr<gateway::connection> c,
                                                gateway::hello) override {
      on_.line = c;
      return std::make_shared<link>(on_);
    }
    const gateway::native_codec& framing(bool) const override { return framing_; }

  private:
    one_wire& on_;
    const gateway::native_codec framing_{{.aliases = false}};
  };
  class client final : public peer {
  public:
    explicit client(one_wire& on)
      : on_{on} {}
    void hear(std::string_view text) override {
      if (text.starts_with("{\"ack\""))
        ++on_.answered;
      else
        on_.heard.emplace_back(text);
    }
    void hung_up(std::uint16_t code) override { on_.hung_up.emplace_back(code, on_.time.now()); }

  private:
    one_wire& on_;
  };

  explicit one_wire(network_conditions c = {}, std::uint64_t seed = 1)
    : net{time, chance{seed}, c} {
    net.serve(&there);
    wire = net.connect(here, {});
    go_on(1s);
    REQUIRE(line);
  }
  ~one_wire() {
    wire->abandon();
    net.serve(nullptr);
    go_on(1s);
  }

  void flush() {
    while (net.flush(0)) {
    }
  }
  void go_on(moment wait) {
    flush();
    const auto end = time.now() + wait;
    while (!time.empty() && time.next() <= end) {
      time.advance(time.next());
      while (time.do_next()) flush();
    }
    time.advance(end);
  }
  /// The server tells the client the next `n` numbers, each as a text of `size` bytes.
  void tell(int n, std::size_t size = 40) {
    for (; n > 0; --n) line->push(number(told++, size), {}, "{}");
  }
  void say(int n) {
    for (; n > 0; --n, ++said)
      wire->send(R"({"event":")" + number(said, 40) + R"(","ack":)" + std::to_string(said) + '}');
  }
  /// True when it heard the first so many that were told, in order, and nothing else.
  bool heard_first(std::size_t n) const {
    if (heard.size() != n) return false;
    for (std::size_t i = 0; i < n; ++i)
      if (heard[i].find('"' + number(static_cast<int>(i), 0)) == std::string::npos) return false;
    return true;
  }
  bool received_first(std::size_t n) const {
    if (received.size() != n) return false;
    for (std::size_t i = 0; i < n; ++i)
      if (!received[i].starts_with(number(static_cast<int>(i), 0))) return false;
    return true;
  }
  /// "7.", and dots up to `size`.
  static std::string number(int n, std::size_t size) {
    auto text = std::to_string(n) + '.';
    text.resize(std::max(size, text.size()), '.');
    return text;
  }

  agenda time;
  network net;
  server there{*this};
  client here{*this};
  std::shared_ptr<simulation::wire> wire;
  std::shared_ptr<gateway::connection> line; ///< the wire, as the server knows it
  bool answers = true;
  int told = 0, said = 0, answered = 0, pings = 0, pongs = 0;
  std::vector<std::string> heard, received;
  std::vector<std::size_t> drained_at; ///< how much was queued then
  std::vector<std::pair<gateway::goodbye, moment>> closed;
  std::vector<std::pair<std::uint16_t, moment>> hung_up;
};

constexpr std::size_t queue_max = 2000;

network_conditions narrow() {
  network_conditions c;
  c.window_bytes = 500;
  c.queue_bytes_max = queue_max;
  return c;
}

} // namespace

TEST_CASE("a wire keeps the order in both directions, whatever it delays and however it cuts frames apart") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    INFO("seed " << seed);
    auto c = narrow();
    c.window_bytes = 1 + 30 * seed;
    one_wire w{c, seed};
    for (int i = 0; i < 30; ++i) {
      w.tell(2);
      w.say(2);
      w.go_on(moment{1 + 700 * (i % 7)});
    }
    w.go_on(20s);
    CHECK(w.heard_first(60));
    CHECK(w.received_first(60));
    CHECK(w.answered == 60);
    CHECK(w.hung_up.empty());
  }
}

TEST_CASE("frames of every length arrive whole") {
  for (const std::size_t size : {2, 125, 126, 127, 65'535, 65'536, 70'000}) {
    one_wire w{{.window_bytes = 1000, .queue_bytes_max = 100'000}};
    w.tell(2, size);
    w.go_on(20s);
    CHECK(w.heard_first(2));
    CHECK(w.heard[1].size() >= size);
  }
}

TEST_CASE("connections overtake each other") {
  int overtaken = 0;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    agenda time;
    network net{time, chance{seed}, {}};
    std::string order;
    struct noting final : peer {
      noting(std::string& all, char mine)
        : order{all}
        , name{mine} {}
      void hear(std::string_view) override {}
      void hung_up(std::uint16_t) override { order += name; }
      std::string& order;
      const char name;
    } first{order, 'a'}, second{order, 'b'};
    static_cast<void>(net.connect(first, {})); // nobody serves: it hangs up when that is found out
    static_cast<void>(net.connect(second, {}));
    while (!time.empty()) {
      time.advance(time.next());
      time.do_next();
    }
    REQUIRE(order.size() == 2);
    if (order == "ba") ++overtaken;
  }
  CHECK((overtaken > 5 && overtaken < 45));
}

TEST_CASE("a cut loses what was on its way from some point on, and nothing before that") {
  std::set<std::size_t> got, reached;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    INFO("seed " << seed);
    one_wire w{narrow(), seed};
    w.tell(20);
    w.say(20);
    w.go_on(moment{seed * 1500});
    w.wire->cut(3s);
    const auto heard = w.heard.size(), received = w.received.size();
    CHECK(w.heard_first(heard));
    CHECK(w.received_first(received));
    w.tell(20);
    w.say(20);
    w.go_on(2999ms);
    CHECK(w.closed.empty());
    w.go_on(1s);
    CHECK(w.heard.size() == heard); // nothing after the cut
    CHECK(w.received.size() == received);
    REQUIRE(w.hung_up.size() == 1);
    CHECK(w.hung_up[0].first == 1006);
    REQUIRE(w.closed.size() == 1);
    CHECK(w.closed[0].first == gateway::goodbye::lost);
    CHECK(w.closed[0].second == w.hung_up[0].second + 3s);
    CHECK_FALSE(w.line->all_acknowledged());
    got.insert(heard);
    reached.insert(received);
  }
  CHECK(got.size() > 3); // nothing, something and all
  CHECK(reached.size() > 3);
}

TEST_CASE("what arrived before a cut and was not read yet is read") {
  one_wire w;
  w.wire->stall(true);
  w.tell(3);
  w.go_on(1s);
  CHECK(w.heard.empty());
  w.wire->cut(0s);
  CHECK(w.heard_first(3));
}

TEST_CASE("a reader that stalls lets the queue grow, and the server is told once when it has shrunk to half") {
  one_wire w{narrow()};
  w.wire->stall(true);
  w.tell(60);
  w.go_on(1s);
  CHECK(w.heard.empty());
  const auto queued = w.line->queued_bytes();
  CHECK(queued > queue_max);
  w.go_on(10s);
  CHECK(w.line->queued_bytes() == queued); // the window is full
  CHECK(w.drained_at.empty());
  w.wire->stall(false);
  w.go_on(10s);
  CHECK(w.heard_first(60));
  CHECK(w.line->queued_bytes() == 0);
  CHECK(w.line->all_acknowledged());
  REQUIRE(w.drained_at.size() == 1);
  CHECK(w.drained_at[0] < queue_max / 2);
  CHECK(w.drained_at[0] > 0); // at once, not when all is gone
  w.tell(10);
  w.go_on(10s);
  CHECK(w.drained_at.size() == 1); // it was not full
}

TEST_CASE("a client that is not read from any more has its further messages wait") {
  auto c = narrow();
  c.in_flight_max = 4;
  one_wire w{c};
  w.answers = false;
  w.say(10);
  w.go_on(1s);
  CHECK(w.received_first(4));
  w.line->answer(0, std::string{"{}"});
  w.go_on(1s);
  CHECK(w.received_first(5));
}

TEST_CASE("a queue far beyond its bound is the end of the connection") {
  one_wire w{narrow()};
  w.wire->stall(true);
  w.tell(250, 100);
  w.go_on(1ms);
  REQUIRE(w.closed.size() == 1);
  CHECK(w.closed[0].first == gateway::goodbye::lost);
  REQUIRE(w.hung_up.size() == 1);
  CHECK(w.hung_up[0].first == 1006);
  CHECK(w.net.longest_queue() > 8 * queue_max);
}

TEST_CASE("a server that closes is heard out first") {
  one_wire w{narrow()};
  w.tell(40);
  w.line->close(gateway::close_code::come_back, "bye");
  w.tell(40);
  w.go_on(10s);
  CHECK(w.heard_first(40));
  REQUIRE(w.hung_up.size() == 1);
  CHECK(w.hung_up[0].first == 1001);
  REQUIRE(w.closed.size() == 1);
  CHECK(w.closed[0].first == gateway::goodbye::lost);
}

TEST_CASE("a client that says goodbye is heard out first") {
  one_wire w;
  w.say(10);
  w.wire->say_goodbye();
  w.tell(10);
  w.go_on(1s);
  CHECK(w.received_first(10));
  REQUIRE(w.closed.size() == 1);
  CHECK(w.closed[0].first == gateway::goodbye::clean);
  CHECK(w.heard.empty());
}

TEST_CASE("a server that crashes says nothing more, and what it had sent may still arrive") {
  std::set<std::size_t> got;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    one_wire w{narrow(), seed};
    w.tell(30);
    w.go_on(moment{seed * 200});
    w.net.serve(nullptr);
    w.go_on(10s);
    CHECK(w.heard_first(w.heard.size()));
    CHECK(w.closed.empty());
    REQUIRE(w.hung_up.size() == 1);
    CHECK(w.hung_up[0].first == 1006);
    got.insert(w.heard.size());
  }
  CHECK(got.size() > 2);
}

TEST_CASE("a ping is answered by who reads, and who does not read is lost at the next one") {
  one_wire w;
  w.tell(3);
  w.go_on(60s);
  CHECK(w.pings == 2);
  CHECK(w.pongs == 2);
  CHECK(w.closed.empty());
  w.wire->stall(true);
  w.tell(3);
  w.go_on(60s);
  CHECK(w.pongs == 2);
  REQUIRE(w.closed.size() == 1);
  CHECK(w.closed[0].first == gateway::goodbye::lost);
}

} // namespace parley::simulation
