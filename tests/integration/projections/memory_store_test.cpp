// The simulation's store and PostgreSQL are told the same, batch by batch, and must hold the same rows: else what the
// simulation proves would be about another database.

#include "tests/integration/projections/any_market_events.hpp"
#include "tests/integration/projections/story.hpp"
#include "tests/simulation/machine/memory_read_store.hpp"
#include "tests/support/seeded.hpp"

#include <nlohmann/json.hpp>

namespace parley::test {
namespace {

using simulation::memory_read_store;
using simulation::read_tables;

/// All rows as PostgreSQL holds them, in the form of simulation::to_json. Its columns are asked for by nobody, so that
/// one that only the schema has is seen here.
nlohmann::json rows_of(const test_database& database) {
  nlohmann::json found;
  for (const auto& [table, order] :
       std::vector<std::pair<std::string, std::string>>{{"users", "id"},
                                                        {"logins", "user_id, id"},
                                                        {"sessions", "id"},
                                                        {"rooms", "id"},
                                                        {"lounges", "id"},
                                                        {"members", "place, session_id"},
                                                        {"messages", "place, seq"},
                                                        {"lounge_moderators", "lounge, user_id"},
                                                        {"lounge_restrictions", "lounge, user_id, kind"},
                                                        {"moderation_actions", "id"},
                                                        {"message_deletions", "place, seq"},
                                                        {"reports", "id"},
                                                        {"conversations", "id"},
                                                        {"conversation_marks", "conversation, user_id"},
                                                        {"blocks", "conversation, by_user"},
                                                        {"calls", "id"},
                                                        {"notifications", "user_id, id"},
                                                        {"presence", "user_id"},
                                                        {"accounts", "account, currency"},
                                                        {"entries", "position, side"},
                                                        {"holds", "transfer_id"},
                                                        {"listings", "id"},
                                                        {"purchases", "id"},
                                                        {"services", "id"},
                                                        {"bookings", "id"},
                                                        {"reviews", "id"}}) {
    found[table] = nlohmann::json::parse(
        ask(database, "SELECT coalesce(json_agg(row_to_json(t) ORDER BY " + order + "), '[]') FROM " + table + " t"));
    for (auto& row : found[table]) {
      row.erase("sought");                      // made of the others by PostgreSQL itself
      for (auto& [column, value] : row.items()) // timestamps only: no other column's name ends so
        if ((column.ends_with("_at") || column == "grace_until" || column == "until" || column == "since") &&
            value.is_string())
          value = to_iso8601(parse_iso8601(value.get<std::string>()).value());
    }
  }
  return found;
}

/// Events in any order, of few entities, so that they meet: of streams that were never begun, begun twice, closed and
/// opened again, with texts that are hard to keep.
class any_events {
public:
  explicit any_events(std::uint64_t seed)
    : random_{seed} {}

  /// The next `n`, with positions that follow `from`.
  std::vector<record> next(position from, std::size_t n) {
    std::vector<record> all;
    while (all.size() < n) all.push_back(one(from + all.size() + 1));
    return all;
  }

private:
  static constexpr std::size_t entities = 4;

  record one(position p) {
    const auto some = [this](const std::string& kind) { return name(kind); };
    const auto words = [this] { return text(); };
    switch (random_.below(11)) {
    case 10: return told(p, "inbox/" + name("u"), inbox());
    case 9: return told(p, "reports/" + name("u"), report());
    case 4:
      return told(p, random_.one_in(2) ? "ledger/EUR" : "ledger/USD",
                  any_ledger_event(random_, some, words, [this] { return time(); }));
    case 5: return told(p, "listing/" + name("ls"), any_listing_event(random_, some, words));
    case 7: return told(p, "service/" + name("v"), service());
    case 8: return told(p, "calendar/" + name("u"), calendar());
    case 0: return told(p, "account/" + name("u"), account());
    case 1: return told(p, "session/" + name("s"), session());
    case 2: return told(p, "lounge/" + name("r"), lounge());
    default: return told(p, "room/" + name("r"), room());
    }
  }

  events::account_event account() {
    switch (random_.below(6)) {
    case 0: return events::registered{{"u"}, text(), text(), "hash"};
    case 1: return events::guest_registered{{"u"}, text()};
    case 2: return events::renamed{text()};
    case 3: return events::login_opened{{name("l")}, time(), text()};
    case 4: return events::login_refreshed{{name("l")}, 2, time()};
    default: return events::login_revoked{{name("l")}, "logout"};
    }
  }
  events::session_event session() {
    switch (random_.below(6)) {
    case 0: return events::session_opened{{"s"}, {name("u")}, {text()}, random_.one_in(2), text()};
    case 1: return events::entered{{"room/r0"}};
    case 2: return events::exited{{"room/r0"}};
    case 3: return events::disconnected{text(), time()};
    case 4: return events::resumed{};
    default: return events::session_closed{text()};
    }
  }
  events::joined joined() { return {{name("u")}, {name("s")}, random_.one_in(2), random_.one_in(2), number(), text()}; }
  events::left left() {
    return {{name("u")}, {name("s")}, false, number(), random_.one_in(2) ? "kicked" : "left", text()};
  }
  events::message_sent message() { return {{name("m")}, {name("u")}, {name("s")}, text(), text(), text(), text()}; }
  events::room_event room() {
    switch (random_.below(12)) {
    case 0:
      return events::room_opened{{"r"},
                                 text(),
                                 {name("u")},
                                 text(),
                                 number(),
                                 some_time(),
                                 random_.one_in(2) ? "none" : "kept",
                                 random_.one_in(2),
                                 random_.one_in(2) ? "ask" : "open",
                                 some_time()};
    case 8: return events::room_changed{text(), some_time(), {name("u")}};
    case 9: return events::knocked{{name("u")}, {name("s")}, {name("u")}, random_.one_in(2), text()};
    case 10: return events::admitted{{name("u")}, {name("u")}};
    case 11: return events::knock_ended{{name("u")}, {name("s")}, {}, random_.one_in(2) ? "kicked" : "denied"};
    case 1:
    case 2: return joined();
    case 3: return left();
    case 4: return events::room_closed{text(), {}};
    case 5: return events::offer_relayed{{"u"}, {"s"}, "", 1, "00"};
    default: return message();
    }
  }
  events::reports_event report() {
    return events::report_filed{{name("rp")}, {name("u")}, {"lounge/r0"}, {name("u")}, {text()}, 7, text(), text()};
  }
  events::moderation_action action() {
    events::moderation_action e;
    e.id = {name("a")};
    e.action = std::array{"mute", "ban", "unmute", "unban", "warn"}[random_.below(5)];
    e.by = {name("u")};
    e.target = {name("u")};
    e.rule = text();
    e.message = {text()};
    e.message_seq = random_.below(9);
    e.until = some_time();
    e.reason = text();
    e.sha256 = text();
    return e;
  }
  events::lounge_event lounge() {
    switch (random_.below(14)) {
    case 6: return events::lounge_changed{{name("u")}, text(), text(), number()};
    case 7: return events::role_changed{{name("u")}, random_.one_in(2) ? "moderator" : "member", {name("u")}};
    case 8:
    case 9: return action();
    case 10: return events::moderation_expired{{name("a")}, random_.one_in(2) ? "mute" : "ban", {name("u")}};
    case 11: return events::moderation_appealed{{name("a")}, {name("u")}, text()};
    case 12:
      return events::moderation_reversed{
          {name("a")}, random_.one_in(2) ? "mute" : "ban", {name("u")}, {name("u")}, random_.one_in(2), text()};
    case 13: return events::message_deleted{{name("m")}, 1 + random_.below(40), {name("u")}, {name("a")}};
    case 0: return events::lounge_created{{"r"}, {name("u")}, text(), text()};
    case 1:
    case 2: return joined();
    case 3: return left();
    default: return message();
    }
  }

  events::inbox_event inbox() {
    switch (random_.below(7)) {
    case 0: return events::notified{{name("n")}, text(), text(), text(), text()};
    case 1: return events::notification_read{{name("n")}};
    case 2: return joined();
    case 3: return left();
    default: return events::status_set{{name("s")}, random_.one_in(2)};
    }
  }

  events::service_terms terms() {
    return {text(), text(), text(), number(), text(), number(), number(), number(), random_.one_in(2)};
  }
  events::service_event service() {
    switch (random_.below(4)) {
    case 0: return events::service_offered{terms(), {"v"}, {name("u")}};
    case 1: return events::service_revised{terms()};
    case 2: return events::availability_set{{"u"}, text()};
    default: return events::service_retired{{"u"}};
    }
  }
  events::booking booking() {
    return {
        {name("b")}, {name("u")}, {name("u")}, {name("v")}, text(),
        time(),      time(),      number(),    text(),      number(),
        number(),    text(),      text(),      number(),    random_.one_in(2) ? std::optional{time()} : std::nullopt,
        time(),      text(),      text()};
  }
  events::calendar_event calendar() {
    switch (random_.below(6)) {
    case 0: return events::booking_requested{booking()};
    case 1: return events::booking_changed{booking(), text(), {"u"}, text()};
    case 2: return events::booking_settled{booking()};
    case 3: return events::review_replied{{name("w")}, {"b"}, {"v"}, {"u"}, {"u"}, text()};
    default: return events::review_written{{name("w")}, {name("b")}, {name("v")}, {"u"}, {"u"}, 5, text(), text()};
    }
  }

  /// A record as the log would give it, but for its version: some are there already.
  template <class Family>
  record told(position p, const std::string& stream, const Family& e) {
    std::string bytes;
    append_record(bytes, {stream}, 1 + random_.below(40), p, encode(e), time(), "u_1", "");
    return parse_record(bytes).value();
  }

  std::string name(const std::string& kind) { return kind + std::to_string(random_.below(entities)); }
  std::uint32_t number() { return static_cast<std::uint32_t>(random_.next()); }
  time_point time() { return noon + std::chrono::milliseconds{random_.below(100'000'000)}; }
  std::optional<time_point> some_time() { return random_.one_in(2) ? std::optional{time()} : std::nullopt; }
  std::string text() {
    static const std::vector<std::string> texts{"",
                                                "plain",
                                                "a 'quoted' \"one\" \\ $1",
                                                "{NULL,\"x\"}",
                                                "two\nlines\t\r",
                                                "\xF0\x9F\x98\x80 \xC3\xA9",
                                                "\x01?",
                                                " spaces ",
                                                std::string{"a\0b\0", 4},
                                                "none",
                                                "kept"};
    return texts[random_.below(texts.size())];
  }

  seeded random_;
};

struct both_stores {
  test_database database;
  pg::store real{to(database)};
  read_tables tables;
  memory_read_store fake{tables};

  both_stores() {
    REQUIRE(real.open().has_value());
    REQUIRE(fake.open().has_value());
  }
  void tell(const change_set& changes) {
    for (read_store* store : {static_cast<read_store*>(&real), static_cast<read_store*>(&fake)}) {
      REQUIRE(store->begin().value() == changes.from);
      REQUIRE(store->apply(changes).has_value());
      REQUIRE(store->commit(changes.to).has_value());
    }
  }
  void compare() const {
    const auto expected = rows_of(database), found = to_json(tables);
    INFO("in memory against PostgreSQL: " << nlohmann::json::diff(expected, found).dump(2));
    CHECK((expected == found));
    CHECK(ask(database, "SELECT position || ' ' || events FROM checkpoint") ==
          std::to_string(tables.checkpoint) + " " + std::to_string(tables.events));
  }
};

} // namespace

TEST_CASE("the store in memory holds what PostgreSQL holds, whatever the events and the size of the batches") {
  std::set<std::string> filled; // tables that ever had a row to compare
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    INFO("seed " << seed);
    both_stores stores;
    any_events any{seed};
    seeded sizes{seed};
    for (int batch = 0; batch < 30; ++batch) {
      stores.tell(fold(stores.tables.checkpoint, any.next(stores.tables.checkpoint, 1 + sizes.below(12))).value());
      stores.compare();
    }
    const auto held = to_json(stores.tables);
    for (const auto& [table, rows] : held.items())
      if (!rows.empty()) filled.insert(table);
  }
  CHECK(filled.size() == 22);
}

TEST_CASE("a transaction that is rolled back leaves nothing in either store") {
  both_stores stores;
  any_events any{1};
  stores.tell(fold(0, any.next(0, 50)).value());
  const auto before = stores.tables;
  const auto changes = fold(50, any.next(50, 50)).value();
  for (read_store* store : {static_cast<read_store*>(&stores.real), static_cast<read_store*>(&stores.fake)}) {
    REQUIRE(store->begin().value() == 50);
    REQUIRE(store->apply(changes).has_value());
    store->rollback();
    REQUIRE(store->open().has_value());
  }
  CHECK(stores.tables == before);
  stores.compare();
  stores.tell(changes);
  stores.compare();
}

} // namespace parley::test
