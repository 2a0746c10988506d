// Who is let in by a role or a key, and the desk that gives them out.

#include "gateway/rest/routes/routes.hpp"
#include "server.hpp"

using namespace parley;
using namespace parley::gateway;
using namespace parley::gateway::testing;

namespace {

/// A server with its routes for clients, its routes for the machine, and one route for each kind of access.
struct office : server {
  rest_api desk{dependencies(), add_admin_routes};
  rest_api guarded{dependencies(), [](router& to) {
                     const auto say = [](const call_ptr& c) { c->answer(success(200, R"({"in":true})")); };
                     to.add({"GET", {"/operators"}, access::operators, say});
                     to.add({"GET", {"/auditors"}, access::auditors, say});
                     to.add({"GET", {"/registered"}, access::registered, say});
                   }};

  answered tell(const std::string& task, const nlohmann::json& body, std::string address = "root@host") {
    http_request r{"POST",      "/admin/" + task,  {}, {{"content-type", "application/json"}},
                   body.dump(), std::move(address)};
    return told(desk, std::move(r));
  }
  int enters(const std::string& path, const std::string& token) {
    return told(guarded, {"GET", path, {}, {{"authorization", "Bearer " + token}}, {}, "192.0.2.1"}).status();
  }

private:
  static answered told(rest_api& by, http_request r) {
    answered a;
    by(std::move(r), [&](http_response response) { a.response = std::move(response); });
    a.body = nlohmann::json::parse(a.response.body, nullptr, false);
    return a;
  }
};

} // namespace

TEST_CASE("who has no role is forbidden what needs one, and who has it is let in until it is revoked") {
  office o;
  const auto ann = o.sign_up();
  const auto token = ann.text("token"), id = ann.text("id");
  CHECK(o.enters("/operators", token) == 403);
  CHECK(o.enters("/auditors", token) == 403);

  const auto granted = o.tell("roles/grant", {{"account", id}, {"role", "auditor"}});
  CHECK(granted.status() == 200);
  CHECK(granted.body["roles"] == nlohmann::json{"auditor"});
  CHECK(o.entities.asked.back().user.text == "root@host");
  CHECK(o.enters("/operators", token) == 403);
  CHECK(o.enters("/auditors", token) == 200);

  CHECK(o.tell("roles/revoke", {{"account", id}, {"role", "auditor"}}).status() == 200);
  CHECK(o.enters("/auditors", token) == 403);
  o.tell("roles/grant", {{"account", id}, {"role", "operator"}});
  CHECK(o.enters("/operators", token) == 200);
  CHECK(o.enters("/auditors", token) == 200);
  CHECK(o.enters("/operators", "nonsense") == 401);
}

TEST_CASE("an account is found by its address, typed as people do") {
  office o;
  o.sign_up("ann@example.org");
  CHECK(o.tell("roles/grant", {{"account", " Ann@Example.org"}, {"role", "operator"}}).status() == 200);
  CHECK(o.tell("roles/grant", {{"account", "bob@example.org"}, {"role", "operator"}}).text("code") == "user_not_found");
  CHECK(o.tell("roles/grant", {{"account", "an@nn@"}, {"role", "operator"}}).text("code") == "invalid_email");
  o.claims_fail = error{errc::unavailable, {}, 0};
  CHECK(o.tell("roles/grant", {{"account", "ann@example.org"}, {"role", "operator"}}).status() == 503);
}

TEST_CASE("the desk refuses what it cannot read, and accounts that there are not") {
  office o;
  CHECK(o.tell("roles/grant", {{"role", "operator"}}).status() == 400);
  CHECK(o.tell("roles/grant", {{"account", "u_1"}}).status() == 400);
  CHECK(o.tell("roles/grant", {{"account", "u_1"}, {"role", "emperor"}}).status() == 422);
  CHECK(o.tell("roles/grant", {{"account", "u_1"}, {"role", "operator"}}).status() == 404);
  CHECK(o.tell("roles/grant", {{"account", ""}, {"role", "operator"}}).status() >= 400);
  CHECK(o.tell("keys/revoke", {{"account", "u_1"}}).status() == 404);
  CHECK(o.tell("keys/create", {{"name", " "}, {"role", "service"}}).status() == 422);
  CHECK(o.tell("keys/mint", {{"account", "u_1"}}).status() == 404);
}

TEST_CASE("a key is told once and lets its service in until it is revoked") {
  office o;
  const auto made = o.tell("keys/create", {{"name", "mailer"}, {"role", "service"}});
  REQUIRE(made.status() == 200);
  CHECK(made.header("Cache-Control") == "no-store");
  const auto key = made.text("key");
  CHECK(o.enters("/operators", key) == 200);
  CHECK(o.enters("/auditors", key) == 403);
  CHECK(o.enters("/registered", key) == 200);
  auto forged = key;
  forged.back() = forged.back() == 'a' ? 'b' : 'a';
  CHECK(o.enters("/operators", forged) == 401);
  CHECK(o.enters("/operators", key.substr(0, 20)) == 401);
  CHECK(o.ask("GET", "/api/auth/me", {{"cookie", "token=" + key}}).status() == 401); // no browser holds keys

  CHECK(o.tell("keys/revoke", {{"account", made.text("id")}}).status() == 200);
  CHECK(o.enters("/operators", key) == 401);
}

TEST_CASE("nothing of the desk is served to clients") {
  office o;
  const auto ann = o.sign_up();
  o.tell("roles/grant", {{"account", ann.text("id")}, {"role", "operator"}});
  for (const auto* path : {"/admin/roles/grant", "/admin/roles/revoke", "/admin/keys/create", "/admin/keys/revoke"})
    CHECK(o.ask("POST", path, {{"authorization", "Bearer " + ann.text("token")}}, "{}").status() == 404);
}

TEST_CASE("a notification's kind is taken by both names that answers have for it") {
  office o;
  const auto ann = o.sign_up();
  o.tell("roles/grant", {{"account", ann.text("id")}, {"role", "operator"}});
  const auto notify = [&](const char* name, const nlohmann::json& kind) {
    const nlohmann::json body{{"userId", ann.text("id")}, {"title", "Maintenance"}, {name, kind}};
    return o.ask("POST", "/realtime/notifications", server::bearer(ann), body.dump()).status();
  };
  for (const auto* name : {"kind", "type"}) {
    CHECK(notify(name, "system") == 201);
    CHECK(notify(name, 7) == 400);
    CHECK(notify(name, std::string(65, 'x')) == 422);
  }
}
