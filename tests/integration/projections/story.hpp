#pragma once
// A story, and a database that tells it again.

#include "events/assertion.hpp"
#include "projections/pg/store.hpp"
#include "projections/projector.hpp"
#include "tests/support/log/story.hpp"
#include "tests/support/postgres.hpp"

#include <catch2/catch_test_macros.hpp>
#include <condition_variable>

namespace parley::test {

inline constexpr time_point noon = story::noon;

inline pg::connect_options to(const test_database& database) {
  pg::connect_options options;
  options.url = database.url();
  return options;
}

/// Returns when `p` is applied; fails the test after ten seconds.
inline void wait_for(projection_progress& progress, position p) {
  struct gate {
    std::mutex mutex;
    std::condition_variable open;
    bool reached = false;
  };
  const auto shared = std::make_shared<gate>();
  const auto ticket = progress.when_applied(p, [shared] {
    const std::lock_guard lock{shared->mutex};
    shared->reached = true;
    shared->open.notify_all();
  });
  std::unique_lock lock{shared->mutex};
  const bool reached = shared->open.wait_for(lock, std::chrono::seconds{20}, [&] { return shared->reached; });
  lock.unlock();
  progress.cancel(ticket);
  INFO("state: " << text_of(progress.status().state) << " " << progress.status().message << ", applied "
                 << progress.applied());
  REQUIRE(reached);
}

/// Returns when the projection is in `state`; fails the test after ten seconds.
inline void wait_for(const projection_progress& progress, projection_state state) {
  for (int i = 0; i < 2000 && progress.status().state != state; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds{10}); // the condition has no signal of its own
  INFO("state: " << text_of(progress.status().state) << " " << progress.status().message);
  REQUIRE(progress.status().state == state);
}

/// One value of a query, as text.
inline std::string ask(const test_database& database, const std::string& sql) {
  auto db = pg::connection::open(to(database));
  REQUIRE(db.has_value());
  const auto answer = db->ask("SELECT (" + sql + ")::text");
  INFO(sql << ": " << (answer ? "" : answer.error().message));
  REQUIRE(answer.has_value());
  return answer->is_null(0, 0) ? "NULL" : answer->text(0, 0);
}

/// A projector that runs while this lives.
struct running_projector {
  projection_progress progress;
  pg::store store;
  parley::projector projector;

  running_projector(const event_log& log, const test_database& database, projector_options options = {})
    : store{to(database)}
    , projector{log, store, progress, options} {
    projector.start();
  }
};

} // namespace parley::test
