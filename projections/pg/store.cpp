#include "projections/pg/store.hpp"

#include "projections/pg/migrations.hpp"

namespace parley::pg {
namespace {

/// A migration may write every row of a table anew, or index it.
constexpr std::chrono::minutes migration_timeout{30};

/// Over a connection of its own, whose statements may take that long.
result<void> migrate_patiently(connect_options options) {
  options.io_timeout = std::max<std::chrono::milliseconds>(options.io_timeout, migration_timeout);
  auto db = connection::open(options);
  if (!db) return tl::make_unexpected(db.error());
  // Or a migration would go on, and keep its locks, after whoever asked for it is gone. Servers before 14 lack it.
  const auto watched = db->ask("SELECT set_config(name, '10s', false) FROM pg_settings "
                               "WHERE name = 'client_connection_check_interval'");
  if (!watched) return tl::make_unexpected(watched.error());
  const auto migrated = migrate(*db, options.schema);
  if (!migrated) return tl::make_unexpected(migrated.error());
  return {};
}

} // namespace

store::store(connect_options options)
  : options_{std::move(options)} {
  options_.interrupt = &interrupter_;
}

template <class T>
result<T> store::checked(result<T> r) {
  if (!r) {
    db_.reset();
    pending_ = false;
  }
  return r;
}

result<void> store::open() {
  db_.reset();
  pending_ = false;
  auto opened = connection::open(options_);
  if (!opened) return tl::make_unexpected(opened.error());
  const auto up_to_date = is_migrated(*opened, options_.schema);
  if (!up_to_date) return tl::make_unexpected(up_to_date.error());
  if (!*up_to_date) {
    if (auto migrated = migrate_patiently(options_); !migrated) return migrated;
  }
  db_ = std::move(*opened);
  return {};
}

result<position> store::begin() {
  if (!db_) return fail(errc::unavailable, "not connected to PostgreSQL");
  const auto asked = [this]() -> result<rows> {
    if (auto q = db_->queue("BEGIN"); !q) return tl::make_unexpected(q.error());
    if (auto q = db_->queue(std::string{swap_lock_shared}); !q) return tl::make_unexpected(q.error());
    if (auto q = db_->queue("SELECT position FROM checkpoint FOR UPDATE"); !q) return tl::make_unexpected(q.error());
    return db_->flush();
  };
  auto found = checked(asked());
  if (!found) return tl::make_unexpected(found.error());
  if (found->size() != 1) {
    db_.reset();
    return fail(errc::corrupt, "the read models have lost their checkpoint. Drop them (DROP SCHEMA " + options_.schema +
                                   " CASCADE) to have them made anew.");
  }
  checkpoint_ = found->int8(0, 0);
  return checkpoint_;
}

result<void> store::apply(const change_set& changes) {
  if (!db_) return fail(errc::unavailable, "not connected to PostgreSQL");
  pending_ = true;
  return checked(queue_changes(*db_, changes));
}

result<void> store::commit(position to) {
  if (!db_) return fail(errc::unavailable, "not connected to PostgreSQL");
  const auto ended = [&]() -> result<rows> {
    auto moved = db_->queue("UPDATE checkpoint SET position = $1, events = events + $2",
                            parameters{}.int8(to).int8(to - checkpoint_));
    if (!moved) return tl::make_unexpected(moved.error());
    if (auto q = db_->queue("COMMIT"); !q) return tl::make_unexpected(q.error());
    return db_->flush();
  };
  pending_ = false;
  auto done = checked(ended());
  if (!done) return tl::make_unexpected(done.error());
  return {};
}

void store::rollback() noexcept {
  // Statements that were queued but not flushed would be sent with whatever comes next: close instead.
  if (db_ && (pending_ || !db_->run("ROLLBACK"))) db_.reset();
  pending_ = false;
}

} // namespace parley::pg
