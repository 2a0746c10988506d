#include "gateway/framing/socketio_socket.hpp"

#include "fake_line.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace parley;
using namespace parley::gateway;
using namespace parley::gateway::socketio;
using parley::gateway::testing::fake_line;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

struct noting_link final : session_link {
  void receive(client_message message) override { heard.push_back(std::move(message)); }
  void drained() override { ++drains; }
  void pinged() override {}
  void ponged() override {}
  void closed(goodbye how) override {
    end = how;
    to = nullptr;
  }
  std::shared_ptr<connection> to;
  hello with;
  std::vector<client_message> heard;
  int drains = 0;
  std::optional<goodbye> end;
};

struct noting_opener final : session_opener {
  std::shared_ptr<session_link> open(std::shared_ptr<connection> c, hello h) override {
    auto link = std::make_shared<noting_link>();
    link->to = std::move(c);
    link->with = std::move(h);
    links.push_back(link);
    return link;
  }
  std::vector<std::shared_ptr<noting_link>> links;
};

/// A client on a WebSocket, and what it was sent.
struct client final : engineio::keeper {
  explicit client(hello handshake = {}) {
    user = engineio::session::first_line(std::make_shared<engineio::session>(
        loop, times, *this, "a-sid", std::make_shared<session>(framing, std::move(handshake), nullptr)));
    user->opened(line);
    line->sent.clear(); // the handshake of Engine.IO
  }
  ~client() {
    if (kept) kept->drop();
    for (const auto& link : opener.links) link->to = nullptr;
  }
  client(const client&) = delete;
  client& operator=(const client&) = delete;
  void keep(std::shared_ptr<engineio::session> one) override { kept = std::move(one); }
  void carried(const std::string&) override {}
  void release(const std::string&) override { kept = nullptr; }

  void say(std::string_view packet) { user->received(packet, false); }
  void turn() {
    while (loop.run_turn()) {
    }
  }
  void pass(std::chrono::milliseconds time) {
    now += time;
    turn();
  }
  /// Joins a namespace, and its session greets.
  noting_link& join(std::string_view connect = "40", std::string_view id = "s_1") {
    say(connect);
    auto& link = *opener.links.back();
    link.to->greet(id, "secret", R"({"userId":"g_1"})");
    line->sent.clear();
    line->frames.clear();
    return link;
  }

  io_loop::time now{};
  io_loop loop{0, [this] { return now; }};
  net_limits limits;
  intake_totals totals;
  noting_opener opener;
  engineio::limits times;
  std::uint64_t ids = 0;
  const socketio_codec root{{.nsp = "/"}}, chat{{.nsp = "/chat"}};
  socketio::framing framing{loop,
                            opener,
                            limits,
                            totals,
                            [this] { return ++ids; },
                            [this](const profile*, std::string_view nsp, engineio_transport, bool) -> const codec* {
                              return nsp == "/" ? &root : nsp == "/chat" ? &chat : nullptr;
                            },
                            [](std::string_view) -> const profile* { return nullptr; }};
  std::shared_ptr<fake_line> line = std::make_shared<fake_line>();
  std::shared_ptr<engineio::session> kept;
  std::shared_ptr<line_user> user;
};

} // namespace

TEST_CASE("who joins a namespace is greeted with its session's id and the secret to come back with") {
  client c;
  c.say("40");
  REQUIRE(c.opener.links.size() == 1);
  CHECK(c.line->sent.empty());
  c.opener.links[0]->to->greet("s_1", "secret", R"({"userId":"g_1"})");
  CHECK(c.line->sent == std::vector<std::string>{R"(40{"sid":"s_1","pid":"s_1.secret"})"});
  CHECK(c.line->frames.find(R"(42["connected",{"userId":"g_1"}])") != std::string::npos);
}

TEST_CASE("the token of the CONNECT counts, else that of the handshake, and nothing more is waited for") {
  hello handshake;
  handshake.token = "cookie";
  client c{handshake};
  c.say("40");
  CHECK(c.opener.links[0]->with.token == "cookie");
  CHECK(c.opener.links[0]->with.complete);
  c.say(R"(40/chat,{"token":"jwt","more":"x"})");
  REQUIRE(c.opener.links.size() == 2);
  CHECK(c.opener.links[1]->with.token == "jwt");
  CHECK(c.opener.links[1]->with.auth["more"] == "x");
}

TEST_CASE("who comes back names its session, the secret, and how far it is") {
  client c;
  c.say(R"(40{"pid":"s_9.a.secret","offset":"room/tea:7\ninbox/u:2"})");
  const auto& with = c.opener.links[0]->with;
  CHECK(with.session == "s_9");
  CHECK(with.resume == "a.secret");
  CHECK(with.told == std::map<stream_id, version>{{{"room/tea"}, 7}, {{"inbox/u"}, 2}});
  client other;
  other.say(R"(40{"pid":5,"offset":{}})");
  CHECK(other.opener.links[0]->with.session.empty());
}

TEST_CASE("an event reaches the session with its arguments, and is acknowledged once it is answered") {
  client c;
  auto& link = c.join();
  c.say(R"(427["send-message",{"text":"hi"},2])");
  REQUIRE(link.heard.size() == 1);
  CHECK(link.heard[0].event == "send-message");
  CHECK(link.heard[0].args == json::parse(R"([{"text":"hi"},2])"));
  CHECK(link.heard[0].ack == 7);
  link.to->answer(7, std::string{R"({"seq":1})"});
  CHECK(c.line->sent == std::vector<std::string>{R"(437[{"seq":1}])"});
  c.say("42[5]");
  CHECK(link.heard[1].event == "5");
  CHECK_FALSE(link.heard[1].ack);
  link.to->answer(std::nullopt, std::string{"{}"});
  CHECK(c.line->sent.size() == 1);
}

TEST_CASE("an error is the acknowledgement, or an exception where none was asked for") {
  client c;
  auto& link = c.join("40/chat,");
  link.to->answer(3, fail(errc::room_full));
  link.to->answer(std::nullopt, fail(errc::room_full));
  REQUIRE(c.line->sent.size() == 1);
  CHECK(c.line->sent[0].starts_with("43/chat,3["));
  const auto told = json::parse(c.line->sent[0].substr(c.line->sent[0].find('[')))[0];
  CHECK(told["error"]["code"] == "room_full");
  CHECK(told["code"] == "room_full");
  CHECK(told["success"] == false);
  CHECK(c.line->frames.find(R"(42/chat,["exception",{)") != std::string::npos);
}

TEST_CASE("namespaces are sessions of their own on one transport") {
  client c;
  auto& root = c.join();
  auto& chat = c.join("40/chat,", "s_2");
  c.say(R"(42/chat,["a"])");
  CHECK(root.heard.empty());
  CHECK(chat.heard.size() == 1);
  c.say("41/chat,");
  CHECK(chat.end == goodbye::clean);
  CHECK_FALSE(root.end);
  CHECK_FALSE(c.line->closed);
  c.say("41");
  CHECK(root.end == goodbye::clean);
  CHECK_FALSE(c.line->closed);
}

TEST_CASE("a profile that is not there is refused, and so is an unknown namespace; the transport stays") {
  client c;
  c.say(R"(40{"profile":"unheard-of"})");
  CHECK(c.line->sent == std::vector<std::string>{R"(44{"message":"there is no such profile"})"});
  c.line->sent.clear();
  c.say("40/other,");
  CHECK(c.line->sent == std::vector<std::string>{R"(44/other,{"message":"Invalid namespace"})"});
  CHECK_FALSE(c.line->closed);
}

TEST_CASE("a session that refuses its client is a CONNECT_ERROR with a code, and the client may try again") {
  client c;
  c.say(R"(40{"token":"expired"})");
  const auto link = c.opener.links[0];
  link->to->close(close_code::log_in_again, "the token has expired");
  CHECK(c.line->sent ==
        std::vector<std::string>{R"(44{"message":"the token has expired","data":{"code":"unauthenticated"}})"});
  CHECK_FALSE(link->end); // not from within
  c.say("40");
  CHECK(c.opener.links.size() == 2);
  c.turn();
  CHECK(link->end == goodbye::lost);
  CHECK_FALSE(c.line->closed);
  c.say("42[\"e\"]");
  CHECK(c.opener.links[1]->heard.size() == 1);
}

TEST_CASE("who is to log in again gets a DISCONNECT, who is to come back loses its transport") {
  client c;
  auto& link = c.join();
  link.to->close(close_code::log_in_again, "signed out");
  CHECK(c.line->sent == std::vector<std::string>{"41"});
  CHECK_FALSE(c.line->closed);
  client d;
  auto& other = d.join();
  other.to->close(close_code::come_back, "restart");
  CHECK(d.line->closed == close_code::come_back);
}

TEST_CASE("what breaks the protocol closes the transport, and its sessions are lost") {
  for (const std::string_view wrong : {"4", "49", "42[]", "42{}", "42[\"connect\"]", "42/chat,[\"e\"]", "44{}", "40",
                                       "42[\"e\"", "451-[\"e\"]x", "4x"}) {
    INFO(wrong);
    client c;
    auto& link = c.join();
    c.say(wrong);
    CHECK(c.line->closed == close_code::protocol_error);
    c.user->closed(goodbye::lost, 1006);
    CHECK(link.end == goodbye::lost);
  }
}

TEST_CASE("who joins no namespace in time is closed") {
  client c;
  c.pass(44'999ms);
  CHECK_FALSE(c.line->closed);
  c.pass(1ms);
  CHECK(c.line->closed);
  client refused;
  refused.say(R"(40{"token":"bad"})");
  refused.opener.links[0]->to->close(close_code::log_in_again, "no");
  refused.pass(45'000ms);
  CHECK(refused.line->closed == close_code::policy);
  client joined;
  (void)joined.join();
  joined.pass(45'000ms);
  CHECK(joined.line->closed != close_code::policy);
}

TEST_CASE("an acknowledgement of the client's is no offence") {
  client c;
  auto& link = c.join();
  c.say("431[]");
  CHECK_FALSE(c.line->closed);
  CHECK(link.heard.empty());
}

TEST_CASE("bytes are refused where sessions take none, as the answer to the event that brought them") {
  client c;
  auto& link = c.join();
  c.say(R"(451-9["e",{"_placeholder":true,"num":0}])");
  c.user->received("\1", true);
  CHECK(link.heard.empty());
  REQUIRE(c.line->sent.size() == 1);
  CHECK(c.line->sent[0].starts_with(R"(439[{"success":false)"));
}

TEST_CASE("messages over the rate are refused, and who goes on is closed") {
  client c;
  auto& link = c.join();
  int refused = 0;
  for (int i = 0; i < 5000 && !c.line->closed; ++i) {
    c.line->sent.clear();
    c.say(R"(421["e"])");
    if (!c.line->sent.empty()) ++refused;
  }
  CHECK(refused > 0);
  c.line->sent.clear();
  c.say("431[]");
  CHECK(c.line->sent.empty());     // an acknowledgement is not answered
  CHECK(link.heard.size() >= 399); // the CONNECT was one, too
  CHECK(c.line->closed == close_code::slow_down);
}

TEST_CASE("no more is read while too much is unanswered") {
  client c;
  auto& link = c.join();
  CHECK(c.user->takes_more());
  for (std::size_t i = 0; i < c.limits.in_flight_max; ++i) c.say("42[\"e\"]");
  CHECK_FALSE(c.user->takes_more());
  link.to->answer(std::nullopt, std::string{"{}"});
  CHECK(c.user->takes_more());
  CHECK(c.line->reads == 1);
}
