#pragma once
// A few connections to PostgreSQL, asked without blocking an io loop. Everything here runs on that loop's thread, but
// for one helper thread that opens connections (name resolution and libpq's handshake block) and is idle otherwise.
//
// A question waits in a bounded queue for a free connection and is answered exactly once, later, on the loop's thread:
// with rows, or errc::unavailable when PostgreSQL is away (at once, once an attempt to connect has failed), when the
// queue is full, or when `timeout` is over. Connections that break are opened anew with growing pauses; a question
// whose connection broke under it is asked again on another, since questions only read.

#include "projections/pg/connection.hpp"

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>

namespace parley::pg {

struct pool_options {
  connect_options connect;
  std::size_t connections = 4;
  std::size_t queue_max = 1000;
  std::chrono::milliseconds timeout{5000}; ///< from the question to its answer
  std::chrono::milliseconds backoff_min{100}, backoff_max{5000};
};

class pool {
public:
  using answer = std::function<void(result<rows>)>;

  /// `io` outlives the pool.
  pool(boost::asio::io_context& io, pool_options options);
  /// On the loop's thread, or after the loop has ended for good; closes.
  ~pool();
  pool(const pool&) = delete;
  pool& operator=(const pool&) = delete;

  void ask(std::string sql, parameters p, answer done);
  /// Answers what is open with errc::unavailable and refuses everything from now on.
  void close();

private:
  struct impl;
  std::shared_ptr<impl> impl_;
};

} // namespace parley::pg
