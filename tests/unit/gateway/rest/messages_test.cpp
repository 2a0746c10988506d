// Direct messages over REST, with the real deciders.

#include "server.hpp"

using namespace parley;
using namespace parley::gateway;
using namespace parley::gateway::testing;
using nlohmann::json;

namespace {

struct two_people {
  server s;
  header_list ann = s.signed_up("ann@example.org");
  answered signed_up_bob = s.sign_up("bob@example.org"), signed_up_eve = s.sign_up("eve@example.org");
  header_list bob = s.bearer(signed_up_bob);

  answered write(const header_list& who, const answered& to, const json& more) {
    json body{{"receiverId", to.text("id")}};
    body.update(more);
    return s.ask("POST", "/api/messages", who, body.dump());
  }
};

} // namespace

TEST_CASE("a message with the client's id is one message, however often it is sent") {
  two_people x;
  const auto first = x.write(x.ann, x.signed_up_bob, {{"id", "hello-1"}, {"content", "hello"}});
  REQUIRE(first.status() == 201);
  CHECK(first.text("id") == "hello-1");
  const auto head = x.s.entities.head;
  CHECK(x.write(x.ann, x.signed_up_bob, {{"id", "hello-1"}, {"text", "hello"}}).body == first.body);
  for (const auto* key : {"a-key", "another-key"})
    CHECK(x.write(x.ann + header_list{{"idempotency-key", key}}, x.signed_up_bob,
                  {{"id", "hello-1"}, {"content", "hello"}})
              .body == first.body);
  CHECK(x.s.entities.head == head);
  const auto other = x.write(x.ann, x.signed_up_bob, {{"id", "hello-1"}, {"content", "other"}});
  CHECK(other.status() == 422);
  CHECK(other.text("code") == "key_reused");
  CHECK(x.s.entities.head == head);
}

TEST_CASE("an id is its sender's and the conversation's: others may use it, too") {
  two_people x;
  const json hello{{"id", "1"}, {"content", "hello"}};
  const auto to_bob = x.write(x.ann, x.signed_up_bob, hello), to_eve = x.write(x.ann, x.signed_up_eve, hello);
  const auto back = x.s.ask("POST", "/api/messages", x.bob,
                            json{{"receiverId", to_bob.text("senderId")}, {"id", "1"}, {"content", "hi"}}.dump());
  for (const auto* a : {&to_bob, &to_eve, &back}) CHECK(a->status() == 201);
  CHECK(to_bob.text("conversationId") != to_eve.text("conversationId"));
  CHECK(back.text("senderId") == x.signed_up_bob.text("id"));
  CHECK(back.body["seq"].get<int>() > to_bob.body["seq"].get<int>());
}

TEST_CASE("without an id each message is another one, unless its Idempotency-Key says otherwise") {
  two_people x;
  const json hello{{"content", "hello"}};
  CHECK(x.write(x.ann, x.signed_up_bob, hello).text("id") != x.write(x.ann, x.signed_up_bob, hello).text("id"));
  const auto keyed = x.ann + header_list{{"idempotency-key", "hello-key"}};
  CHECK(x.write(keyed, x.signed_up_bob, hello).body == x.write(keyed, x.signed_up_bob, hello).body);
  CHECK(x.write(keyed, x.signed_up_bob, {{"content", "other"}}).text("code") == "key_reused");
}

TEST_CASE("a guest answers who wrote to it, and writes to nobody first") {
  two_people x;
  const auto gus = x.s.ask("POST", "/api/auth/guest", {}, R"({"name":"Gus"})");
  const auto as_gus = x.s.bearer(gus);
  const json hello{{"content", "hello"}};
  const auto refused = x.write(as_gus, x.signed_up_bob, hello);
  CHECK(refused.status() == 403);
  CHECK(refused.text("code") == "guests_not_allowed");
  const auto block = "/api/users/" + x.signed_up_bob.text("id") + "/block";
  CHECK(x.s.ask("PUT", block, as_gus).status() == 403);
  REQUIRE(x.write(x.bob, gus, hello).status() == 201);
  CHECK(x.write(as_gus, x.signed_up_bob, hello).status() == 201);
  CHECK(x.write(as_gus, x.signed_up_eve, hello).text("code") == "guests_not_allowed");
  CHECK(x.s.ask("PUT", block, as_gus).status() == 200);
}
