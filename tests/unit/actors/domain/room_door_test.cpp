// A room that asks its host before it lets anybody in; and whom the host removes from any room.

#include "actors/domain/rooms/room.hpp"
#include "tests/support/given_when_then.hpp"

using namespace parley;
using namespace parley::test;
using namespace std::chrono_literals;
using domain::room;

namespace {

events::room_opened opened(std::string admission = "ask", std::uint32_t capacity = 1000) {
  return {{"r1"}, "R1", {"ann"}, "", capacity, {}, "kept", true, std::move(admission)};
}
events::joined joined(const std::string& user, const std::string& session, std::uint32_t n) {
  return {{user}, {session}, user == "ann", false, n, user};
}
events::left left(const std::string& user, const std::string& session, std::uint32_t n, std::string reason = "left") {
  return {{user}, {session}, user == "ann", n, std::move(reason), user};
}
events::knocked knocked(const std::string& user, const std::string& session) {
  return {{user}, {session}, {"ann"}, false, user};
}
events::knock_ended over(const std::string& user, const std::string& session, std::string reason) {
  return {{user}, {session}, {"ann"}, std::move(reason)};
}
const room::join joining{{"r1"}, "R1", false, {}};
const auto ann = caller("ann", "s1"), ben = caller("ben", "s2"), eve = caller("eve", "s3");
const auto ann_by_rest = caller("ann");

std::vector<std::string> told(const std::vector<domain::dismissal>& all) {
  std::vector<std::string> text;
  for (const auto& d : all) text.push_back(d.session.text + ' ' + d.reason);
  return text;
}
using lines = std::vector<std::string>;

} // namespace

TEST_CASE("who joins a room that asks waits, and is told nothing of it") {
  const auto r = given<room>({opened(), joined("ann", "s1", 1)});
  const auto waits = r.when(joining, ben).then({knocked("ben", "s2")}).answers(R"({"roomId":"r1","waiting":true})");
  CHECK(waits.after().members.size() == 1);
  CHECK(waits.decision().signals.empty());
}

TEST_CASE("the host of a room that asks does not") {
  given<room>({opened()}).when(joining, ann).then({joined("ann", "s1", 1)});
  given<room>({opened("open")}).when(joining, ben).then({joined("ben", "s2", 1)});
}

TEST_CASE("knocking again changes nothing, also for who comes back to wait") {
  const auto r = given<room>({opened(), knocked("ben", "s2")});
  auto returning = joining;
  returning.returning = true;
  for (const auto& c : {joining, returning}) r.when(c, ben).nothing().answers(R"({"roomId":"r1","waiting":true})");
  r.when(returning, eve).refused(errc::not_member);
}

TEST_CASE("so many wait at a door and no more") {
  std::vector<room::event> crowd{opened()};
  for (std::size_t i = 0; i < domain::room_waiting_max; ++i)
    crowd.emplace_back(knocked("u" + std::to_string(i), "w" + std::to_string(i)));
  given<room>(crowd).when(joining, ben).refused(errc::room_full);
  CHECK(given<room>(crowd).when(joining, ann).decision().events.size() == 1);
}

TEST_CASE("guests stay out where they are not allowed: they cannot even knock") {
  auto e = opened();
  e.guests = false;
  auto guest = ben;
  guest.guest = true;
  given<room>({e}).when(joining, guest).refused(errc::guests_not_allowed);
}

TEST_CASE("who waits does not speak, nor hear who is there") {
  const auto r = given<room>({opened(), joined("ann", "s1", 1), knocked("ben", "s2")});
  r.when(room::send{{{"m1"}, "hello", {}, {}}}, ben).refused(errc::not_member);
  r.when(room::typing{true}, ben).refused(errc::not_member);
  r.when(room::show_status{true, {}, {}}, ben).refused(errc::not_member);
  r.when(room::relay{domain::relay_kind::candidate, "s2", "{}", {}}, ann).refused(errc::target_not_found);
}

TEST_CASE("the host who comes late is told of everybody at the door") {
  const auto d = given<room>({opened(), knocked("ben", "s2")}).when(joining, ann).then({joined("ann", "s1", 1)});
  REQUIRE(d.decision().signals.size() == 1);
  const auto& knock = std::get<domain::knock_signal>(d.decision().signals[0]);
  CHECK(knock.session.text == "s2");
  CHECK(domain::directed_to(d.decision().signals[0])->text == "s1");
  CHECK(d.reply().find(R"("knocks":[{"userId":"ben","socketId":"s2","username":"ben","name":"ben","guest":false,)") !=
        std::string::npos);
}

TEST_CASE("nobody but the host is told who waits") {
  const auto r = given<room>({opened(), events::admitted{{"ben"}, {"ann"}}, knocked("eve", "s3")});
  const auto d = r.when(joining, ben).then({joined("ben", "s2", 1)});
  CHECK(d.decision().signals.empty());
  CHECK(d.reply().find("knocks") == std::string::npos);
}

TEST_CASE("the host lets a user in with every session that waits, by the user's name or a session's") {
  const auto r = given<room>({opened(), joined("ann", "s1", 1), knocked("ben", "s2"), knocked("ben", "s4")});
  for (const std::string target : {"ben", "s2", "s4"}) {
    const auto d = r.when(room::admit{target}, ann_by_rest)
                       .then({events::admitted{{"ben"}, {"ann"}}, joined("ben", "s2", 2), joined("ben", "s4", 3)})
                       .answers(R"({"roomId":"r1"})");
    CHECK(d.decision().admitted == std::vector<session_id>{{"s2"}, {"s4"}});
    CHECK(d.after().waiting.empty());
  }
}

TEST_CASE("who was let in comes again without knocking") {
  const auto r = given<room>({opened(), knocked("ben", "s2"), events::admitted{{"ben"}, {"ann"}},
                              joined("ben", "s2", 1), left("ben", "s2", 0)});
  r.when(joining, ben).then({joined("ben", "s2", 1)});
  r.when(room::admit{"ben"}, ann).nothing();
}

TEST_CASE("of the users let in the one let in longest ago is forgotten first") {
  std::vector<room::event> story{opened()};
  for (std::size_t i = 0; i <= domain::room_remembered_max; ++i)
    story.emplace_back(events::admitted{{"u" + std::to_string(i)}, {"ann"}});
  const auto r = given<room>(story);
  CHECK(r.state().admitted.size() == domain::room_remembered_max);
  r.when(joining, caller("u0", "s9")).then({knocked("u0", "s9")});
  r.when(joining, caller("u1", "s9")).then({joined("u1", "s9", 1)});
}

TEST_CASE("nobody is let in beyond the room's capacity: all sessions of a user or none") {
  const auto r = given<room>({opened("ask", 2), joined("ann", "s1", 1), knocked("ben", "s2"), knocked("ben", "s4")});
  r.when(room::admit{"ben"}, ann).refused(errc::room_full);
}

TEST_CASE("who is denied waits no more, is told so, and may knock again") {
  const auto r = given<room>({opened(), knocked("ben", "s2"), knocked("ben", "s4"), knocked("eve", "s3")});
  const auto d = r.when(room::deny{"s2"}, ann).then({over("ben", "s2", "denied"), over("ben", "s4", "denied")});
  CHECK(told(d.decision().dismissed) == lines{"s2 denied", "s4 denied"});
  given<room>({opened(), knocked("ben", "s2"), over("ben", "s2", "denied")})
      .when(joining, ben)
      .then({knocked("ben", "s2")});
}

TEST_CASE("a wait ends when its session goes, for the session's reason") {
  const auto r = given<room>({opened(), knocked("ben", "s2")});
  r.when(room::leave{"connection-lost"}, ben).then({over("ben", "s2", "connection-lost")});
  r.when(room::leave{}, eve).nothing();
}

TEST_CASE("a wait ends with the room") {
  const auto d = given<room>({opened(), joined("ann", "s1", 1), knocked("ben", "s2")})
                     .when(room::close{}, ann)
                     .then({left("ann", "s1", 0, "room-closed"), over("ben", "s2", "room-closed"),
                            events::room_closed{"closed-by-host", {"ann"}}});
  CHECK(told(d.decision().dismissed) == lines{"s1 room-closed", "s2 room-closed"});
}

TEST_CASE("who is removed leaves with every session, here and at the door, and does not come in again") {
  const auto r = given<room>(
      {opened(), joined("ann", "s1", 1), joined("ben", "s2", 2), joined("ben", "s4", 3), knocked("ben", "s5")});
  for (const std::string target : {"ben", "s4", "s5"}) {
    const auto d =
        r.when(room::kick{target}, ann)
            .then({left("ben", "s2", 2, "kicked"), left("ben", "s4", 1, "kicked"), over("ben", "s5", "kicked")});
    CHECK(told(d.decision().dismissed) == lines{"s2 kicked", "s4 kicked", "s5 kicked"});
    CHECK(d.after().removed.contains({"ben"}));
  }
  given<room>({opened(), joined("ben", "s2", 1), left("ben", "s2", 0, "kicked")})
      .when(joining, ben)
      .refused(errc::forbidden);
  given<room>({opened("open"), joined("ben", "s2", 1), left("ben", "s2", 0, "kicked")})
      .when(joining, caller("ben", "s9"))
      .refused(errc::forbidden);
  given<room>({opened(), knocked("ben", "s2"), over("ben", "s2", "kicked")})
      .when(joining, ben)
      .refused(errc::forbidden);
}

TEST_CASE("who was let in and then removed is let in no more; and the host can let in whom they removed") {
  const std::vector<room::event> gone{opened(), events::admitted{{"ben"}, {"ann"}}, joined("ben", "s2", 1),
                                      left("ben", "s2", 0, "kicked")};
  given<room>(gone).when(joining, ben).refused(errc::forbidden);
  auto back = gone;
  back.emplace_back(events::admitted{{"ben"}, {"ann"}});
  given<room>(gone).when(room::admit{"ben"}, ann).then({events::admitted{{"ben"}, {"ann"}}});
  given<room>(back).when(joining, ben).then({joined("ben", "s2", 1)});
}

TEST_CASE("who may join a room may look into it, and a look changes nothing") {
  auto gus = caller("gus");
  gus.guest = true;
  const auto nobody = caller(""), ben_by_rest = caller("ben");
  const auto r = given<room>({opened("open"), joined("ann", "s1", 1)});
  for (const auto& by : {ann_by_rest, ben_by_rest, gus, nobody}) r.when(room::look{}, by).nothing();
  given<room>({}).when(room::look{}, ann_by_rest).refused(errc::room_not_found);

  auto without_guests = opened("open");
  without_guests.guests = false;
  const auto w = given<room>({without_guests});
  for (const auto& by : {ann_by_rest, ben_by_rest}) w.when(room::look{}, by).nothing();
  w.when(room::look{}, gus).refused(errc::guests_not_allowed);
  w.when(room::look{}, nobody).refused(errc::unauthenticated);
  without_guests.host = {"gus"};
  given<room>({without_guests}).when(room::look{}, gus).nothing();
}

TEST_CASE("whom the host removed looks into no room, also one that is over") {
  const auto ben_by_rest = caller("ben");
  const events::room_closed closed{"closed-by-host", {"ann"}};
  for (const std::string admission : {"open", "ask"}) {
    std::vector<room::event> story{opened(admission), events::admitted{{"ben"}, {"ann"}}, joined("ben", "s2", 1)};
    given<room>(story).when(room::look{}, ben_by_rest).nothing();
    story.emplace_back(left("ben", "s2", 0, "kicked"));
    given<room>(story).when(room::look{}, ben_by_rest).refused(errc::forbidden);
    auto back = story;
    back.emplace_back(events::admitted{{"ben"}, {"ann"}});
    given<room>(back).when(room::look{}, ben_by_rest).nothing();
    story.emplace_back(closed);
    given<room>(story).when(room::look{}, ben_by_rest).refused(errc::forbidden);
    given<room>(story).when(room::look{}, ann_by_rest).nothing();
  }
}

TEST_CASE("nobody looks into a room that somebody was removed from: they would look without their token") {
  const auto nobody = caller("");
  std::vector<room::event> story{opened("open"), joined("ben", "s2", 1)};
  given<room>(story).when(room::look{}, nobody).nothing();
  story.emplace_back(left("ben", "s2", 0, "kicked"));
  given<room>(story).when(room::look{}, nobody).refused(errc::unauthenticated);
  given<room>(story).when(room::look{}, caller("eve")).nothing();
  story.emplace_back(events::admitted{{"ben"}, {"ann"}});
  given<room>(story).when(room::look{}, nobody).nothing();
}

TEST_CASE("who may look knows what was said up to now, who was removed up to their removal") {
  std::vector<room::event> story{opened("open"), joined("ben", "s2", 1)};
  given<room>(story).when(room::look_back{}, caller("ben")).nothing().answers(R"({"roomId":"r1","seq":2})");
  story.emplace_back(left("ben", "s2", 0, "kicked"));
  story.emplace_back(joined("ann", "s1", 1));
  given<room>(story).when(room::look_back{}, caller("ben")).nothing().answers(R"({"roomId":"r1","seq":3})");
  given<room>(story).when(room::look_back{}, caller("eve")).nothing().answers(R"({"roomId":"r1","seq":4})");
  given<room>(story).when(room::look_back{}, caller("")).refused(errc::unauthenticated);
  given<room>({opened()}).when(room::look_back{}, caller("ben")).refused(errc::not_member);
  given<room>({}).when(room::look_back{}, caller("ben")).refused(errc::room_not_found);
}

TEST_CASE("into a room that asks look the host, whom the host let in, and who is there") {
  const auto ben_by_rest = caller("ben");
  std::vector<room::event> story{opened(), knocked("ben", "s2")};
  given<room>(story).when(room::look{}, ann_by_rest).nothing();
  given<room>(story).when(room::look{}, ben).refused(errc::not_member);
  given<room>(story).when(room::look{}, caller("")).refused(errc::unauthenticated);
  story.emplace_back(events::admitted{{"ben"}, {"ann"}});
  given<room>(story).when(room::look{}, ben_by_rest).nothing();
  // So many were let in since that the room does not remember it; who is there was let in all the same.
  story.emplace_back(joined("ben", "s2", 1));
  for (std::size_t i = 0; i < domain::room_remembered_max; ++i)
    story.emplace_back(events::admitted{{"u" + std::to_string(i)}, {"ann"}});
  given<room>(story).when(room::look{}, ben_by_rest).nothing();
  story.emplace_back(left("ben", "s2", 0));
  given<room>(story).when(room::look{}, ben_by_rest).refused(errc::not_member);
}

TEST_CASE("a look does not end a room whose time is over, nor does a full one refuse it") {
  auto short_lived = opened("open", 1);
  short_lived.expires_at = noon;
  const auto r = given<room>({short_lived, joined("ann", "s1", 1)});
  for (const room::command& c : {room::command{room::look{}}, room::command{room::look_back{}}})
    r.when(c, caller("ben")).nothing();
}

TEST_CASE("a room remembers so many it removed and no more") {
  std::vector<room::event> story{opened("open")};
  for (std::size_t i = 0; i <= domain::room_remembered_max; ++i)
    story.emplace_back(left("u" + std::to_string(i), "s", 0, "kicked"));
  CHECK(given<room>(story).state().removed.size() == domain::room_remembered_max);
}

TEST_CASE("the host stays") {
  given<room>({opened(), joined("ann", "s1", 1)}).when(room::kick{"ann"}, ann).refused(errc::invalid);
}

TEST_CASE("only the host lets in, sends away, removes and changes") {
  const auto r = given<room>({opened(), joined("ann", "s1", 1), joined("ben", "s2", 2), knocked("eve", "s3")});
  for (const room::command& c : {room::command{room::admit{"eve"}}, room::command{room::deny{"eve"}},
                                 room::command{room::kick{"ann"}}, room::command{room::change{{"x"}, {}}}}) {
    r.when(c, ben).refused(errc::forbidden);
    r.when(c, eve).refused(errc::forbidden);
    r.when(c, caller("")).refused(errc::forbidden);
    given<room>({}).when(c, ann).refused(errc::room_not_found);
    given<room>({opened(), events::room_closed{"closed-by-host", {"ann"}}}).when(c, ann).refused(errc::room_closed);
  }
}

TEST_CASE("a target that the host's word does not concern is not found") {
  const auto r = given<room>({opened(), joined("ann", "s1", 1), joined("ben", "s2", 2)});
  for (const std::string target : {"eve", "s9", "", "ben"}) {
    r.when(room::admit{target}, ann).refused(errc::target_not_found);
    r.when(room::deny{target}, ann).refused(errc::target_not_found);
  }
  for (const std::string target : {"eve", "s9", ""}) r.when(room::kick{target}, ann).refused(errc::target_not_found);
}

TEST_CASE("the host changes title and time; what is not given stays, and what holds is no event") {
  auto planned = opened("open");
  planned.title = "Talk";
  planned.starts_at = noon;
  const auto r = given<room>({planned});
  r.when(room::change{{" Walk "}, {}}, ann_by_rest).then({events::room_changed{"Walk", noon, {"ann"}}});
  r.when(room::change{{}, noon + 60s}, ann_by_rest).then({events::room_changed{"Talk", noon + 60s, {"ann"}}});
  r.when(room::change{{}, {std::optional<time_point>{}}}, ann_by_rest)
      .then({events::room_changed{"Talk", {}, {"ann"}}});
  r.when(room::change{{"Talk"}, noon}, ann_by_rest).nothing();
  r.when(room::change{}, ann_by_rest).nothing();
  r.when(room::change{{std::string(domain::title_bytes_max + 1, 'x')}, {}}, ann_by_rest).refused(errc::invalid);
}

TEST_CASE("a room is not planned for what is over, but for a little: clocks differ") {
  room::open opening;
  opening.id = {"r1"};
  auto planned = opened("open");
  planned.display_id = "r1";
  planned.starts_at = opening.starts_at = noon - domain::start_past_max;
  given<room>({}).when(opening, ann_by_rest).then({planned});
  auto later = ann_by_rest;
  later.now += 1s;
  given<room>({}).when(opening, later).refused(errc::invalid);
  given<room>({planned}).when(opening, later).nothing(); // a repeat
  const auto r = given<room>({planned});
  r.when(room::change{{"Talk"}, opening.starts_at}, later)
      .then({events::room_changed{"Talk", opening.starts_at, {"ann"}}});
  r.when(room::change{{}, noon - domain::start_past_max - 1s}, ann_by_rest).refused(errc::invalid);
  r.when(room::change{{}, noon}, ann_by_rest).then({events::room_changed{"", noon, {"ann"}}});
}

TEST_CASE("a status is shown, not stored, and told to who joins late; what is not given stays as it was") {
  const auto r = given<room>({opened("open"), joined("ann", "s1", 1)});
  const auto d = r.when(room::show_status{true, {}, true}, ann).nothing();
  REQUIRE(d.decision().signals.size() == 1);
  CHECK(room::reply(d.after(), joining, ann, 2).find(R"("muted":true,"videoOff":false,"handRaised":true)") !=
        std::string::npos);
  CHECK_FALSE(room::may_rest(d.after()));
  auto later = d.after();
  room::heed(later, domain::status_signal{{"ann"}, {"s1"}, "ann", false, {}, {}});
  CHECK(later.members.at({"s1"}).status == domain::member_status{false, false, true});
  room::heed(later, domain::status_signal{{"eve"}, {"s9"}, "eve", true, {}, {}});
  room::evolve(later, left("ann", "s1", 0), noon);
  CHECK(room::may_rest(later));
  CHECK(room::restore(room::snapshot(d.after()))->members.at({"s1"}).status == domain::member_status{});
  r.when(room::show_status{}, ann).refused(errc::invalid);
}

TEST_CASE("a reaction is a few bytes of text, shown and not stored") {
  const auto r = given<room>({opened("open"), joined("ann", "s1", 1)});
  const auto d = r.when(room::react{"👍"}, ann).nothing();
  REQUIRE(d.decision().signals.size() == 1);
  CHECK(std::get<domain::reaction_signal>(d.decision().signals[0]).emoji == "👍");
  for (const std::string& bad :
       {std::string{}, std::string(domain::emoji_bytes_max + 1, 'x'), std::string{"\xff"}, std::string("a\0b", 3)})
    r.when(room::react{bad}, ann).refused(errc::invalid);
  r.when(room::react{"👍"}, ben).refused(errc::not_member);
}

TEST_CASE("a damaged snapshot of a room with a door is corrupt, never an exception") {
  check_damage<room>(
      given<room>({opened(), joined("ann", "s1", 1), knocked("ben", "s2"), events::admitted{{"eve"}, {"ann"}},
                   knocked("joe", "s4"), over("joe", "s4", "kicked")})
          .state());
}
