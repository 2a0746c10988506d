#include "projections/changes.hpp"
#include "projections/pg/parameters.hpp"
#include "projections/progress.hpp"
#include "projections/queries/cursor.hpp"

#include <catch2/catch_test_macros.hpp>

namespace parley::test {
namespace {

/// A record as the log would give it.
template <class Family>
record told(position p, const std::string& stream, version v, const Family& e) {
  std::string bytes;
  append_record(bytes, {stream}, v, p, encode(e), time_point{std::chrono::milliseconds{p}}, "u_1", "");
  return parse_record(bytes).value();
}

const events::room_event in = events::joined{{"u_1"}, {"s_1"}, true, false, 1, "Ada"};
const events::room_event out = events::left{{"u_1"}, {"s_1"}, true, 0, "left", "Ada"};
const events::room_event closed = events::room_closed{"closed-by-host", {"u_1"}};

} // namespace

TEST_CASE("who joins and leaves in one batch is deleted, who comes back is present") {
  const std::vector<record> gone{told(1, "room/r", 2, in), told(2, "room/r", 3, out)};
  const auto after_leaving = fold(0, gone).value();
  REQUIRE(after_leaving.members.rows.size() == 1);
  CHECK_FALSE(after_leaving.members.rows.begin()->second.has_value());

  auto again = gone;
  again.push_back(told(3, "room/r", 4, in));
  const auto back = fold(0, again).value();
  REQUIRE(back.members.rows.begin()->second.has_value());
  CHECK(back.members.rows.begin()->second->seq == 4);
  CHECK(back.rooms.rows.at({"r"}).version == 4);
}

TEST_CASE("closing a room forgets who joined in the same batch, and nobody in another room") {
  const std::vector<record> records{told(1, "room/r", 2, in), told(2, "room/q", 2, in), told(3, "room/r", 3, closed)};
  const auto changes = fold(0, records).value();
  CHECK(changes.members.emptied.contains({"room/r"}));
  REQUIRE(changes.members.rows.size() == 1);
  CHECK(changes.members.rows.begin()->first.first.text == "room/q");
}

TEST_CASE("a rename in the batch of the registration shows in the new row") {
  const events::account_event registered = events::registered{{"u"}, "u@example.org", "Ada", "hash"};
  const events::account_event renamed = events::renamed{"Ada L."};
  const auto changes =
      fold(0, std::vector{told(1, "account/u", 1, registered), told(2, "account/u", 2, renamed)}).value();
  const auto& row = changes.users.rows.at({"u"});
  CHECK(row.created.has_value());
  CHECK(row.name == "Ada L.");
  CHECK(row.version == 2);
}

TEST_CASE("a gap in the log is refused") {
  const auto refused = fold(0, std::vector{told(2, "room/r", 2, in)});
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == errc::corrupt);
}

TEST_CASE("a cursor comes back as it was, from its own list only") {
  const cursor c{42, "na|me \xC3\xA9", "u_1"};
  const auto text = encode_cursor("users|a", c);
  CHECK(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
        std::string::npos);
  CHECK(decode_cursor("users|a", text).value() == c);
  CHECK_FALSE(decode_cursor("users|b", text).has_value());
}

TEST_CASE("a cursor with any one character changed is refused") {
  const auto text = encode_cursor("messages", {7, "", ""});
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto forged = text;
    forged[i] = forged[i] == 'A' ? 'B' : 'A';
    INFO(forged);
    CHECK_FALSE(decode_cursor("messages", forged).has_value());
  }
}

TEST_CASE("a stored text has U+FFFD where it had a NUL") {
  CHECK(pg::storable(std::string_view{"\0a\0", 3}) == "\xEF\xBF\xBD"
                                                      "a\xEF\xBF\xBD");
  CHECK(pg::storable("").empty());
}

TEST_CASE("a waiter is called once its position is applied, a cancelled one never") {
  projection_progress progress;
  int called = 0, cancelled = 0;
  progress.when_applied(5, [&] { ++called; });
  const auto ticket = progress.when_applied(5, [&] { ++cancelled; });
  progress.cancel(ticket);
  progress.applied(4);
  CHECK(called == 0);
  progress.applied(6);
  progress.applied(7);
  CHECK(called == 1);
  CHECK(cancelled == 0);
  progress.when_applied(7, [&] { ++called; });
  CHECK(called == 2);
}

TEST_CASE("a room's last title and time stand beside its opening") {
  const events::room_event opened = events::room_opened{{"r"}, "R", {"u_h"}, "A", 10, {}, "kept", true};
  const events::room_event renamed = events::room_changed{"B", {}, {"u_h"}};
  const auto changes = fold(0, std::vector{told(1, "room/r", 1, opened), told(2, "room/r", 2, renamed)}).value();
  const auto& row = changes.rooms.rows.at({"r"});
  CHECK(row.made->event.title == "A");
  CHECK(row.changed->title == "B");
  CHECK(row.version == 2);
}

TEST_CASE("a mute and its end in one batch leave nothing in force, and the action stays") {
  events::moderation_action muted;
  muted.id = {"a1"}, muted.action = "mute", muted.by = {"mia"}, muted.target = {"bob"};
  const events::lounge_event acted = muted, over = events::moderation_expired{{"a1"}, "mute", {"bob"}};
  const auto changes = fold(0, std::vector{told(1, "lounge/l", 5, acted), told(2, "lounge/l", 6, over)}).value();
  REQUIRE(changes.moderation.restrictions.size() == 1);
  CHECK_FALSE(changes.moderation.restrictions.begin()->second.has_value());
  REQUIRE(changes.moderation.actions.size() == 1);
  CHECK(changes.moderation.actions.front().seq == 5);
}

TEST_CASE("a reversal that lifts nothing leaves what is in force") {
  const events::lounge_event reversed = events::moderation_reversed{{"a1"}, "mute", {"bob"}, {"ann"}, false, "x"};
  const auto changes = fold(0, std::vector{told(1, "lounge/l", 5, reversed)}).value();
  CHECK(changes.moderation.restrictions.empty());
  CHECK(changes.moderation.aftermaths.at({"a1"}).reversal.has_value());
}

TEST_CASE("who is online on which devices, and which of them are away, in the order of what happened") {
  const events::inbox_event came = events::joined{{"u"}, {"s_1"}, true, false, 2, "Ada"};
  const events::inbox_event went = events::left{{"u"}, {"s_1"}, false, 1, "left", "Ada"};
  const auto set = [](const char* session, bool away) {
    return events::inbox_event{events::status_set{{session}, away}};
  };
  const auto all = fold(0, std::vector{told(1, "inbox/u", 1, came), told(2, "inbox/u", 2, set("s_1", true)),
                                       told(3, "inbox/u", 3, set("s_2", false)),
                                       told(4, "inbox/u", 4, set("s_2", true)), told(5, "inbox/u", 5, went)})
                       .value();
  const auto& now = all.inboxes.presence.at({"u"});
  CHECK(now.sessions == 1);
  CHECK(now.away == std::map<session_id, bool>{{{"s_1"}, false}, {{"s_2"}, true}});
  CHECK(now.since == time_point{std::chrono::milliseconds{5}});

  const auto later = fold(5, std::vector{told(6, "inbox/u", 6, set("s_2", false))}).value();
  CHECK_FALSE(later.inboxes.presence.at({"u"}).sessions.has_value());
  CHECK(later.inboxes.presence.at({"u"}).since == time_point{std::chrono::milliseconds{6}});
}

} // namespace parley::test
