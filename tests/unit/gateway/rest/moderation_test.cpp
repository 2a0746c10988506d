// Moderation and reports over REST: the real deciders behind routes, and read models that say what a test puts in.

#include "server.hpp"

using namespace parley;
using namespace parley::gateway;
using namespace parley::gateway::testing;

namespace {

/// Ann owns the lounge; Bob is somebody with an account.
struct moderated {
  server s;
  answered ann_in = s.sign_up("ann@example.org"), bob_in = s.sign_up("bob@example.org");
  header_list ann = server::bearer(ann_in), bob = server::bearer(bob_in);
  std::string bob_id = bob_in.text("id");
  std::string lounge = s.ask("POST", "/api/lounges", ann, R"({"name":"Bar"})").text("id");

  moderated() {
    s.reads.lounge_rows.push_back({{lounge}, "Bar", "", {ann_in.text("id")}, 0, s.clock.at, 1, 0});
    s.reads.user_rows.push_back({{bob_id}, "Bob", "", false, s.clock.at, 1});
  }
  answered act(const header_list& who, std::string action, std::string more = {}) {
    return s.ask("POST", "/api/lounges/" + lounge + "/moderation", who,
                 R"({"action":")" + action + R"(","targetId":")" + bob_id + R"(","reason":"spam")" + more + "}");
  }
};

} // namespace

TEST_CASE("the owner changes a lounge under If-Match, others do not") {
  moderated m;
  const auto path = "/api/lounges/" + m.lounge;
  auto headers = m.ann;
  headers.emplace_back("if-match", "\"1\"");
  const auto a = m.s.ask("PATCH", path, headers, R"({"topic":"news","slowModeSeconds":5})");
  REQUIRE(a.status() == 200);
  CHECK(a.text("topic") == "news");
  CHECK(a.body["slowModeSeconds"] == 5);
  CHECK(a.header("ETag") == "\"2\"");
  CHECK(m.s.ask("PATCH", path, headers, R"({"topic":"old"})").status() == 412);
  CHECK(m.s.ask("PATCH", path, m.bob, R"({"topic":"mine"})").status() == 403);
  CHECK(m.s.ask("PATCH", path, m.ann, R"({"slowModeSeconds":-1})").status() == 422);
  CHECK(m.s.ask("PATCH", path, m.ann, R"({"name":7})").status() == 400);
}

TEST_CASE("the owner makes somebody with an account moderator") {
  moderated m;
  const auto path = "/api/lounges/" + m.lounge + "/members/" + m.bob_id;
  const auto a = m.s.ask("PUT", path, m.ann, R"({"role":"moderator"})");
  REQUIRE(a.status() == 200);
  CHECK(a.text("role") == "moderator");
  CHECK(a.text("userId") == m.bob_id);
  CHECK(m.s.ask("PUT", path, m.bob, R"({"role":"member"})").status() == 200); // resigns
  CHECK(m.s.ask("PUT", path, m.bob, R"({"role":"moderator"})").status() == 403);
  CHECK(m.s.ask("PUT", path, m.ann, R"({"role":"king"})").status() == 422);
  CHECK(m.s.ask("PUT", path, m.ann, "{}").status() == 400);
  m.s.reads.user_rows.clear();
  CHECK(m.s.ask("PUT", path, m.ann, R"({"role":"moderator"})").status() == 404);
}

TEST_CASE("an action is answered 201 with its id and until when; the same key does it once") {
  moderated m;
  auto headers = m.ann;
  headers.emplace_back("idempotency-key", "once");
  const auto first =
      m.s.ask("POST", "/api/lounges/" + m.lounge + "/moderation", headers,
              R"({"action":"mute","targetId":")" + m.bob_id + R"(","reason":"spam","durationSeconds":60})");
  REQUIRE(first.status() == 201);
  CHECK(first.text("action") == "mute");
  CHECK(first.text("until") == "2026-11-21T00:01:00.000Z");
  CHECK_FALSE(first.text("actionId").empty());
  CHECK(m.act(m.bob, "mute").status() == 403);
  CHECK(m.act(m.ann, "mute", R"(,"durationSeconds":0)").status() == 422);
  CHECK(m.act(m.ann, "tickle").status() == 422);
  CHECK(m.s.ask("POST", "/api/lounges/no-such/moderation", m.ann, R"({"action":"warn","targetId":"x","reason":"y"})")
            .status() == 404);
}

TEST_CASE("a message that the lounge does not remember is looked up") {
  moderated m;
  const std::string body = R"({"action":"delete-message","targetId":"m1","reason":"spam"})";
  const auto path = "/api/lounges/" + m.lounge + "/moderation";
  CHECK(m.s.ask("POST", path, m.ann, body).status() == 404);
  CHECK(m.s.moderation.name_asked.id.text == "m1");
  message_row row;
  row.id = {"m1"}, row.user = {m.bob_id}, row.text = "hello", row.seq = 7;
  m.s.moderation.message_rows = {row, row};
  CHECK(m.s.ask("POST", path, m.ann, body).status() == 409);
  m.s.moderation.message_rows = {row};
  const auto a = m.s.ask("POST", path, m.ann, body);
  REQUIRE(a.status() == 201);
  CHECK(a.text("targetId") == m.bob_id);
}

TEST_CASE("moderators list a lounge's actions, a target their own, others nothing") {
  moderated m;
  action_row row;
  row.id = {"a1"}, row.lounge = {m.lounge}, row.action = "mute", row.target = {m.bob_id}, row.in_force = true;
  row.until = m.s.clock.at, row.message = {"m1"}, row.message_seq = 7, row.sha256 = "abc";
  m.s.moderation.action_rows = {row};
  const auto listed = m.s.ask("GET", "/api/moderation/actions?loungeId=" + m.lounge, m.ann);
  REQUIRE(listed.status() == 200);
  CHECK(listed.body[0]["inForce"] == false); // its time is over
  CHECK(listed.body[0]["evidence"]["sha256"] == "abc");
  CHECK(m.s.ask("GET", "/api/moderation/actions?loungeId=" + m.lounge, m.bob).status() == 403);
  CHECK(m.s.ask("GET", "/api/moderation/actions", m.ann).status() == 403);
  for (const auto& bad : {"loungeId=" + std::string(300, 'x'), std::string{"targetId=a\nb"}})
    CHECK(m.s.ask("GET", "/api/moderation/actions?" + bad, m.ann).text("code") == "invalid");
  CHECK(m.s.ask("GET", "/api/moderation/actions?targetId=" + m.bob_id, m.bob).status() == 200);
  CHECK(m.s.ask("GET", "/api/moderation/actions?targetId=" + m.bob_id, m.ann).status() == 403);
}

TEST_CASE("the target appeals once, and the owner reverses") {
  moderated m;
  const auto done = m.act(m.ann, "ban");
  REQUIRE(done.status() == 201);
  const auto id = done.text("actionId");
  action_row row;
  row.id = {id}, row.lounge = {m.lounge}, row.action = "ban", row.target = {m.bob_id};
  m.s.moderation.action_rows = {row};
  const auto path = "/api/moderation/actions/" + id;
  CHECK(m.s.ask("POST", path + "/appeal", m.ann, R"({"text":"x"})").status() == 403);
  CHECK(m.s.ask("POST", path + "/appeal", m.bob, R"({"text":"It was not me"})").status() == 201);
  CHECK(m.s.ask("POST", path + "/appeal", m.bob, R"({"text":"Really"})").status() == 409);
  CHECK(m.s.ask("POST", path + "/appeal", m.bob, "{}").status() == 400);
  CHECK(m.s.ask("POST", "/api/moderation/actions/no-such/appeal", m.bob, R"({"text":"x"})").status() == 404);
  CHECK(m.s.ask("POST", path + "/reversal", m.bob, R"({"reason":"x"})").status() == 403);
  CHECK(m.s.ask("POST", path + "/reversal", m.ann, R"({"reason":"a mistake"})").status() == 201);
}

TEST_CASE("a report is about a message or a person in a place, each once, and moderators list them") {
  moderated m;
  message_row row;
  row.id = {"m1"}, row.user = {m.ann_in.text("id")}, row.text = "hello", row.seq = 7;
  m.s.moderation.message_rows = {row};
  const auto body = R"({"loungeId":")" + m.lounge + R"(","messageId":"m1","reason":"rude"})";
  const auto first = m.s.ask("POST", "/api/reports", m.bob, body);
  REQUIRE(first.status() == 201);
  CHECK(first.text("targetId") == row.user.text);
  CHECK(m.s.ask("POST", "/api/reports", m.bob, body).text("id") == first.text("id"));
  CHECK(m.s.ask("POST", "/api/reports", m.ann, body).status() == 422); // herself
  CHECK(m.s.ask("POST", "/api/reports", {}, body).status() == 401);
  CHECK(m.s.ask("POST", "/api/reports", m.bob, R"({"reason":"rude","targetId":"x"})").status() == 400);
  CHECK(m.s.ask("POST", "/api/reports", m.bob, R"({"loungeId":"none","targetId":"x","reason":"rude"})").status() ==
        404);
  CHECK(m.s.ask("GET", "/api/reports?loungeId=" + m.lounge, m.ann).status() == 200);
  CHECK(m.s.ask("GET", "/api/reports?loungeId=" + m.lounge, m.bob).status() == 403);
  CHECK(m.s.ask("GET", "/api/reports", m.ann).status() == 400);
}

TEST_CASE(
    "nobody's id is neither reported nor moderated; that of a guest without an account may have been somebody's") {
  moderated m;
  const auto ask = [&](const header_list& who, const std::string& path, const std::string& target) {
    return m.s.ask("POST", path, who,
                   R"({"loungeId":")" + m.lounge + R"(","action":"ban","targetId":")" + target +
                       R"(","reason":"rude"})");
  };
  const auto moderation = "/api/lounges/" + m.lounge + "/moderation";
  CHECK(ask(m.bob, "/api/reports", "u_nobody").text("code") == "user_not_found");
  CHECK(ask(m.ann, moderation, "u_nobody").text("code") == "target_not_found");
  for (const auto& target : {m.bob_id, std::string{"g_visitor"}}) CHECK(ask(m.ann, moderation, target).status() == 201);
  CHECK(ask(m.bob, "/api/reports", m.ann_in.text("id")).status() == 201);
  CHECK(ask(m.bob, "/api/reports", "g_visitor").status() == 201);
}

TEST_CASE("who is reported is not told by whom, also when they moderate; others who do are") {
  moderated m;
  report_row row;
  row.id = {"rp_1"}, row.reporter = {m.bob_id}, row.place = make_stream("lounge", m.lounge), row.reason = "rude";
  row.target = {"u_else"};
  auto about_ann = row;
  about_ann.id = {"rp_2"}, about_ann.target = {m.ann_in.text("id")};
  m.s.moderation.report_rows = {row, about_ann};
  const auto listed = m.s.ask("GET", "/api/reports?loungeId=" + m.lounge, m.ann);
  REQUIRE(listed.body.size() == 2);
  CHECK(listed.body[0]["reporterId"] == m.bob_id);
  CHECK_FALSE(listed.body[1].contains("reporterId"));
  CHECK(listed.body[1]["reason"] == "rude");
  CHECK(listed.response.body.find(m.bob_id) == listed.response.body.rfind(m.bob_id));
}

TEST_CASE("a flood of reports is refused with when to come back") {
  moderated m;
  answered last;
  for (int i = 0; i < 40 && last.status() != 429; ++i)
    last = m.s.ask("POST", "/api/reports", m.bob,
                   R"({"loungeId":")" + m.lounge + R"(","targetId":"g_)" + std::to_string(i) + R"(","reason":"rude"})");
  CHECK(last.status() == 429);
  CHECK_FALSE(last.header("Retry-After").empty());
}

TEST_CASE("a list shows a deleted message's place and nothing of what it said; members show role and mute") {
  moderated m;
  message_row row;
  row.id = {"m1"}, row.user = {"bob"}, row.text = "secret", row.reply_to = R"({"text":"secret"})", row.seq = 7;
  row.deleted_at = m.s.clock.at;
  m.s.reads.message_rows = {row};
  const auto listed = m.s.ask("GET", "/api/lounges/" + m.lounge + "/messages");
  REQUIRE(listed.status() == 200);
  CHECK(listed.body[0]["deleted"] == true);
  CHECK(listed.response.body.find("secret") == std::string::npos);
  lounge_member_row member;
  member.present = {{"s1"}, {"bob"}, "Bob", false, false, m.s.clock.at};
  member.muted = true;
  m.s.moderation.member_rows = {member};
  const auto members = m.s.ask("GET", "/api/lounges/" + m.lounge + "/members");
  CHECK(members.body[0]["role"] == "member");
  CHECK(members.body[0]["muted"] == true);
}
