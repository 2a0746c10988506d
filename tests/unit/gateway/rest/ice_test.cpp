#include "server.hpp"

using namespace parley;
using namespace parley::gateway;
using namespace parley::gateway::testing;

namespace {

struct relaying : server {
  relaying() {
    ice.stun_urls = {"stun:stun.example.org"};
    ice.turn_urls = {"turn:turn.example.org?transport=udp", "turns:turn.example.org"};
    ice.turn_secret = "north";
  }
  nlohmann::json servers(const std::string& token = {}) {
    rest_api configured{dependencies()};
    http_request r{"GET", "/api/ice-servers", {}, {}, {}, "192.0.2.1"};
    if (!token.empty()) r.headers.emplace_back("authorization", "Bearer " + token);
    http_response response;
    configured(std::move(r), [&](http_response answer) { response = std::move(answer); });
    REQUIRE(response.status == 200);
    body = nlohmann::json::parse(response.body);
    return body.at("iceServers");
  }
  nlohmann::json body;
};

const auto stun_only = nlohmann::json::parse(R"([{"urls":["stun:stun.example.org"]}])");

} // namespace

TEST_CASE("who is signed in gets STUN, and TURN with credentials of their own that end") {
  relaying s;
  const auto ann = s.sign_up();
  const auto servers = s.servers(ann.text("token"));
  REQUIRE(servers.size() == 2);
  CHECK(servers[0] == stun_only[0]);
  CHECK(servers[1]["urls"] == nlohmann::json{"turn:turn.example.org?transport=udp", "turns:turn.example.org"});
  const auto ends = std::chrono::floor<std::chrono::seconds>(s.clock.now()) + std::chrono::hours{1};
  CHECK(servers[1]["username"] == std::to_string(ends.time_since_epoch().count()) + ":" + ann.text("id"));
  CHECK(servers[1]["credentialType"] == "password");
  CHECK_FALSE(servers[1]["credential"].get<std::string>().empty());
  CHECK(s.body["expiresAt"] == to_iso8601(ends));
}

TEST_CASE("strangers get STUN only, and guests as well unless it is set otherwise") {
  relaying s;
  const auto guest = s.ask("POST", "/api/auth/guest", {}, R"({"name":"Gast"})").text("token");
  CHECK(s.servers() == stun_only);
  CHECK(s.servers(guest) == stun_only);
  CHECK_FALSE(s.body.contains("expiresAt"));
  s.ice.turn_for_guests = true;
  CHECK(s.servers(guest).size() == 2);
  CHECK(s.servers() == stun_only);
}

TEST_CASE("without a secret there is STUN only, and without anything nothing") {
  relaying s;
  const auto token = s.sign_up().text("token");
  s.ice.turn_secret.clear();
  CHECK(s.servers(token) == stun_only);
  s.ice.stun_urls.clear();
  CHECK(s.servers(token) == nlohmann::json::array());
}
