// Looking at a log from outside: beside its owner, and when it is damaged.

#include "events/log/directory_storage.hpp"
#include "events/log/keys.hpp"
#include "events/log/rocksdb_store.hpp"
#include "events/log/verify.hpp"
#include "tests/support/log/requests.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <set>

using namespace parley;
using namespace parley::test;
using Catch::Matchers::ContainsSubstring;

namespace {

const stream_id lobby{"room/lobby"}, other{"room/other"};
const system_clock_source machine_clock;
constexpr std::size_t no_limit = 1'000'000;

std::unique_ptr<stored_log> open_log(const temporary_directory& directory) {
  auto opened = open_log_in(directory.path());
  REQUIRE(opened.has_value());
  return std::move(*opened);
}

verification verified(const temporary_directory& directory) {
  auto found = verify_log(directory.path(), {});
  INFO((found ? std::string{} : found.error().message));
  REQUIRE(found.has_value());
  return std::move(*found);
}

/// One record, and another behind it in the next write-ahead file: the outcomes are moved out of the first, the record
/// is not.
void write_into_two_files(stored_log& log) {
  auto first = request({messages(lobby, 0)});
  first.outcome = command_outcome{"u_1|k", "f", "{}", 0, 1, time_point::max()};
  REQUIRE(append(log, std::move(first)));
  REQUIRE(log.forget_expired());
  REQUIRE(append(log, lobby, 1));
}

/// Tables whose records are missing until it has caught up `after` times, as those of a follower are while the owner
/// moves them.
class late_store final : public store {
public:
  late_store(std::unique_ptr<store> inner, int after)
    : inner_{std::move(inner)}
    , left_{after} {}
  std::unique_ptr<batch> new_batch() override { return inner_->new_batch(); }
  result<std::optional<std::string>> get(table t, std::string_view key) const override { return inner_->get(t, key); }
  std::unique_ptr<cursor> scan(table t) const override {
    return inner_->scan(t == table::log && left_ > 0 ? table::snapshots : t); // which is empty
  }
  result<void> compact(table t) override { return inner_->compact(t); }
  result<void> catch_up() override {
    if (--left_ % 2 == 1) return fail(errc::log_unavailable, "a file is gone");
    return {};
  }

private:
  std::unique_ptr<store> inner_;
  int left_;
};

/// Writes into the tables behind the log's back.
template <class Change>
void damage_tables(const temporary_directory& directory, Change change) {
  auto tables = open_rocksdb_store(directory.path() + "/rocksdb", store::access::write, machine_clock);
  REQUIRE(tables.has_value());
  const auto batch = (*tables)->new_batch();
  change(**tables, *batch);
  REQUIRE(batch->write());
}

} // namespace

TEST_CASE("a sound log verifies, also while its owner writes") {
  const temporary_directory directory;
  const auto log = open_log(directory);
  REQUIRE(append(*log, request({messages(lobby, 0, 3), messages(other, 0, 2)})));
  const auto found = verified(directory);
  CHECK(found.damages.empty());
  CHECK((found.head == 5 && found.records == 5 && found.streams == 2));
  REQUIRE(append(*log, lobby, 3));
  CHECK(verified(directory).head == 6);
}

TEST_CASE("a log is looked at while its owner has begun another write-ahead file, and needs the one before") {
  const temporary_directory directory;
  const auto log = open_log(directory);
  write_into_two_files(*log);
  const auto found = verified(directory);
  CHECK(found.damages.empty());
  CHECK(found.head == 2);
  const auto following = log_view::open(directory.path(), log_view::kind::following);
  REQUIRE(following.has_value());
  CHECK(following->head() == 2);
}

TEST_CASE("a write-ahead file that is gone is damage") {
  const temporary_directory directory;
  write_into_two_files(*open_log(directory));
  const std::filesystem::path tables = directory.path() + "/rocksdb";
  std::set<std::filesystem::path> write_ahead;
  for (const auto& entry : std::filesystem::directory_iterator{tables})
    if (entry.path().extension() == ".log") write_ahead.insert(entry.path());
  REQUIRE(write_ahead.size() == 2);
  std::filesystem::remove(*write_ahead.begin());
  const auto found = verified(directory);
  REQUIRE_FALSE(found.damages.empty());
  CHECK_THAT(found.damages.front().what, ContainsSubstring("Missing WAL"));
}

TEST_CASE("a log of a newer format is not taken for a damaged one") {
  const temporary_directory directory;
  REQUIRE(append(*open_log(directory), lobby, 0));
  damage_tables(directory, [](const store&, store::batch& b) {
    b.put(table::meta, keys::format, keys::number(keys::format_version + 1));
  });
  const auto found = verify_log(directory.path(), {});
  REQUIRE_FALSE(found.has_value());
  CHECK(found.error().code == errc::precondition_failed);
  const auto opened = open_log_in(directory.path());
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().code == errc::precondition_failed);
  CHECK_THAT(opened.error().message, ContainsSubstring("run the version that wrote it"));
  CHECK_THAT(opened.error().message, !ContainsSubstring("backup"));
}

TEST_CASE("a format that is no number is damage") {
  const temporary_directory directory;
  REQUIRE(append(*open_log(directory), lobby, 0));
  damage_tables(directory, [](const store&, store::batch& b) { b.put(table::meta, keys::format, "1"); });
  REQUIRE_FALSE(verified(directory).damages.empty());
}

TEST_CASE("no log is told from a damaged one") {
  const temporary_directory directory;
  CHECK(verify_log(directory.path(), {}).error().code == errc::not_found);
}

TEST_CASE("damage is found and named with its first position") {
  const temporary_directory directory;
  {
    const auto log = open_log(directory);
    REQUIRE(append(*log, request({messages(lobby, 0, 3), messages(other, 0, 2)})));
  }
  position first = 3;
  std::string what;
  SECTION("a changed record") {
    what = "SHA-256";
    damage_tables(directory, [](const store& s, store::batch& b) {
      auto value = **s.get(table::log, keys::number(3));
      value.back() = ' ';
      b.put(table::log, keys::number(3), value);
    });
  }
  SECTION("a missing record") {
    what = "missing";
    damage_tables(directory, [](const store&, store::batch& b) { b.erase(table::log, keys::number(3)); });
  }
  SECTION("an index entry that names another record") {
    what = "index";
    damage_tables(directory, [](const store&, store::batch& b) {
      b.put(table::streams, keys::stream(lobby, 3), keys::number(4));
    });
  }
  SECTION("an index entry without a record") {
    first = 0;
    what = "6 entries for 5 records";
    damage_tables(directory, [](const store&, store::batch& b) {
      b.put(table::streams, keys::stream(other, 3), keys::number(5));
    });
  }
  SECTION("a head before the last record") {
    first = 5;
    what = "vanished"; // HEAD knows of 5
    damage_tables(directory, [](const store&, store::batch& b) { b.put(table::meta, keys::head, keys::number(4)); });
  }
  const auto found = verified(directory);
  REQUIRE_FALSE(found.damages.empty());
  CHECK(found.damages.front().at == first);
  CHECK_THAT(found.damages.front().what, ContainsSubstring(what));
  // The server does not serve it either.
  const auto opened = open_log_in(directory.path());
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().code == errc::corrupt);
}

TEST_CASE("a following view shows what its owner appends") {
  const temporary_directory directory;
  const auto log = open_log(directory);
  REQUIRE(append(*log, lobby, 0, 2));
  auto view = log_view::open(directory.path(), log_view::kind::following);
  REQUIRE(view.has_value());
  CHECK(view->head() == 2);
  REQUIRE(append(*log, other, 0, 3));
  REQUIRE(append(*log, lobby, 2));
  REQUIRE(view->refresh());
  CHECK(view->head() == 6);
  std::vector<position> seen;
  REQUIRE(view->visit_stream(lobby, 1, [&](const record& r, std::string_view) {
    seen.push_back(r.position);
    return true;
  }));
  CHECK(seen == std::vector<position>{2, 6});
}

TEST_CASE("a record that is missing while its owner moves it is looked for again") {
  const temporary_directory directory;
  REQUIRE(append(*open_log(directory), lobby, 0, 2));
  const auto view_after = [&](int catch_ups) {
    auto tables = open_rocksdb_store(directory.path() + "/rocksdb", store::access::beside_owner, machine_clock);
    REQUIRE(tables.has_value());
    auto view = log_view::over(std::make_unique<late_store>(std::move(*tables), catch_ups));
    REQUIRE(view.has_value());
    return std::move(*view);
  };
  constexpr int soon = 4, never = 1000;
  CHECK(view_after(soon).read(0, 10, no_limit).error().code == errc::corrupt);
  CHECK(view_after(soon).read_following(0, 10, no_limit).value().size() == 2);
  std::vector<position> seen;
  const auto see = [&](const record& r, std::string_view) {
    seen.push_back(r.position);
    return true;
  };
  REQUIRE(view_after(soon).visit_following(0, see));
  CHECK(seen == std::vector<position>{1, 2});
  REQUIRE(view_after(2).refresh()); // fails once
  CHECK_FALSE(view_after(never).read_following(0, 10, no_limit));
  CHECK_FALSE(view_after(never).visit_following(0, see));
  CHECK(seen.size() == 2);
}
