#include "tests/simulation/machine/memory_read_store.hpp"

#include "tests/support/log/story.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <nlohmann/json.hpp>

namespace parley::simulation {
namespace {

using test::story;

/// A store over a log of a room with three messages, and its changes event by event.
struct stored {
  story told;
  read_tables tables;
  memory_read_store store{tables};

  stored() {
    told.open_room("r1", "Standup");
    for (int i = 0; i < 3; ++i) told.say("r1", "message " + std::to_string(i));
    REQUIRE(store.open().has_value());
  }

  change_set next() const {
    return fold(tables.checkpoint, told.log.read(tables.checkpoint, 1, 1 << 20).value()).value();
  }
  /// One transaction with the next event; says how it went.
  std::optional<errc> apply_next() {
    const auto changes = next();
    const auto begun = store.begin();
    if (!begun) return begun.error().code;
    if (const auto applied = store.apply(changes); !applied) return applied.error().code;
    const auto done = store.commit(changes.to);
    return done ? std::nullopt : std::optional{done.error().code};
  }
  std::vector<std::string> bodies() const {
    std::vector<std::string> all;
    for (const auto& [key, row] : tables.rows<message_line>()) all.push_back(row.body);
    return all;
  }
};

} // namespace

TEST_CASE("what a transaction writes is seen once it is committed") {
  stored s;
  const auto changes = s.next();
  REQUIRE(s.store.begin().value() == 0);
  REQUIRE(s.store.apply(changes).has_value());
  CHECK(s.tables == read_tables{});
  s.store.rollback();
  CHECK(s.tables == read_tables{});
  CHECK(s.apply_next() == std::nullopt);
  CHECK(s.tables.checkpoint == 1);
  CHECK(s.tables.rows<room_line>().at("r1").title == "Standup");
  CHECK(s.store.begin().value() == 1);
}

TEST_CASE("a transaction whose connection fails leaves nothing, and its store must be opened anew") {
  stored s;
  const auto f = GENERATE(store_fault::begin_fails, store_fault::apply_fails, store_fault::commit_not_taken,
                          store_fault::connection_lost);
  INFO(text_of(f));
  s.store.inject(f);
  CHECK(s.apply_next() == errc::unavailable);
  CHECK(s.store.count(f) == 1);
  CHECK(s.tables == read_tables{});
  CHECK(s.store.begin().error().code == errc::unavailable);
  REQUIRE(s.store.open().has_value());
  CHECK(s.apply_next() == std::nullopt);
  CHECK(s.tables.checkpoint == 1);
  CHECK(s.store.count(f) == 1);
}

TEST_CASE("a commit whose answer is lost took effect") {
  stored s;
  s.store.inject(store_fault::commit_taken);
  CHECK(s.apply_next() == errc::unavailable);
  CHECK(s.tables.checkpoint == 1);
  CHECK(s.tables.rows<room_line>().size() == 1);
  REQUIRE(s.store.open().has_value());
  CHECK(s.store.begin().value() == 1);
}

TEST_CASE("a connection can be lost at any call, and what was begun on it is gone") {
  stored s;
  const auto at = GENERATE(0, 1, 2, 3, 4);
  INFO("call " << at);
  const auto changes = s.next();
  const auto lost = [&s] { s.store.inject(store_fault::connection_lost); };
  if (at == 0) {
    lost();
    CHECK_FALSE(s.store.open().has_value());
  }
  if (at == 1) lost();
  const auto begun = s.store.begin();
  if (at == 2) lost();
  const auto applied = begun ? s.store.apply(changes) : result<void>{};
  if (at == 3) lost();
  const auto done = begun && applied && at != 4 ? s.store.commit(changes.to) : result<void>{};
  if (at == 4) {
    lost();
    s.store.rollback();
  }
  CHECK(begun.has_value() == (at > 1));
  CHECK(applied.has_value() == (at != 2));
  CHECK(done.has_value() == (at != 3));
  CHECK(s.store.count(store_fault::connection_lost) == 1);
  CHECK(s.store.begin().error().code == errc::unavailable);
  CHECK(s.tables == read_tables{});
}

TEST_CASE("a store that cannot be opened can be later") {
  stored s;
  s.store.inject(store_fault::open_fails);
  CHECK(s.store.open().error().code == errc::unavailable);
  CHECK(s.apply_next() == errc::unavailable);
  REQUIRE(s.store.open().has_value());
  CHECK(s.apply_next() == std::nullopt);
}

TEST_CASE("changes that are refused are refused always, and nothing of them is kept") {
  stored s;
  s.store.refuse([](const change_set& c) { return c.from == 2; });
  CHECK(s.apply_next() == std::nullopt);
  CHECK(s.apply_next() == std::nullopt);
  for (int again = 0; again < 2; ++again) {
    CHECK(s.apply_next() == errc::invalid);
    CHECK(s.bodies() == std::vector<std::string>{"message 0"});
    REQUIRE(s.store.open().has_value());
  }
}

TEST_CASE("an interrupted store fails from then on") {
  stored s;
  REQUIRE(s.store.begin().has_value());
  s.store.interrupt();
  CHECK(s.store.apply(s.next()).error().code == errc::unavailable);
  CHECK(s.store.open().error().code == errc::unavailable);
  CHECK(s.store.begin().error().code == errc::unavailable);
}

TEST_CASE("faults that are drawn follow from their seed, and each kind comes true") {
  const auto faults_of = [](std::uint64_t seed) {
    stored s;
    memory_read_store store{s.tables, seed};
    for (const auto f : all_store_faults) store.set_odds(f, 100);
    std::string trace;
    for (int i = 0; i < 500; ++i) {
      if (!store.open()) {
        trace += 'o';
        continue;
      }
      const auto from = s.tables.checkpoint;
      change_set nothing;
      nothing.from = nothing.to = from;
      const auto begun = store.begin();
      const auto applied = begun ? store.apply(nothing) : result<void>{fail(errc::unavailable)};
      const auto done = applied ? store.commit(from) : applied;
      trace += begun ? applied ? done ? '.' : 'c' : 'a' : 'b';
    }
    for (const auto f : all_store_faults) {
      INFO(text_of(f));
      CHECK(store.count(f) > 0);
    }
    return trace;
  };
  const auto first = faults_of(7);
  CHECK(faults_of(7) == first);
  CHECK(faults_of(8) != first);
}

TEST_CASE("a message of a room without history is dropped, also when the room came in an earlier batch") {
  story told;
  told.open_room("secret", "", "none");
  told.open_room("r1");
  told.say("secret", "not to be kept");
  told.say("r1", "kept");
  told.lounge("secret", events::message_sent{{"m"}, {"u"}, {"s"}, "Ada", "of a lounge", "", ""});
  for (const std::size_t batch : {1, 2, 100}) {
    const auto tables = fold_of(told.log, told.log.head(), batch).value();
    std::vector<std::string> bodies;
    for (const auto& [key, row] : tables.rows<message_line>()) bodies.push_back(row.body);
    CHECK(bodies == std::vector<std::string>{"of a lounge", "kept"});
  }
}

TEST_CASE("the first row that differs is named, with what it is in both") {
  stored s;
  const auto head = s.told.log.head();
  const auto whole = fold_of(s.told.log, head, 1).value();
  CHECK(whole == fold_of(s.told.log, head, 3).value());
  CHECK(first_difference(whole, fold_of(s.told.log, head, 3).value()).empty());
  CHECK(digest_of(whole) == digest_of(fold_of(s.told.log, head, 3).value()));

  auto changed = whole;
  changed.rows<message_line>().at({"room/r1", 3}).body = "forged";
  CHECK(changed != whole);
  CHECK(digest_of(changed) != digest_of(whole));
  const auto told = first_difference(whole, changed);
  CHECK(told.starts_with("messages: "));
  CHECK(told.find("message 1") != std::string::npos);
  CHECK(told.find("forged") != std::string::npos);

  auto less = whole;
  less.rows<room_line>().clear();
  CHECK(first_difference(whole, less).ends_with("against no row"));
  CHECK(first_difference(less, whole).starts_with("rooms: no row against "));

  auto behind = whole;
  --behind.events;
  CHECK(first_difference(whole, behind) == "checkpoint: position 4, 4 events against position 4, 3 events");
  CHECK(digest_of(behind) != digest_of(whole));
}

TEST_CASE("a fold that the log cannot give is refused") {
  stored s;
  CHECK(fold_of(s.told.log, s.told.log.head() + 1).error().code == errc::not_found);
}

} // namespace parley::simulation
