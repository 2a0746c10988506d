#include "actors/domain/people/account.hpp"
#include "actors/domain/rooms/room.hpp"
#include "tests/support/given_when_then.hpp"

using namespace parley;
using namespace parley::test;
using namespace std::chrono_literals;
using domain::room;

namespace {

const std::string sha(64, 'a');

events::room_opened opened(std::uint32_t capacity = 1000, bool guests = true) {
  return {{"r1"}, "R1", {"ann"}, "Talk", capacity, {}, "kept", guests};
}
events::room_opened opened_for(std::chrono::seconds lifetime) {
  auto e = opened();
  e.expires_at = noon + lifetime;
  return e;
}
events::joined joined(const std::string& user, const std::string& session, std::uint32_t n) {
  return {{user}, {session}, user == "ann", false, n, user};
}
events::left left(const std::string& user, const std::string& session, std::uint32_t n, std::string reason = "left") {
  return {{user}, {session}, user == "ann", n, std::move(reason), user};
}
room::open opening() {
  room::open c;
  c.id = {"r1"};
  c.display_id = "R1";
  c.title = " Talk ";
  return c;
}
room::join joining(bool open_if_absent = false) { return {{"r1"}, "R1", open_if_absent, {}}; }
room::relay offering(std::string to) { return {domain::relay_kind::offer, std::move(to), "{}", sha}; }
domain::context guest(std::string user, std::string session) {
  auto by = caller(std::move(user), std::move(session));
  by.guest = true;
  return by;
}
domain::context later(std::string user, std::string session, std::chrono::seconds by) {
  return caller(std::move(user), std::move(session), noon + by);
}
const room::send hello{{{"m1"}, "hello", {}, {}}};

} // namespace

TEST_CASE("a room opens with its expiry as a timer") {
  auto c = opening();
  c.lifetime = 60s;
  given<room>({})
      .when(c, caller("ann"))
      .then({opened_for(60s)})
      .sets(noon + 60s, "expiry")
      .timers(1)
      .answers(
          R"({"roomId":"r1","displayId":"R1","title":"Talk","startsAt":null,"hostId":"ann","isHost":true,"capacity":1000,"createdAt":"2027-01-15T08:00:00.000Z",)"
          R"("expiresAt":"2027-01-15T08:01:00.000Z","history":"kept","guests":true,"admission":"open","participantCount":0})");
}

TEST_CASE("opening a room again as its host with the same content changes nothing, also later") {
  auto c = opening();
  given<room>({opened()}).when(c, later("ann", "", 5s)).nothing();
  c.lifetime = 60s;
  given<room>({opened_for(60s)}).when(c, later("ann", "", 5s)).nothing();
}

TEST_CASE("a room that is there cannot be opened with other content or by somebody else") {
  given<room>({opened()}).when(opening(), caller("bob")).refused(errc::conflict);
  auto c = opening();
  c.capacity = 2;
  given<room>({opened()}).when(c, caller("ann")).refused(errc::conflict);
  c = opening();
  c.lifetime = 60s;
  given<room>({opened()}).when(c, caller("ann")).refused(errc::conflict);
}

TEST_CASE("a room refuses to open out of bounds") {
  const auto refused = [](auto change, errc code = errc::invalid) {
    auto c = opening();
    change(c);
    given<room>({}).when(c, caller("ann")).refused(code);
  };
  refused([](auto& c) { c.capacity = 0; });
  refused([](auto& c) { c.capacity = domain::room_capacity_max + 1; });
  refused([](auto& c) { c.lifetime = 0s; });
  refused([](auto& c) { c.lifetime = domain::room_lifetime_max + 1s; });
  refused([](auto& c) { c.history = "some"; });
  refused([](auto& c) { c.admission = "maybe"; });
  refused([](auto& c) { c.title = std::string(domain::title_bytes_max + 1, 'x'); });
  refused([](auto& c) { c.title = "\xff"; });
  refused([](auto& c) { c.id = {}; });
  refused([](auto& c) { c.id = {"R1"}; });
  refused([](auto& c) { c.id = {std::string(domain::place_id_bytes_max + 1, 'x')}; });
  refused([](auto& c) { c.display_id = std::string("r\0", 2); });
  given<room>({}).when(opening(), caller("")).refused(errc::unauthenticated);
}

TEST_CASE("a guest joins and speaks under the name it asks for, whoever has an account under its own") {
  auto as_ben = joining();
  as_ben.name = " Ben ";
  const events::joined guest_ben{{"gus"}, {"s2"}, false, true, 1, "Ben"};
  given<room>({opened()}).when(as_ben, guest("gus", "s2")).then({guest_ben});
  given<room>({opened(), guest_ben})
      .when(hello, guest("gus", "s2"))
      .then({events::message_sent{{"m1"}, {"gus"}, {"s2"}, "Ben", "hello", {}, {}}});
  given<room>({opened()})
      .when(joining(), guest("gus", "s2"))
      .then({events::joined{{"gus"}, {"s2"}, false, true, 1, "gus"}});
  given<room>({opened()}).when(as_ben, caller("ann", "s1")).then({joined("ann", "s1", 1)});
}

TEST_CASE("a join is answered with everybody present") {
  given<room>({opened()})
      .when(joining(), caller("ann", "s1"))
      .then({joined("ann", "s1", 1)})
      .answers(
          R"({"roomId":"r1","displayId":"R1","title":"Talk","startsAt":null,"hostId":"ann","isHost":true,"capacity":1000,"createdAt":"2027-01-15T08:00:00.000Z",)"
          R"("expiresAt":null,"history":"kept","guests":true,"admission":"open","participantCount":1,)"
          R"("users":[{"id":"s1","socketId":"s1","userId":"ann","username":"ann","name":"ann","isHost":true,"guest":false,)"
          R"("joinedAt":"2027-01-15T08:00:00.000Z","muted":false,"videoOff":false,"handRaised":false}],)"
          R"("participants":[{"id":"s1","socketId":"s1","userId":"ann","username":"ann","name":"ann","isHost":true,)"
          R"("guest":false,"joinedAt":"2027-01-15T08:00:00.000Z","muted":false,"videoOff":false,"handRaised":false}],"userId":"ann","sessionId":"s1","seq":2})");
}

TEST_CASE("an unknown room opens with its first join only where that is allowed") {
  given<room>({}).when(joining(), caller("ann", "s1")).refused(errc::room_not_found);
  auto e = opened();
  e.title.clear();
  given<room>({}).when(joining(true), caller("ann", "s1")).then({e, joined("ann", "s1", 1)}).timers(0);
}

TEST_CASE("a join needs a user and a session") {
  given<room>({opened()}).when(joining(), caller("", "s1")).refused(errc::unauthenticated);
  given<room>({opened()}).when(joining(), caller("ann")).refused(errc::invalid);
}

TEST_CASE("joining again changes nothing, even when the room is full") {
  given<room>({opened(1), joined("ann", "s1", 1)}).when(joining(), caller("ann", "s1")).nothing();
}

TEST_CASE("who returns is made a member of nothing; a member is answered as by any join") {
  auto returning = joining(true);
  returning.returning = true;
  const auto ann = caller("ann", "s1"), bob = caller("bob", "s2");
  const auto r = given<room>({opened(), joined("ann", "s1", 1)});
  r.when(returning, ann).nothing().answers(r.when(joining(), ann).reply());
  r.when(returning, bob).refused(errc::not_member);
  given<room>({opened(1), joined("ann", "s1", 1)}).when(returning, bob).refused(errc::not_member); // rather than full
  given<room>({opened(), joined("ann", "s1", 1), left("ann", "s1", 0)}).when(returning, ann).refused(errc::not_member);
  given<room>({opened(), events::room_closed{"expired", {}}}).when(returning, ann).refused(errc::room_expired);
  given<room>({}).when(returning, ann).refused(errc::room_not_found); // and it does not open
}

TEST_CASE("capacity counts sessions: the second of a user does not fit either") {
  const auto full = given<room>({opened(1), joined("ann", "s1", 1)});
  full.when(joining(), caller("bob", "s2")).refused(errc::room_full);
  full.when(joining(), caller("ann", "s2")).refused(errc::room_full);
  given<room>({opened(2), joined("ann", "s1", 1)}).when(joining(), caller("ann", "s2")).then({joined("ann", "s2", 2)});
}

TEST_CASE("guests stay out where they are not allowed, but for the host") {
  const auto closed_to_guests = given<room>({opened(5, false)});
  closed_to_guests.when(joining(), guest("eve", "s1")).refused(errc::guests_not_allowed);
  CHECK(closed_to_guests.when(joining(), guest("ann", "s1")).decision().events.size() == 1);
}

TEST_CASE("a guest's name is cleaned, falls back to the caller's and then to Guest") {
  const auto name_of = [](std::string asked, std::string own) {
    auto c = joining();
    c.name = std::move(asked);
    auto by = caller("bob", "s1");
    by.name = std::move(own);
    by.guest = true;
    return given<room>({opened()}).when(c, by).after().members.at({"s1"}).name;
  };
  CHECK(name_of("  B\x01o\u202Eb\n", "own") == "Bob");
  CHECK(name_of("\u200B ", "own") == "own");
  CHECK(name_of("", "\xff") == "Guest");
  CHECK(name_of("", "") == "Guest");
  auto c = joining();
  c.name = std::string(domain::name_bytes_max + 1, 'x');
  given<room>({opened()}).when(c, guest("bob", "s1")).refused(errc::invalid);
}

TEST_CASE("leaving is never refused, whatever became of the room") {
  given<room>({}).when(room::leave{}, caller("ann", "s1")).nothing().answers("{}");
  given<room>({opened()}).when(room::leave{}, caller("ann", "s1")).nothing();
  given<room>({opened(), events::room_closed{"expired", {}}}).when(room::leave{}, caller("ann", "s1")).nothing();
  given<room>({opened(), joined("ann", "s1", 1), joined("bob", "s2", 2)})
      .when(room::leave{"connection-lost"}, caller("bob", "s2"))
      .then({left("bob", "s2", 1, "connection-lost")})
      .answers(R"({"roomId":"r1"})");
}

TEST_CASE("only members speak") {
  const auto r = given<room>({opened(), joined("bob", "s2", 1)});
  for (const room::command& c :
       {room::command{hello}, room::command{offering("")}, room::command{room::typing{true}}}) {
    r.when(c, caller("ann", "s1")).refused(errc::not_member);
    given<room>({}).when(c, caller("ann", "s1")).refused(errc::room_not_found);
    given<room>({opened(), events::room_closed{"expired", {}}})
        .when(c, caller("bob", "s2"))
        .refused(errc::room_expired);
    given<room>({opened(), events::room_closed{"closed-by-host", {"ann"}}})
        .when(c, caller("bob", "s2"))
        .refused(errc::room_closed);
  }
  r.when(hello, caller("bob", "s2"))
      .then({events::message_sent{{"m1"}, {"bob"}, {"s2"}, "bob", "hello", {}, {}}})
      .answers(R"({"id":"m1","roomId":"r1","seq":3,"timestamp":"2027-01-15T08:00:00.000Z"})");
}

TEST_CASE("typing is a signal, not an event") {
  const auto d =
      given<room>({opened(), joined("bob", "s2", 1)}).when(room::typing{true}, caller("bob", "s2")).nothing();
  REQUIRE(d.decision().signals.size() == 1);
  CHECK(std::get<domain::typing_signal>(d.decision().signals[0]).is_typing);
}

TEST_CASE("an offer reaches a session, all sessions of a user, or everybody, and is logged without its body") {
  const auto r = given<room>({opened(), joined("ann", "s1", 1), joined("bob", "s2", 2), joined("bob", "s3", 3)});
  const auto sent = [](std::string to) { return events::offer_relayed{{"ann"}, {"s1"}, std::move(to), 2, sha}; };
  r.when(offering("s3"), caller("ann", "s1")).then({sent("s3")});
  r.when(offering("bob"), caller("ann", "s1")).then({sent("s2"), sent("s3")});
  const auto all = r.when(offering(""), caller("ann", "s1")).then({sent("")});
  REQUIRE(all.decision().signals.size() == 1);
  CHECK(std::get<domain::relay_signal>(all.decision().signals[0]).to.empty());
  r.when(offering("bob"), caller("bob", "s2")).then({events::offer_relayed{{"bob"}, {"s2"}, "s3", 2, sha}});
}

TEST_CASE("a candidate is relayed and not logged; an answer is logged") {
  const auto r = given<room>({opened(), joined("ann", "s1", 1), joined("bob", "s2", 2)});
  const auto d = r.when(room::relay{domain::relay_kind::candidate, "s2", "{}", {}}, caller("ann", "s1")).nothing();
  REQUIRE(d.decision().signals.size() == 1);
  CHECK(std::get<domain::relay_signal>(d.decision().signals[0]).to.text == "s2");
  r.when(room::relay{domain::relay_kind::answer, "s1", "{}", sha}, caller("bob", "s2"))
      .then({events::answer_relayed{{"bob"}, {"s2"}, "s1", 2, sha}});
}

TEST_CASE("a relay out of bounds or to nobody is refused") {
  std::vector<room::event> crowd{opened(), joined("ann", "s1", 1)};
  const auto r = given<room>(crowd);
  r.when(offering("s9"), caller("ann", "s1")).refused(errc::target_not_found);
  r.when(offering("s1"), caller("ann", "s1")).refused(errc::target_not_found);
  r.when(offering("ann"), caller("ann", "s1")).refused(errc::target_not_found);
  auto c = offering("");
  c.payload = std::string(domain::relay_bytes_max + 1, ' ');
  r.when(c, caller("ann", "s1")).refused(errc::too_large);
  c.payload = "\"\xff\"";
  r.when(c, caller("ann", "s1")).refused(errc::invalid);
  c.payload.clear();
  r.when(c, caller("ann", "s1")).refused(errc::invalid);
  c = offering("");
  c.sha256 = std::string(64, 'A');
  r.when(c, caller("ann", "s1")).refused(errc::invalid);
  for (std::uint32_t i = 0; i <= domain::relay_targets_max; ++i)
    crowd.emplace_back(joined("bob", "b" + std::to_string(i), i + 2));
  given<room>(crowd).when(offering("bob"), caller("ann", "s1")).refused(errc::conflict);
}

TEST_CASE("a signal for nobody in particular is for everybody, but for no crowd") {
  std::vector<room::event> present{opened(), joined("ann", "s1", 1)};
  for (std::uint32_t i = 0; i < domain::relay_targets_max; ++i)
    present.emplace_back(joined("bob", "b" + std::to_string(i), i + 2));
  CHECK(given<room>(present).when(offering(""), caller("ann", "s1")).decision().signals.size() == 1);
  present.emplace_back(joined("cem", "s2", domain::relay_targets_max + 2));
  given<room>(present).when(offering(""), caller("ann", "s1")).refused(errc::conflict);
  given<room>(present).when(offering("s2"), caller("ann", "s1"));
}

TEST_CASE("closing lets everybody go, one left each, and stops the timer") {
  const auto r = given<room>({opened_for(60s), joined("ann", "s1", 1), joined("bob", "s2", 2)});
  const auto d = r.when(room::close{}, caller("ann"))
                     .then({left("ann", "s1", 1, "room-closed"), left("bob", "s2", 0, "room-closed"),
                            events::room_closed{"closed-by-host", {"ann"}}})
                     .cancels(noon + 60s, "expiry");
  REQUIRE(d.decision().dismissed.size() == 2);
  CHECK(d.decision().dismissed[0].session.text == "s1");
  CHECK(d.decision().dismissed[1].session.text == "s2");
  r.when(room::close{}, caller("bob", "s2")).refused(errc::forbidden);
  r.when(room::close{}, caller("")).refused(errc::forbidden);
  given<room>({}).when(room::close{}, caller("ann")).refused(errc::room_not_found);
  given<room>({opened(), events::room_closed{"closed-by-host", {"ann"}}}).when(room::close{}, caller("ann")).nothing();
}

TEST_CASE("a closed room stays closed") {
  const auto closed = given<room>({opened(), events::room_closed{"closed-by-host", {"ann"}}});
  closed.when(joining(true), caller("ann", "s1")).refused(errc::room_closed);
  closed.when(opening(), caller("ann")).refused(errc::room_closed);
  closed.when(room::timer_fired{"expiry"}, caller("")).nothing();
}

TEST_CASE("who was present when a room closed, and asks to join it, is let go once more") {
  const auto closed =
      given<room>({opened(), joined("bob", "s2", 1), joined("cy", "s3", 2), left("cy", "s3", 1),
                   left("bob", "s2", 0, "room-closed"), events::room_closed{"closed-by-host", {"ann"}}});
  auto returning = joining();
  returning.returning = true;
  for (const auto& asked : {joining(), returning}) {
    const auto d = closed.when(asked, caller("bob", "s2")).nothing().and_refused(errc::room_closed);
    REQUIRE(d.decision().dismissed.size() == 1);
    CHECK(d.decision().dismissed[0].session.text == "s2");
    closed.when(asked, caller("cy", "s3")).refused(errc::room_closed); // had left before
    closed.when(asked, caller("dan", "s4")).refused(errc::room_closed);
  }
}

TEST_CASE("the expiry timer ends a room; other timers, and timers of rooms without expiry, do nothing") {
  const std::vector<room::event> end{left("bob", "s2", 0, "room-expired"), events::room_closed{"expired", {}}};
  const auto r = given<room>({opened_for(60s), joined("bob", "s2", 1)});
  r.when(room::timer_fired{"expiry"}, later("", "", 60s)).then(end);
  r.when(room::timer_fired{"expiry"}, later("", "", 59s)).then(end); // the clock was set back
  r.when(room::timer_fired{"grace"}, later("", "", 59s)).nothing();
  given<room>({opened()}).when(room::timer_fired{"expiry"}, caller("")).nothing();
}

TEST_CASE("a room past its time is over for every command, before its timer fired") {
  const auto r = given<room>({opened_for(60s), joined("bob", "s2", 1)});
  const std::vector<room::event> end{left("bob", "s2", 0, "room-expired"), events::room_closed{"expired", {}}};
  for (const room::command& c : {room::command{hello}, room::command{joining()}, room::command{opening()},
                                 room::command{offering("")}, room::command{room::typing{}}})
    r.when(c, later("bob", "s2", 60s)).then(end).and_refused(errc::room_expired).cancels(noon + 60s, "expiry");
  CHECK_FALSE(r.when(room::leave{}, later("bob", "s2", 60s)).then(end).decision().refused_with.has_value());
  CHECK_FALSE(r.when(room::close{}, later("ann", "", 60s)).then(end).decision().refused_with.has_value());
  r.when(room::close{}, later("bob", "s2", 60s)).then(end).and_refused(errc::room_expired);
}

TEST_CASE("a damaged snapshot of a room is corrupt, never an exception") {
  check_damage<room>(given<room>({opened_for(60s), joined("ann", "s1", 1), joined("bob", "s2", 2)}).state());
}
