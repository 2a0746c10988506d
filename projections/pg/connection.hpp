#pragma once
// One connection to PostgreSQL, RAII over libpq. Used by one thread at a time; each call blocks that thread, bounded by
// `options::io_timeout`, until PostgreSQL answers (queries.hpp has the asynchronous side, pool.hpp).
//
// Errors: errc::unavailable when PostgreSQL cannot be reached, is going down, or is short of something (memory, disk,
// locks): worth another try. errc::invalid when it refuses the statement or its data: trying again is pointless. After
// errc::unavailable the connection is broken; open another.

#include "events/errors.hpp"
#include "projections/pg/interrupter.hpp"
#include "projections/pg/parameters.hpp"
#include "projections/pg/rows.hpp"

#include <chrono>
#include <memory>
#include <string>

struct pg_conn;

namespace parley::pg {

struct connect_options {
  std::string url;                    ///< libpq connection string or URI
  std::string schema = "parley";      ///< first in the search path: [a-z_]+
  std::string application = "parley"; ///< as pg_stat_activity shows it
  std::chrono::milliseconds connect_timeout{5000};
  std::chrono::milliseconds io_timeout{30'000}; ///< one exchange; also the server's statement_timeout when > 0
  bool wait_for_disk = true;                    ///< false: synchronous_commit off, for a rebuild's fresh tables
  const interrupter* interrupt = nullptr;       ///< outlives the connection
};

struct connection_deleter {
  void operator()(pg_conn* c) const noexcept;
};
using connection_handle = std::unique_ptr<pg_conn, connection_deleter>;

/// What libpq says about a failed connection, in one line.
[[nodiscard]] std::string text_of_failure(const pg_conn* c);
/// The error of a failed result: see above.
[[nodiscard]] error error_of(const pg_result* r);

class connection {
public:
  [[nodiscard]] static result<connection> open(const connect_options& options);

  /// One or more statements without parameters.
  [[nodiscard]] result<void> run(const std::string& sql);
  /// One statement.
  [[nodiscard]] result<rows> ask(const std::string& sql, const parameters& p = {});

  /// Queues a statement; what is queued is sent together by `flush` (libpq's pipeline mode). After the first failure
  /// PostgreSQL skips the rest and `flush` gives that first error; a transaction begun in it is aborted.
  [[nodiscard]] result<void> queue(const std::string& sql, const parameters& p = {});
  /// Sends what is queued and waits for every answer; gives the last statement's.
  [[nodiscard]] result<rows> flush();

  /// One `COPY ... FROM STDIN (FORMAT binary)`; `rows` in PostgreSQL's binary format, without header and trailer.
  [[nodiscard]] result<void> copy(const std::string& sql, std::string_view rows);

  /// Gives the handle away, in blocking state and idle (to the asynchronous pool).
  [[nodiscard]] connection_handle release() && { return std::move(handle_); }

private:
  connection(connection_handle handle, const connect_options& options);

  [[nodiscard]] result<void> wait(bool for_write, std::chrono::steady_clock::time_point deadline);
  [[nodiscard]] result<void> send_all(std::chrono::steady_clock::time_point deadline);
  [[nodiscard]] result<result_handle> next_result(std::chrono::steady_clock::time_point deadline);
  [[nodiscard]] result<rows> drain(std::chrono::steady_clock::time_point deadline);
  [[nodiscard]] result<void> put_copied(std::string_view bytes, std::chrono::steady_clock::time_point deadline);

  connection_handle handle_;
  std::chrono::milliseconds io_timeout_;
  const interrupter* interrupt_;
  std::size_t queued_ = 0;
};

} // namespace parley::pg
