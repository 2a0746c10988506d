#include "projections/pg/migrations.hpp"

#include "events/assertion.hpp"
#include "events/record.hpp"

namespace parley::pg {
namespace {

constexpr std::string_view rebuild_hint =
    " The read models are made from the log and can be made anew: stop the server, drop the schema (DROP SCHEMA "
    "parley CASCADE) and start it again.";

std::string checksum(const migration& m) { return to_hex(sha256(m.sql)); }

/// Takes the migrations' lock until the end of the transaction.
const std::string take_lock = "SELECT pg_advisory_xact_lock(7235421, 1)";

result<void> check_encoding(connection& db) {
  auto encoding = db.ask("SELECT current_setting('server_encoding')");
  if (!encoding) return tl::make_unexpected(encoding.error());
  if (const auto name = encoding->text(0, 0); name != "UTF8")
    return fail(errc::precondition_failed, "the database's encoding is " + name +
                                               ", so it cannot hold every text. Create it with ENCODING 'UTF8'.");
  return {};
}

result<void> check_applied(const rows& applied, std::span<const migration> migrations) {
  for (std::size_t row = 0; row < applied.size(); ++row) {
    const auto number = applied.int8(row, 0);
    const auto name = applied.text(row, 1);
    if (number > migrations.size())
      return fail(errc::precondition_failed, "the database holds migration " + name +
                                                 ", which this Parley does not know: it was used by a newer one. "
                                                 "Install that version or a later one." +
                                                 std::string{rebuild_hint});
    const auto& known = migrations[number - 1];
    if (applied.text(row, 2) != checksum(known))
      return fail(errc::precondition_failed, "migration " + std::string{known.name} +
                                                 " was changed after it was applied to this database. "
                                                 "Restore the file and put the change into a new migration." +
                                                 std::string{rebuild_hint});
  }
  return {};
}

/// The number of migrations applied, each of them as it is here.
result<std::size_t> count_applied(connection& db, std::string_view schema, std::span<const migration> migrations) {
  auto applied = db.ask("SELECT number::bigint, name, checksum FROM " + std::string{schema} +
                        ".schema_migrations ORDER BY number");
  if (!applied) return tl::make_unexpected(applied.error());
  if (auto fits = check_applied(*applied, migrations); !fits) return tl::make_unexpected(fits.error());
  return applied->size();
}

/// One migration in one transaction; true when it was this call that applied it.
result<bool> apply_next(connection& db, std::string_view schema, std::span<const migration> migrations) {
  const auto applied = count_applied(db, schema, migrations);
  if (!applied) return tl::make_unexpected(applied.error());
  if (*applied == migrations.size()) return false;
  const auto& next = migrations[*applied];
  if (auto ran = db.run(std::string{next.sql}); !ran)
    return fail(ran.error().code, "migration " + std::string{next.name} + " failed: " + ran.error().message);
  auto recorded =
      db.ask("INSERT INTO schema_migrations (number, name, checksum) VALUES ($1, $2, $3)",
             parameters{}.int8(static_cast<std::uint64_t>(next.number)).text(next.name).text(checksum(next)));
  if (!recorded) return tl::make_unexpected(recorded.error());
  return true;
}

/// Runs `work` in a transaction under the lock, with `schema` as the place of unqualified names.
template <class Work>
auto locked(connection& db, std::string_view schema, Work work) -> decltype(work()) {
  if (auto begun = db.run("BEGIN"); !begun) return tl::make_unexpected(begun.error());
  auto done = [&]() -> decltype(work()) {
    if (auto held = db.ask(take_lock); !held) return tl::make_unexpected(held.error());
    if (auto set = db.run("SET LOCAL search_path = " + std::string{schema}); !set)
      return tl::make_unexpected(set.error());
    return work();
  }();
  auto ended = db.run(done ? "COMMIT" : "ROLLBACK");
  if (done && !ended) return tl::make_unexpected(ended.error());
  return done;
}

} // namespace

result<std::size_t> migrate(connection& db, std::string_view schema, std::span<const migration> migrations) {
  for (std::size_t i = 0; i < migrations.size(); ++i) PARLEY_ASSERT(migrations[i].number == static_cast<int>(i) + 1);
  if (auto fits = check_encoding(db); !fits) return tl::make_unexpected(fits.error());
  auto made = locked(db, schema, [&]() -> result<void> {
    return db.run("CREATE SCHEMA IF NOT EXISTS " + std::string{schema} +
                  "; CREATE TABLE IF NOT EXISTS schema_migrations (number integer PRIMARY KEY, name text NOT NULL, "
                  "checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())");
  });
  if (!made) return tl::make_unexpected(made.error());
  for (std::size_t applied = 0;; ++applied) {
    auto more = locked(db, schema, [&] { return apply_next(db, schema, migrations); });
    if (!more) return tl::make_unexpected(more.error());
    if (!*more) return applied;
  }
}

result<bool> is_migrated(connection& db, std::string_view schema, std::span<const migration> migrations) {
  if (auto fits = check_encoding(db); !fits) return tl::make_unexpected(fits.error());
  const auto begun =
      db.ask("SELECT to_regclass($1) IS NOT NULL", parameters{}.text(std::string{schema} + ".schema_migrations"));
  if (!begun) return tl::make_unexpected(begun.error());
  if (!begun->boolean(0, 0)) return false;
  const auto applied = count_applied(db, schema, migrations);
  if (!applied) return tl::make_unexpected(applied.error());
  return *applied == migrations.size();
}

} // namespace parley::pg
