#pragma once
// Where questions to PostgreSQL are asked: each waits for the projector when it must (progress.hpp), then for a
// connection, and its answer comes on the loop. What one area of the read models is asked (queries.hpp and its
// neighbours) is built on this. One an io loop; every member is called on that loop's thread, and every answer comes
// there, exactly once. Nothing blocks the loop.
//
// A question that waits for the projector holds no connection, and nothing is polled. Each question is one SQL
// statement, so it sees one moment of the read models, also while rebuilt ones are swapped in.

#include "projections/pg/pool.hpp"
#include "projections/progress.hpp"
#include "projections/queries/cursor.hpp"
#include "projections/reads/read_models.hpp"

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>

namespace parley {

struct query_options {
  std::string database_url; ///< libpq connection string or URI
  std::size_t connections = 4;
  std::size_t queue_max = 1000;              ///< questions waiting for a connection, and as many for the projector
  std::chrono::milliseconds read_wait{2000}; ///< for the projector to reach `at_least`
  std::chrono::milliseconds timeout{5000};   ///< for PostgreSQL, the wait for a connection included
  std::chrono::milliseconds backoff_min{100}, backoff_max{5000};
};

class question_desk {
public:
  /// `io` and `progress` outlive it.
  question_desk(boost::asio::io_context& io, const query_options& options, projection_progress& progress);
  /// On the loop's thread, or after the loop has ended for good. Answers that are then still open are lost with the
  /// loop; `close` first gives them.
  ~question_desk();
  question_desk(const question_desk&) = delete;
  question_desk& operator=(const question_desk&) = delete;

  /// Answers every open question with errc::unavailable, as all later ones.
  void close();

  /// Asks once `at_least` is applied, and answers with what `read` makes of the rows: `result<T> read(const rows&)`.
  template <class T, class Read>
  void ask(position at_least, std::string sql, pg::parameters values, answer_to<T> done, Read read) {
    ask_rows(at_least, std::move(sql), std::move(values),
             [done = std::move(done), read = std::move(read)](result<pg::rows> r) {
               if (r)
                 done(read(*r));
               else
                 done(tl::make_unexpected(r.error()));
             });
  }
  /// Answers so later, on the loop.
  template <class T>
  void refuse(answer_to<T> done, error why) {
    post([done = std::move(done), why = std::move(why)] { done(tl::make_unexpected(why)); });
  }

private:
  void ask_rows(position at_least, std::string sql, pg::parameters values,
                std::function<void(result<pg::rows>)> answer);
  void post(std::function<void()> task);

  struct impl;
  std::shared_ptr<impl> impl_;
};

} // namespace parley
