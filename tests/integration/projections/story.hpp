#pragma once
// A log and what tests put into it, and a database to look at.

#include "events/assertion.hpp"
#include "events/log/memory_log.hpp"
#include "projections/pg/store.hpp"
#include "projections/projector.hpp"
#include "tests/support/postgres.hpp"

#include <catch2/catch_test_macros.hpp>
#include <condition_variable>

namespace parley::test {

inline constexpr time_point noon{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1} + std::chrono::hours{12}};

/// Appends events one by one; each is a minute later than the one before.
class story {
public:
  memory_log log;

  template <class Event>
  position tell(const stream_id& stream, const Event& e) {
    append_request request;
    request.streams.push_back({stream, log.stream_version(stream).value(), {encode(e)}});
    request.time = noon + std::chrono::minutes{log.head()};
    request.actor = "system";
    const auto written = log.append({&request, 1});
    PARLEY_ASSERT(written.at(0).has_value()); // a writer thread may be asking: Catch2's assertions are for one thread
    return written.at(0)->last;
  }

  position account(const std::string& user, const events::account_event& e) {
    return tell(make_stream("account", user), e);
  }
  position room(const std::string& room, const events::room_event& e) { return tell(make_stream("room", room), e); }
  position lounge(const std::string& id, const events::lounge_event& e) { return tell(make_stream("lounge", id), e); }
  position session(const std::string& id, const events::session_event& e) {
    return tell(make_stream("session", id), e);
  }

  position sign_up(const std::string& user, const std::string& name) {
    return account(user, events::registered{{user}, user + "@example.org", name, "hash"});
  }
  position open_room(const std::string& id, const std::string& title = "", const std::string& history = "kept") {
    return room(id, events::room_opened{{id}, id, {"u_host"}, title, 10, std::nullopt, history, true});
  }
  position say(const std::string& room_name, const std::string& text) {
    return room(room_name, events::message_sent{{"m_1"}, {"u_1"}, {"s_1"}, "Ada", text, "", ""});
  }
};

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
