#include "projections/pg/pool.hpp"

#include "events/assertion.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <deque>
#include <libpq-fe.h>
#include <set>
#include <thread>
#include <unistd.h>

namespace parley::pg {

namespace asio = boost::asio;
using boost::system::error_code;
using steady = std::chrono::steady_clock;

namespace {

struct question {
  std::string sql;
  parameters values;
  pool::answer done;
  steady::time_point deadline;
  std::size_t asked = 0; ///< times it was sent
};

/// Opens connections on a thread of its own, as many as are wanted, with growing pauses after failures.
class connector {
public:
  using report = std::function<void(result<connection_handle>)>;

  connector(pool_options options, report told)
    : options_{std::move(options)}
    , told_{std::move(told)}
    , thread_{[this] { run(); }} {}
  ~connector() {
    {
      const std::lock_guard lock{mutex_};
      stopping_ = true;
    }
    wake_.notify_all();
    interrupter_.raise();
    thread_.join();
  }
  void want_one() {
    {
      const std::lock_guard lock{mutex_};
      ++wanted_;
    }
    wake_.notify_all();
  }

private:
  void run() {
    auto backoff = options_.backoff_min;
    std::unique_lock lock{mutex_};
    for (;;) {
      wake_.wait(lock, [this] { return stopping_ || wanted_ > 0; });
      if (stopping_) return;
      lock.unlock();
      auto connect = options_.connect;
      connect.interrupt = &interrupter_;
      connect.io_timeout = options_.timeout; // the server ends a question that nobody waits for any more
      auto opened = connection::open(connect);
      const bool ok = opened.has_value();
      told_(ok ? result<connection_handle>{std::move(*opened).release()} : tl::make_unexpected(opened.error()));
      lock.lock();
      if (ok) {
        --wanted_;
        backoff = options_.backoff_min;
      } else {
        wake_.wait_for(lock, backoff, [this] { return stopping_; });
        backoff = std::min(backoff * 2, options_.backoff_max);
      }
    }
  }

  pool_options options_;
  report told_;
  interrupter interrupter_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::size_t wanted_ = 0; // guarded by mutex_
  bool stopping_ = false;  // guarded by mutex_
  std::thread thread_;     // last: it uses all of the above
};

/// The server is closing the connection (SQLSTATE 57P01 to 57P05): what it said is about the line, not the question.
bool is_ending(const pg_result* r) {
  const char* state = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : nullptr;
  return state && std::string_view{state}.starts_with("57P");
}

struct line {
  line(asio::io_context& io, connection_handle h)
    : handle{std::move(h)}
    , socket{io, ::dup(PQsocket(handle.get()))} {}

  connection_handle handle; ///< closed after `socket`, which is a descriptor of its own for the same connection
  asio::posix::stream_descriptor socket;
  std::optional<question> asked;
  result_handle last;
  bool open = true;
  bool writing = false;
};

} // namespace

struct pool::impl : std::enable_shared_from_this<pool::impl> {
  impl(asio::io_context& loop, pool_options o)
    : io{loop}
    , options{std::move(o)}
    , timer{loop} {}

  void start() {
    connecting = std::make_unique<connector>(options, [weak = weak_from_this(), &loop = io](auto opened) {
      // std::function must be copyable, so the handle travels in a shared box.
      auto box = std::make_shared<result<connection_handle>>(std::move(opened));
      asio::post(loop, [weak, box] {
        if (const auto self = weak.lock()) self->connected(std::move(*box));
      });
    });
    for (std::size_t i = 0; i < options.connections; ++i) connecting->want_one();
  }

  void ask(question q) {
    if (closed) return refuse(std::move(q), "the server is shutting down");
    if (unreachable && lines.empty()) return refuse(std::move(q), "the read models' database cannot be reached");
    if (waiting.size() >= options.queue_max) return refuse(std::move(q), "too many questions wait for the read models");
    waiting.push_back(std::move(q));
    serve();
    watch_time();
  }

  [[nodiscard]] std::chrono::milliseconds time_allowed() const noexcept { return options.timeout; }

  void close() {
    if (closed) return;
    closed = true;
    connecting.reset();
    timer.cancel();
    for (auto& l : lines) {
      shut(*l);
      if (l->asked) refuse(std::move(*l->asked), "the server is shutting down");
      l->asked.reset();
    }
    lines.clear();
    flush_waiting("the server is shutting down");
  }

private:
  using line_ptr = std::shared_ptr<line>;

  /// Never inside the caller's own call.
  void refuse(question q, std::string why) {
    asio::post(io, [done = std::move(q.done), why = std::move(why)] { done(fail(errc::unavailable, why, 1)); });
  }
  void flush_waiting(const std::string& why) {
    for (auto& q : std::exchange(waiting, {})) refuse(std::move(q), why);
  }

  void connected(result<connection_handle> opened) {
    if (closed) return;
    if (!opened) {
      unreachable = true;
      if (lines.empty()) flush_waiting("the read models' database cannot be reached");
      return;
    }
    unreachable = false;
    auto added = std::make_shared<line>(io, std::move(*opened));
    lines.insert(added);
    await_input(added);
    serve();
  }

  void serve() {
    for (auto at = lines.begin(); at != lines.end() && !waiting.empty();) {
      const auto l = *at++; // sending may drop the line
      if (!l->asked) send(l);
    }
  }

  void send(const line_ptr& l) {
    l->asked = std::move(waiting.front());
    waiting.pop_front();
    ++l->asked->asked;
    const auto& p = l->asked->values;
    std::vector<const char*> values;
    std::vector<int> lengths, formats(p.size(), 1);
    for (const auto& v : p.values()) {
      values.push_back(v.data());
      lengths.push_back(static_cast<int>(v.size()));
    }
    if (PQsendQueryParams(l->handle.get(), l->asked->sql.c_str(), static_cast<int>(p.size()), p.types().data(),
                          values.data(), lengths.data(), formats.data(), 1) == 0)
      return drop(l);
    flush(l);
  }

  void flush(const line_ptr& l) {
    const int left = PQflush(l->handle.get());
    if (left < 0) return drop(l);
    if (left == 0 || l->writing) return;
    l->writing = true;
    l->socket.async_wait(asio::posix::descriptor_base::wait_write,
                         [weak = weak_from_this(), l](const error_code& failed) {
                           const auto self = weak.lock();
                           l->writing = false;
                           if (self && l->open && !failed) self->flush(l);
                         });
  }

  /// Always under way, also while the line is idle: so a server that goes away is noticed before the next question.
  void await_input(const line_ptr& l) {
    l->socket.async_wait(asio::posix::descriptor_base::wait_read,
                         [weak = weak_from_this(), l](const error_code& failed) {
                           const auto self = weak.lock();
                           if (self && l->open && !failed) self->read(l);
                         });
  }

  void read(const line_ptr& l) {
    if (PQconsumeInput(l->handle.get()) == 0) return drop(l);
    while (l->asked && PQisBusy(l->handle.get()) == 0) {
      result_handle next{PQgetResult(l->handle.get())};
      if (next) {
        if (!l->last || PQresultStatus(l->last.get()) == PGRES_TUPLES_OK) l->last = std::move(next);
        continue;
      }
      if (PQstatus(l->handle.get()) == CONNECTION_BAD || is_ending(l->last.get())) return drop(l);
      auto q = std::move(*l->asked);
      l->asked.reset();
      finish(std::move(q), std::move(l->last));
      if (closed || !l->open) return; // the answer's taker closed the pool
    }
    if (PQstatus(l->handle.get()) == CONNECTION_BAD) return drop(l);
    flush(l);
    if (!l->open) return;
    await_input(l);
    serve();
    watch_time();
  }

  void finish(question q, result_handle last) {
    if (!last) return refuse(std::move(q), "PostgreSQL gave no answer");
    if (PQresultStatus(last.get()) == PGRES_TUPLES_OK) return q.done(rows{std::move(last)});
    auto failed = error_of(last.get());
    // A refused question is our own mistake, not the asker's.
    if (failed.code != errc::unavailable) failed.code = errc::internal;
    q.done(tl::make_unexpected(std::move(failed)));
  }

  void shut(line& l) {
    l.open = false;
    error_code ignored;
    l.socket.close(ignored);
    l.handle.reset();
  }

  /// The line is of no more use. Its question goes back to the head of the queue.
  void drop(const line_ptr& l) {
    if (!l->open) return;
    shut(*l);
    lines.erase(l);
    if (l->asked) {
      auto q = std::move(*l->asked);
      l->asked.reset();
      // After a restart of the server every open line is dead, and each takes the question once.
      if (q.asked > options.connections || closed) {
        refuse(std::move(q), "the connection to the read models' database broke");
      } else {
        waiting.push_front(std::move(q));
      }
    }
    if (closed) return;
    connecting->want_one();
    if (unreachable && lines.empty()) flush_waiting("the read models' database cannot be reached");
    serve();
    watch_time();
  }

  /// One timer for the question that is due first; late lines are dropped, since their answer may still come.
  void watch_time() {
    auto first = steady::time_point::max();
    for (const auto& q : waiting) {
      first = std::min(first, q.deadline);
      if (q.asked == 0) break; // those behind it came later
    }
    for (const auto& l : lines)
      if (l->asked) first = std::min(first, l->asked->deadline);
    if (first == steady::time_point::max() || first == timer_at) return;
    timer_at = first;
    timer.expires_at(first);
    timer.async_wait([weak = weak_from_this()](const error_code& failed) {
      const auto self = weak.lock();
      if (self && !failed && !self->closed) self->time_is_over();
    });
  }

  void time_is_over() {
    timer_at = steady::time_point::max();
    const auto now = steady::now();
    std::vector<line_ptr> late;
    for (const auto& l : lines)
      if (l->asked && l->asked->deadline <= now) late.push_back(l);
    for (const auto& l : late) {
      if (!l->asked) continue;
      refuse(std::move(*l->asked), "the read models did not answer in time");
      l->asked.reset();
      drop(l);
    }
    while (!waiting.empty() && waiting.front().deadline <= now) {
      refuse(std::move(waiting.front()), "the read models did not answer in time");
      waiting.pop_front();
    }
    watch_time();
  }

  asio::io_context& io;
  pool_options options;
  asio::steady_timer timer;
  steady::time_point timer_at = steady::time_point::max();
  std::deque<question> waiting;
  std::set<line_ptr> lines;
  std::unique_ptr<connector> connecting;
  bool unreachable = false; ///< the last attempt to connect failed
  bool closed = false;
};

pool::pool(asio::io_context& io, pool_options options)
  : impl_{std::make_shared<impl>(io, std::move(options))} {
  impl_->start();
}

pool::~pool() { close(); }

void pool::ask(std::string sql, parameters p, answer done) {
  PARLEY_ASSERT(done != nullptr);
  impl_->ask({std::move(sql), std::move(p), std::move(done), steady::now() + impl_->time_allowed()});
}

void pool::close() { impl_->close(); }

} // namespace parley::pg
