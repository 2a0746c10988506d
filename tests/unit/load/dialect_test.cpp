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

TEST_CASE("socket.io packets are told apart") {
  const auto d = make_socket_io_dialect();
  CHECK(d->greeting_answer() == "40");
  CHECK(d->heartbeat_answer() == "3");
  CHECK(d->classify(R"(0{"sid":"x","upgrades":[]})") == incoming::greeting);
  CHECK(d->classify(R"(40{"sid":"x"})") == incoming::admitted);
  CHECK(d->classify("431[]") == incoming::joined);
  CHECK(d->classify("432[]") == incoming::ack);
  CHECK(d->classify("2") == incoming::heartbeat);
  CHECK(d->classify(R"(42["msg",{"text":"x"}])") == incoming::delivery);
  CHECK(d->classify(R"(42["hello"])") == incoming::other);
  CHECK(d->classify(R"(44{"message":"no"})") == incoming::refusal);
  CHECK(d->classify("41") == incoming::refusal);
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

    const auto packet = make_socket_io_dialect()->message("r-1", text, acknowledged);
    CHECK(packet.starts_with(acknowledged ? "422[" : "42["));
    const auto peer = nlohmann::json::parse(packet.substr(packet.find('[')), nullptr, false);
    REQUIRE(peer.is_array());
    CHECK(peer[1]["text"] == text);
  }
  const auto join = nlohmann::json::parse(make_native_dialect()->join("r-1", "load 7"), nullptr, false);
  REQUIRE(join.is_object());
  CHECK(join["event"] == "join-room");
  CHECK(join["ack"] == 1);
  CHECK(make_socket_io_dialect()->join("r-1", "load 7") == R"(421["join","r-1"])");
}
