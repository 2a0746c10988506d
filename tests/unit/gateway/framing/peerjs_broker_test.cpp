#include "gateway/framing/peerjs_broker.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace parley;
using namespace parley::gateway;
using namespace parley::gateway::peerjs;

namespace {

class noting_peer final : public reachable {
public:
  void hear(std::string_view text) override { heard.emplace_back(text); }
  void replaced() override { ++replacements; }
  std::vector<std::string> heard;
  int replacements = 0;
};

struct exchange {
  std::shared_ptr<noting_peer> open(std::string id, std::string token, std::string user = {}) {
    auto who = std::make_shared<noting_peer>();
    last = between.open({std::move(id), std::move(token), user_id{std::move(user)}}, loop, who);
    turn();
    return who;
  }
  void turn() {
    while (loop.run_turn()) {
    }
  }
  void send(const std::string& from, const std::string& to, const std::string& text, bool queued = true) {
    between.pass({to, from, text}, queued);
    turn();
  }

  io_loop loop{0};
  io_loop::standing_in here{loop};
  broker between{loop, {.peers_max = 3, .waiting_max = 2, .owners_max = 2}};
  broker::verdict last{};
};

} // namespace

TEST_CASE("a peer hears what is sent to its id") {
  exchange e;
  const auto ann = e.open("ann", "1");
  const auto bob = e.open("bob", "2");
  e.send("ann", "bob", "offer");
  CHECK(bob->heard == std::vector<std::string>{"offer"});
  CHECK(ann->heard.empty());
}

TEST_CASE("what is sent before its destination is there waits for it; what is not to wait is forgotten") {
  exchange e;
  e.send("ann", "bob", "offer");
  e.send("ann", "bob", "leave", false);
  CHECK(e.open("bob", "2")->heard == std::vector<std::string>{"offer"});
  CHECK(e.open("bob", "2")->heard.empty());
}

TEST_CASE("too much for one absent peer expires at once") {
  exchange e;
  const auto ann = e.open("ann", "1");
  for (int i = 0; i < 3; ++i) e.send("ann", "bob", "offer");
  CHECK(ann->heard == std::vector<std::string>{R"({"type":"EXPIRE","src":"bob","dst":"ann"})"});
}

TEST_CASE("an id in use is taken, but for who knows its secret") {
  exchange e;
  const auto first = e.open("ann", "1");
  (void)e.open("ann", "2");
  CHECK(e.last == broker::verdict::taken);
  const auto again = e.open("ann", "1");
  CHECK(e.last == broker::verdict::replaced);
  CHECK(first->replacements == 1);
  e.between.close("ann", first.get()); // late
  e.send("bob", "ann", "offer");
  CHECK(again->heard == std::vector<std::string>{"offer"});
}

TEST_CASE("an id that somebody signed in has used is that user's, from any device, also when nobody holds it") {
  exchange e;
  const auto first = e.open("ann", "1", "u_ann");
  (void)e.open("ann", "1");
  CHECK(e.last == broker::verdict::taken);
  (void)e.open("ann", "1", "u_eve");
  CHECK(e.last == broker::verdict::taken);
  const auto second = e.open("ann", "9", "u_ann");
  CHECK(e.last == broker::verdict::opened);
  CHECK(first->replacements == 1);
  e.between.close("ann", second.get());
  (void)e.open("ann", "9");
  CHECK(e.last == broker::verdict::taken);
  (void)e.open("ann", "7", "u_ann");
  CHECK(e.last == broker::verdict::opened);
}

TEST_CASE("a guest's id is not a user's to take while the guest is there") {
  exchange e;
  (void)e.open("room-7", "1");
  (void)e.open("room-7", "2", "u_eve");
  CHECK(e.last == broker::verdict::taken);
}

TEST_CASE("a user's own id is nobody else's") {
  exchange e;
  (void)e.open("u_ann", "1");
  CHECK(e.last == broker::verdict::taken);
  (void)e.open("u_ann", "1", "u_eve");
  CHECK(e.last == broker::verdict::taken);
  (void)e.open("u_ann", "1", "u_ann");
  CHECK(e.last == broker::verdict::opened);
}

TEST_CASE("peers and remembered owners are bounded") {
  exchange e;
  for (const auto* id : {"a", "b", "c"}) e.between.close(id, e.open(id, "1", std::string{"u_"} + id).get());
  (void)e.open("a", "2"); // forgotten: the longest unused of three, where two are remembered
  CHECK(e.last == broker::verdict::opened);
  (void)e.open("b", "2");
  CHECK(e.last == broker::verdict::taken);
  (void)e.open("x", "1");
  (void)e.open("y", "1");
  (void)e.open("z", "1");
  CHECK(e.last == broker::verdict::full);
  CHECK(e.between.peers() == std::vector<std::string>{"a", "x", "y"});
}
