#pragma once
// The questions of read_models.hpp over PostgreSQL. One instance an io loop; every member is called on that loop's
// thread, and every answer comes there, exactly once, never inside the call. Nothing blocks the loop.
//
// A question with `at_least` waits for the projector (progress.hpp), not for PostgreSQL: no connection is held and
// nothing is polled. Each question is one SQL statement, so it sees one moment of the read models, also while rebuilt
// ones are swapped in.

#include "projections/progress.hpp"
#include "projections/read_models.hpp"

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

class queries final : public read_models {
public:
  /// `io` and `progress` outlive it.
  queries(boost::asio::io_context& io, const query_options& options, projection_progress& progress);
  /// On the loop's thread, or after the loop has ended for good. Answers that are then still open are lost with the
  /// loop; `close` first gives them.
  ~queries() override;
  queries(const queries&) = delete;
  queries& operator=(const queries&) = delete;

  /// Answers every open question with errc::unavailable, as all later ones. On the loop's thread.
  void close();

  void user(const user_id& id, position at_least, answer_to<std::optional<user_row>> done) override;
  void users(std::string_view search, page_request p, position at_least, answer_to<page<user_row>> done) override;
  void logins(const user_id& id, position at_least, answer_to<std::vector<login_row>> done) override;
  void room(const room_id& id, position at_least, answer_to<std::optional<room_row>> done) override;
  void meetings(const user_id& host, page_request p, position at_least, answer_to<page<room_row>> done) override;
  void lounge(const lounge_id& id, position at_least, answer_to<std::optional<lounge_row>> done) override;
  void lounges(page_request p, position at_least, answer_to<page<lounge_row>> done) override;
  void members(const stream_id& place, page_request p, position at_least, answer_to<page<member_row>> done) override;
  void messages(const stream_id& place, bool newest_first, page_request p, position at_least,
                answer_to<page<message_row>> done) override;

private:
  struct impl;
  std::shared_ptr<impl> impl_;
};

} // namespace parley
