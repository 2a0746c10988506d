// Links over the production actors in one thread: the loop takes its turns and the actors their messages when the test
// says so, all under one clock.

#include "gateway/bridge/client_link.hpp"

#include "gateway/bridge/loop_adapters.hpp"
#include "gateway/protocol/native_codec.hpp"
#include "tests/support/actors/actor_world.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

namespace parley::gateway {
namespace {

using namespace std::chrono_literals;

const native_codec framing{{.aliases = false}};

/// Notes what a client would see.
class noting_connection final : public connection {
public:
  void answer(std::optional<std::uint64_t>, const result<std::string>&) override { ++answers; }
  void greet(std::string_view, std::string_view, std::string_view body) override { push("connected", {}, body); }
  void push(std::string_view name, std::string_view, std::string_view body) override {
    pushes.emplace_back(name, nlohmann::json::parse(body));
  }
  void write(std::shared_ptr<const std::string>, std::size_t, std::size_t) override {}
  [[nodiscard]] std::size_t queued_bytes() const noexcept override { return 0; }
  [[nodiscard]] bool all_acknowledged() const noexcept override { return true; }
  [[nodiscard]] const codec& framing() const noexcept override { return gateway::framing; }
  [[nodiscard]] connection_ref ref() const noexcept override { return {0, 1}; }
  void close(close_code code, std::string_view) override { closed = code; }

  std::vector<std::pair<std::string, nlohmann::json>> pushes;
  int answers = 0;
  std::optional<close_code> closed;
};

/// The same ids in every run.
class counting_random final : public random_source {
public:
  void fill(std::span<std::byte> out) override {
    for (auto& byte : out) byte = static_cast<std::byte>(numbers_.next());
  }

private:
  test::seeded numbers_{1};
};

class noon_clock final : public clock_source {
public:
  [[nodiscard]] time_point now() const noexcept override { return test::noon; }
};

struct lobby {
  memory_log log;
  test::actor_world world{log};
  io_loop::time now{};
  io_loop loop{0, [this] { return now; }};
  loop_log_reads reads{loop, world.log()};
  hub topics{reads, {}};
  token_service tokens{"a secret of the tests"};
  noon_clock clock;
  counting_random random;
  write_positions writes{0};
  link_dependencies with{
      world.entities(),         tokens, clock, random, writes, true, [](const std::string&) { return 0; },
      [](const std::string&) {}};
  link_opener opener{loop, topics, with};
  std::shared_ptr<noting_connection> client = std::make_shared<noting_connection>();
  std::shared_ptr<session_link> link;

  ~lobby() {
    if (link) close();
  }

  void open(hello h = {}) {
    const io_loop::standing_in here{loop};
    link = opener.open(client, std::move(h));
    settle();
  }
  void receive(client_message m) {
    const io_loop::standing_in here{loop};
    link->receive(std::move(m));
    settle();
  }
  void close() {
    const io_loop::standing_in here{loop};
    link->closed(goodbye::clean);
    link = nullptr;
    settle();
  }
  void pass(std::chrono::milliseconds time) {
    now += time;
    const io_loop::standing_in here{loop};
    settle();
  }
  void settle() {
    do world.settle();
    while (loop.run_turn());
  }

  std::string token_of(const std::string& user) {
    world.sign_up(user, "l_" + user);
    world.settle();
    return tokens.issue_access({{user}, {"l_" + user}, user, false, test::noon, test::noon + 1h});
  }
};

/// Of a client that says all that it has to say at once.
hello complete() {
  hello h;
  h.complete = true;
  return h;
}

client_message first_frame(const std::string& token) {
  client_message m;
  m.auth = {{"token", token}};
  return m;
}

} // namespace

TEST_CASE("a connection without a token is greeted as a guest's once its first frame was waited for") {
  lobby l;
  l.open();
  l.pass(client_link::first_frame_wait - 1ms);
  CHECK(l.client->pushes.empty());
  CHECK(l.log.head() == 0);
  l.pass(1ms);
  REQUIRE(l.client->pushes.size() == 1);
  CHECK(l.client->pushes[0].first == "connected");
  CHECK(l.client->pushes[0].second["guest"] == true);
  CHECK_FALSE(l.loop.next_timer().has_value());
}

TEST_CASE("a first frame that brings its token in time is waited for no longer, and greeted once") {
  lobby l;
  const auto token = l.token_of("ann");
  l.open();
  l.receive(first_frame(token));
  REQUIRE(l.client->pushes.size() == 1);
  CHECK(l.client->pushes[0].second["userId"] == "ann");
  CHECK(l.client->answers == 1);
  CHECK_FALSE(l.loop.next_timer().has_value());
  l.pass(client_link::first_frame_wait);
  CHECK(l.client->pushes.size() == 1);
}

TEST_CASE("a first frame that brings its token late is greeted once more, as who it is") {
  lobby l;
  const auto token = l.token_of("ann");
  l.open();
  l.pass(client_link::first_frame_wait);
  l.receive(first_frame(token));
  REQUIRE(l.client->pushes.size() == 2);
  CHECK(l.client->pushes[0].second["guest"] == true);
  CHECK(l.client->pushes[1].second["userId"] == "ann");
}

TEST_CASE("a connection that goes before its first frame leaves neither a timer nor a session") {
  lobby l;
  l.open();
  REQUIRE(l.loop.next_timer().has_value());
  l.close();
  CHECK_FALSE(l.loop.next_timer().has_value());
  l.pass(client_link::first_frame_wait);
  CHECK(l.log.head() == 0);
}

TEST_CASE("an end that is told on the connection's own loop waits behind what another loop published before") {
  const stream_id hall{"room/hall"};
  lobby l;
  io_loop elsewhere{1, [&l] { return l.now; }};
  fan_out out;
  out.add(l.loop, l.topics);
  l.loop.at_turn_end([&l] { return l.topics.end_turn(); });
  l.open();
  l.pass(client_link::first_frame_wait);
  client_message join;
  join.event = "join-room";
  join.args = {{{"roomId", "hall"}}};
  l.receive(join);
  const session_id guest{l.client->pushes.at(0).second["sessionId"].get<std::string>()};
  const auto joined = l.log.stream_version(hall).value();
  REQUIRE(joined == 2);
  REQUIRE(l.topics.count().subscriptions == 1);

  const std::vector<publication_ptr> end{
      std::make_shared<publication>(publication{
          hall, 3, test::noon, event{events::room_event{events::left{{"g"}, guest, true, 0, "room-closed", "Guest"}}}}),
      std::make_shared<publication>(
          publication{hall, 4, test::noon, event{events::room_event{events::room_closed{"closed-by-host", {"g"}}}}})};
  {
    const io_loop::standing_in there{elsewhere};
    out.publish(end); // on its way to the connection's loop
  }
  {
    const io_loop::standing_in here{l.loop};
    const auto let_go = dismissed{hall, guest, joined, 4, false};
    l.world.entities().tell(make_stream("session", guest.text), std::make_shared<dismissed>(let_go));
    l.world.run();
  }
  l.settle();
  CHECK(l.topics.count().delivered == 2);
  CHECK(l.topics.count().refilled == 0); // nobody had to read it from the log
  CHECK(l.topics.count().subscriptions == 0);
}

TEST_CASE("a connection that brings a token is greeted at once, and one with a bad token is told to log in again") {
  lobby l;
  const auto token = l.token_of("ann");
  const bool good = GENERATE(true, false);
  hello h;
  h.token = good ? token : "forged";
  l.open(h);
  CHECK(l.client->pushes.size() == (good ? 1 : 0));
  CHECK(l.client->closed == (good ? std::nullopt : std::optional{close_code::log_in_again}));
}

TEST_CASE("who says all that it has to say at once is not waited for") {
  lobby l;
  l.open(complete());
  REQUIRE(l.client->pushes.size() == 1);
  CHECK(l.client->pushes[0].second["guest"] == true);
}

TEST_CASE("who comes back after its session ended is told of a place it joins again what came since it was told last") {
  const stream_id hall{"room/hall"};
  lobby l;
  l.loop.at_turn_end([&l] { return l.topics.end_turn(); });
  const auto join = [](nlohmann::json given) {
    client_message m;
    m.event = "join-room";
    m.args = nlohmann::json::array({std::move(given)});
    return m;
  };
  auto late = complete();
  late.session = "s_over";
  late.resume = "no secret of ours";
  late.told = {{hall, 1}};
  l.open(std::move(late));
  l.receive(join({{"roomId", "hall"}}));
  CHECK(l.topics.count().refilled == 1); // its own joining, seq 2: from seq 1 on, not from now on
  l.close();

  // Once: who leaves and comes in again meanwhile has seen it.
  l.client = std::make_shared<noting_connection>();
  l.open(complete());
  l.receive(join({{"roomId", "hall"}}));
  CHECK(l.topics.count().refilled == 1);
}

} // namespace parley::gateway
