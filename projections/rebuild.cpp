#include "projections/rebuild.hpp"

#include "projections/pg/loader.hpp"
#include "projections/pg/migrations.hpp"
#include "projections/pg/store.hpp"
#include "projections/read_ahead.hpp"

#include <thread>

namespace parley {
namespace {

using std::chrono::steady_clock;

/// Behind the live tables by at most this many events, the rest is applied under the lock.
constexpr position close_enough = 2000;
constexpr int rounds_max = 100;

template <class T>
auto failure(const result<T>& r) {
  return tl::make_unexpected(r.error());
}

pg::connect_options connect_options_of(const std::string& url, std::string schema) {
  pg::connect_options o;
  o.url = url;
  o.schema = std::move(schema);
  o.application = "parley rebuild";
  o.io_timeout = std::chrono::minutes{30};
  o.wait_for_disk = false; // until the swap nobody reads it, and the swap itself waits
  return o;
}

std::string beyond_this_log(position live) {
  return "the live read models stand at " + std::to_string(live) +
         ", beyond this log: they were made from another one. Name the database that belongs to the log, or drop them "
         "first (DROP SCHEMA parley CASCADE).";
}

class rebuilder {
public:
  rebuilder(record_source& source, const rebuild_options& options, const rebuild_progress& told)
    : source_{source}
    , options_{options}
    , batches_{options.batch_events, options.batch_bytes}
    , told_{told}
    , next_{connect_options_of(options.database_url, "parley_next")} {}

  result<rebuild_report> run() {
    if (auto done = prepare(); !done) return failure(done);
    const auto begun = steady_clock::now();
    if (auto done = load(); !done) return failure(done);
    if (auto done = build(); !done) return failure(done);
    report_.building = std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - begun);
    report_.built = at_;
    if (auto done = compare(); !done) return failure(done);
    if (auto done = build(); !done) return failure(done);
    if (auto done = swap(); !done) return failure(done);
    return report_;
  }

private:
  result<void> prepare() {
    auto opened = pg::connection::open(connect_options_of(options_.database_url, "parley"));
    if (!opened) return failure(opened);
    db_ = std::move(*opened);
    const auto alone = db_->ask("SELECT pg_try_advisory_lock(7235421, 3)");
    if (!alone) return failure(alone);
    if (!alone->boolean(0, 0)) return fail(errc::conflict, "another rebuild of this database is under way");
    if (auto live = pg::migrate(*db_, "parley"); !live) return failure(live);
    return db_->run("DROP SCHEMA IF EXISTS parley_next CASCADE; DROP SCHEMA IF EXISTS parley_old CASCADE");
  }

  /// Makes the fresh tables and fills them with what the log holds now.
  result<void> load() {
    pg::loader loader{connect_options_of(options_.database_url, "parley_next")};
    if (auto opened = loader.open(); !opened) return opened;
    const auto head = source_.head();
    if (!head) return failure(head);
    const auto applied = apply_to(*head, [&](const change_set& changes) { return loader.apply(changes); });
    if (!applied) return applied;
    if (auto finished = loader.finish(); !finished) return finished;
    return next_.open();
  }

  /// Brings the fresh tables to the log's head, as far as that is possible without the lock.
  result<void> build() {
    for (int round = 0; round < rounds_max; ++round) {
      const auto head = source_.head();
      if (!head) return failure(head);
      if (at_ >= *head) return {};
      auto applied = apply_to(*head, [this](const change_set& changes) { return apply(changes); });
      if (!applied) return applied;
    }
    return fail(errc::unavailable, "the log grows faster than it can be applied");
  }

  /// Gives everything up to `head` to `write`, batch after batch.
  template <class Write>
  result<void> apply_to(position head, Write write) {
    if (at_ >= head) return {};
    read_ahead ahead{source_, batches_, at_, head};
    while (at_ < head) {
      const auto changes = ahead.take();
      if (!changes) return failure(changes);
      if (auto written = write(*changes); !written) return written;
      at_ = changes->to;
      if (told_) told_(at_, head);
    }
    return {};
  }

  result<void> apply(const change_set& changes) {
    if (auto begun = next_.begin(); !begun) return failure(begun);
    if (auto applied = next_.apply(changes); !applied) return applied;
    return next_.commit(changes.to);
  }

  result<position> live_position() {
    const auto found = db_->ask("SELECT position FROM parley.checkpoint");
    if (!found) return failure(found);
    if (found->size() != 1) return fail(errc::corrupt, "the live read models have lost their checkpoint");
    return found->int8(0, 0);
  }

  result<void> lock() {
    // Of the session, not of a transaction: a snapshot taken after the wait must see what was committed before it.
    const auto held = db_->ask("SELECT pg_advisory_lock(7235421, 2)");
    if (!held) return failure(held);
    return {};
  }
  result<void> unlock() {
    const auto released = db_->ask("SELECT pg_advisory_unlock(7235421, 2)");
    if (!released) return failure(released);
    return {};
  }

  /// Under the lock: applies what the live tables have and the fresh ones have not. It goes over the connection that
  /// holds the lock, since any other would wait for it.
  result<void> catch_up_with(position live) {
    while (at_ < live) {
      if (const auto head = source_.head(); !head || *head < live) return fail(errc::conflict, beyond_this_log(live));
      const auto changes = read_batch(source_, batches_, at_, live);
      if (!changes) return failure(changes);
      if (auto q = db_->queue("BEGIN"); !q) return q;
      if (auto q = db_->queue("SET LOCAL search_path = parley_next"); !q) return q;
      if (auto q = pg::queue_changes(*db_, *changes); !q) return q;
      if (auto q = db_->queue("UPDATE checkpoint SET position = $1, events = events + $2",
                              pg::parameters{}.int8(changes->to).int8(changes->to - at_));
          !q)
        return q;
      if (auto q = db_->queue("COMMIT"); !q) return q;
      if (auto done = db_->flush(); !done) return failure(done);
      at_ = changes->to;
    }
    return {};
  }

  /// Waits for live tables that stand behind the fresh ones, while they move; catches up when they are far ahead.
  /// Returns with the lock held and the live position.
  result<position> lock_close_to_live(bool wait_for_live) {
    auto last_seen = live_position();
    auto moved = steady_clock::now();
    for (;;) {
      if (auto held = lock(); !held) return failure(held);
      const auto live = live_position();
      if (!live) return live;
      const bool far_ahead = *live > at_ + close_enough;
      const bool still = steady_clock::now() - moved > options_.live_patience;
      if (!far_ahead && (*live >= at_ || !wait_for_live || still)) return live;
      if (auto released = unlock(); !released) return failure(released);
      if (far_ahead) {
        if (const auto head = source_.head(); !head || *head < *live)
          return head ? fail(errc::conflict, beyond_this_log(*live)) : head;
        if (auto built = build(); !built) return failure(built);
      } else {
        if (!last_seen || *live != *last_seen) moved = steady_clock::now();
        last_seen = live;
        std::this_thread::sleep_for(std::chrono::milliseconds{50}); // another process moves it
      }
    }
  }

  result<void> compare() {
    const auto live = lock_close_to_live(true);
    if (!live) return failure(live);
    report_.live_at = *live;
    if (*live < at_) return unlock();
    if (auto done = catch_up_with(*live); !done) return done;
    if (auto q = db_->run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"); !q) return q;
    const auto tables = db_->ask("SELECT tablename::text FROM pg_tables WHERE schemaname = 'parley_next' AND tablename "
                                 "<> 'schema_migrations' ORDER BY tablename"); // takes the snapshot
    if (!tables) return failure(tables);
    if (auto released = unlock(); !released) return released;
    for (std::size_t i = 0; i < tables->size(); ++i)
      if (auto done = compare_table(tables->text(i, 0)); !done) return done;
    report_.compared = true;
    report_.compared_at = *live;
    return db_->run("COMMIT");
  }

  result<void> compare_table(const std::string& table) {
    const auto rest = [&](const std::string& of, const std::string& without) {
      return "(SELECT count(*) FROM (TABLE " + of + "." + table + " EXCEPT ALL TABLE " + without + "." + table + ") r)";
    };
    const auto counts = db_->ask("SELECT " + rest("parley", "parley_next") + ", " + rest("parley_next", "parley"));
    if (!counts) return failure(counts);
    table_difference found{table, counts->int8(0, 0), counts->int8(0, 1)};
    if (found.only_live != 0 || found.only_rebuilt != 0) report_.differences.push_back(std::move(found));
    return {};
  }

  result<void> swap() {
    const auto live = lock_close_to_live(false);
    if (!live) return failure(live);
    if (auto done = catch_up_with(*live); !done) return done;
    auto swapped = db_->run("BEGIN; SET LOCAL synchronous_commit = on; ALTER SCHEMA parley RENAME TO parley_old; "
                            "ALTER SCHEMA parley_next RENAME TO parley; COMMIT");
    if (!swapped) return swapped;
    report_.at = at_;
    if (auto released = unlock(); !released) return released;
    return db_->run("DROP SCHEMA parley_old CASCADE; SELECT pg_advisory_unlock(7235421, 3)");
  }

  record_source& source_;
  const rebuild_options& options_;
  const batch_limits batches_;
  const rebuild_progress& told_;
  pg::store next_;
  std::optional<pg::connection> db_;
  position at_ = 0; ///< where the fresh tables stand
  rebuild_report report_;
};

} // namespace

result<rebuild_report> rebuild(record_source& source, const rebuild_options& options, const rebuild_progress& told) {
  return rebuilder{source, options, told}.run();
}

result<read_model_status> read_status(const std::string& database_url) {
  auto db = pg::connection::open(connect_options_of(database_url, "parley"));
  if (!db) return failure(db);
  const auto made = db->ask("SELECT tablename::text FROM pg_tables WHERE schemaname = 'parley' AND tablename NOT IN "
                            "('schema_migrations', 'checkpoint') ORDER BY tablename");
  if (!made) return failure(made);
  if (made->size() == 0) return fail(errc::not_found, "this database holds no read models yet");
  read_model_status status;
  const auto at = db->ask("SELECT position FROM checkpoint");
  if (!at) return failure(at);
  if (at->size() == 1) status.applied = at->int8(0, 0);
  for (std::size_t i = 0; i < made->size(); ++i) {
    const auto rows = db->ask("SELECT count(*) FROM " + made->text(i, 0));
    if (!rows) return failure(rows);
    status.rows.emplace_back(made->text(i, 0), rows->int8(0, 0));
  }
  return status;
}

} // namespace parley
