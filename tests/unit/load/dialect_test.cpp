#include "tools/parley-load/dialect.hpp"
#include "tools/parley-load/stamp.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

using namespace parley::load;

TEST_CASE("native frames are told apart") {
  const auto d = make_native_dialect();
  CHECK(d->greeting_admits());
  CHECK(d->classify(R"({"event":"connected","data":{"sessionId":"s"}})") == incoming::greeting);
  CHECK(d->classify(R"({"ack":1,"data":{"roomId":"r"}})") == incoming::joined);
  CHECK(d->classify(R"({"data":{"roomId":"r"},"ack":1})") == incoming::joined);
  CHECK(d->classify(R"({"ack":2,"data":{}})") == incoming::ack);
  CHECK(d->classify(R"({"ack":12,"data":{}})") == incoming::ack);
  CHECK(d->classify(R"({"ack":1,"error":{"code":"room-full","message":"m"}})") == incoming::refusal);
  CHECK(d->classify(R"({"error":{"code":"room-full"},"ack":1})") == incoming::refusal);
  CHECK(d->classify(R"({"event":"exception","data":{"status":"error"}})") == incoming::refusal);
  CHECK(d->classify(R"({"event":"message-received","data":{"text":"x"}})") == incoming::delivery);
  CHECK(d->classify(R"({"data":{"text":"plmsg~0"},"event":"message-received"})") == incoming::delivery);
  CHECK(d->classify(R"({"event":"user-joined","data":{"name":"load 1"}})") == incoming::other);
}

TEST_CASE("Socket.IO packets are told apart, whoever sends them") {
  for (const auto& d : {make_socketio_dialect(), make_peer_dialect()}) {
    CHECK_FALSE(d->greeting_admits());
    CHECK(d->greeting_answer() == "40");
    CHECK(d->heartbeat_answer() == "3");
    CHECK(d->classify(R"(0{"sid":"x","upgrades":[]})") == incoming::greeting);
    CHECK(d->classify(R"(40{"sid":"x"})") == incoming::admitted);
    CHECK(d->classify("431[]") == incoming::joined);
    CHECK(d->classify("432[]") == incoming::ack);
    CHECK(d->classify("4312[]") == incoming::ack);
    CHECK(d->classify("43") == incoming::ack);
    CHECK(d->classify("2") == incoming::heartbeat);
    CHECK(d->classify("2probe") == incoming::other);
    CHECK(d->classify(R"(42["hello"])") == incoming::other);
    CHECK(d->classify(R"(44{"message":"no"})") == incoming::refusal);
    CHECK(d->classify("41") == incoming::refusal);
    CHECK(d->classify("1") == incoming::other);
    CHECK(d->classify("") == incoming::other);
  }
}

TEST_CASE("Parley's packets of Socket.IO are told apart") {
  const auto d = make_socketio_dialect();
  CHECK(d->target() == "/socket.io/?EIO=4&transport=websocket&aliases=none");
  CHECK(d->subprotocol().empty());
  CHECK(d->classify(R"(40{"sid":"s_1","pid":"s_1.secret"})") == incoming::admitted);
  CHECK(d->classify(R"(431[{"roomId":"r","members":[]}])") == incoming::joined);
  CHECK(d->classify(R"(432[{"id":"m","roomId":"r","seq":1}])") == incoming::ack);
  CHECK(d->classify(R"(42["message-received",{"text":"x"},"room-r:7"])") == incoming::delivery);
  CHECK(d->classify(R"(431[{"success":false,"status":"error","code":"room-full"}])") == incoming::refusal);
  CHECK(d->classify(R"(432[{"success":false,"status":"error","code":"forbidden"}])") == incoming::refusal);
  CHECK(d->classify(R"(42["exception",{"success":false,"status":"error","code":"slow-down"}])") == incoming::refusal);
  CHECK(d->classify(R"(44{"message":"no","data":{"code":"unavailable"}})") == incoming::refusal);
  CHECK(d->classify(R"(42["connected",{"sessionId":"s_1"}])") == incoming::other);
  CHECK(d->classify(R"(42["user-joined",{"name":"load 1"},"room-r:8"])") == incoming::other);
  CHECK(d->classify(R"(42["offset","room-r:8"])") == incoming::other);
}

TEST_CASE("the peer's deliveries are its own") {
  const auto d = make_peer_dialect();
  CHECK(d->target() == "/socket.io/?EIO=4&transport=websocket");
  CHECK(d->classify(R"(42["msg",{"text":"x"}])") == incoming::delivery);
  CHECK(d->classify(R"(42["message-received",{"text":"x"}])") == incoming::other);
}

TEST_CASE("what clients send is the JSON it claims to be, and the text can be found in it") {
  const std::string text(stamp::mark);
  for (const bool acknowledged : {false, true}) {
    const auto native =
        nlohmann::json::parse(make_native_dialect()->message("r-1", text, acknowledged), nullptr, false);
    REQUIRE(native.is_object());
    CHECK(native["event"] == "send-message");
    CHECK(native["data"]["roomId"] == "r-1");
    CHECK(native["data"]["text"] == text);
    CHECK(native.contains("ack") == acknowledged);

    for (const bool of_peer : {false, true}) {
      const auto packet = (of_peer ? make_peer_dialect() : make_socketio_dialect())->message("r-1", text, acknowledged);
      CHECK(packet.starts_with(acknowledged ? "422[" : "42["));
      const auto event = nlohmann::json::parse(packet.substr(packet.find('[')), nullptr, false);
      REQUIRE(event.is_array());
      CHECK(event[0] == std::string{of_peer ? "msg" : "send-message"});
      CHECK(event[1]["roomId"] == "r-1");
      CHECK(event[1]["text"] == text);
    }
  }
  const auto join = nlohmann::json::parse(make_native_dialect()->join("r-1", "load 7"), nullptr, false);
  REQUIRE(join.is_object());
  CHECK(join["event"] == "join-room");
  CHECK(join["ack"] == 1);
  CHECK(make_socketio_dialect()->join("r-1", "load 7") == R"(421["join-room",{"roomId":"r-1","name":"load 7"}])");
  CHECK(make_peer_dialect()->join("r-1", "load 7") == R"(421["join","r-1"])");
}
