#pragma once
// The numbered files of schema/sql, embedded in the program, and how they reach a database.

#include "projections/pg/connection.hpp"

#include <span>
#include <string>
#include <string_view>

namespace parley::pg {

struct migration {
  int number = 0; ///< from 1, gapless
  std::string_view name;
  std::string_view sql;
};

/// Those of this program, in order.
[[nodiscard]] std::span<const migration> embedded_migrations();

/// Makes `schema` if it is missing and brings it to the newest of `migrations`: each in a transaction of its own under
/// an advisory lock (servers that start together take turns), recorded with its SHA-256. Gives how many were applied.
/// errc::precondition_failed, with what to do, when an applied one was changed since, when the schema is newer than
/// this program, or when the database is not UTF-8.
[[nodiscard]] result<std::size_t> migrate(connection& db, std::string_view schema,
                                          std::span<const migration> migrations = embedded_migrations());

/// Whether `migrate` would find nothing to do. Only reads, and waits for no lock; fails as `migrate` does.
[[nodiscard]] result<bool> is_migrated(connection& db, std::string_view schema,
                                       std::span<const migration> migrations = embedded_migrations());

} // namespace parley::pg
