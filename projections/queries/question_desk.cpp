#include "projections/queries/question_desk.hpp"

#include "events/json_writer.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <set>

namespace parley {

namespace asio = boost::asio;

struct question_desk::impl : std::enable_shared_from_this<question_desk::impl> {
  impl(asio::io_context& loop, const query_options& o, projection_progress& p)
    : io{loop}
    , options{o}
    , progress{p}
    , database{loop, pool_options_of(o)} {}

  static pg::pool_options pool_options_of(const query_options& o) {
    pg::pool_options p;
    p.connect.url = o.database_url;
    p.connect.application = "parley queries";
    p.connections = o.connections;
    p.queue_max = o.queue_max;
    p.timeout = o.timeout;
    p.backoff_min = o.backoff_min;
    p.backoff_max = o.backoff_max;
    return p;
  }

  void close() {
    if (closed) return;
    closed = true;
    for (auto& w : std::exchange(waiting, {})) settle(w, error{errc::unavailable, "the server is shutting down", 1});
    database.close();
  }

  /// A question that waits for the projector. It is settled once: by the projector, by its timer, or by `close`.
  struct wait {
    explicit wait(asio::io_context& loop)
      : timer{loop} {}
    asio::steady_timer timer;
    std::function<void(std::optional<error>)> then;
    projection_progress::ticket ticket = 0;
  };
  using wait_ptr = std::shared_ptr<wait>;

  void when_applied(position at_least, std::function<void(std::optional<error>)> then) {
    if (progress.applied() >= at_least && !closed) return then(std::nullopt);
    if (closed || waiting.size() >= options.queue_max) {
      asio::post(io, [then = std::move(then)] { then(error{errc::unavailable, "too many readers wait", 1}); });
      return;
    }
    auto w = std::make_shared<wait>(io);
    w->then = std::move(then);
    waiting.insert(w);
    w->timer.expires_after(options.read_wait);
    w->timer.async_wait([weak = weak_from_this(), w](const boost::system::error_code& failed) {
      if (const auto self = weak.lock(); self && !failed && self->waiting.erase(w) != 0)
        self->settle(w, error{errc::read_model_behind, "the read models have not come that far yet", 1});
    });
    w->ticket = progress.when_applied(at_least, [weak = weak_from_this(), w, &loop = io] {
      asio::post(loop, [weak, w] {
        if (const auto self = weak.lock(); self && self->waiting.erase(w) != 0) self->settle(w, std::nullopt);
      });
    });
  }

  void settle(const wait_ptr& w, std::optional<error> outcome) {
    progress.cancel(w->ticket);
    w->timer.cancel();
    auto then = std::move(w->then);
    if (closed)
      asio::post(io, [then = std::move(then), outcome = std::move(outcome)] { then(outcome); });
    else
      then(std::move(outcome));
  }

  asio::io_context& io;
  const query_options options;
  projection_progress& progress;
  std::set<wait_ptr> waiting;
  bool closed = false;
  pg::pool database; // closed first
};

question_desk::question_desk(asio::io_context& io, const query_options& options, projection_progress& progress)
  : impl_{std::make_shared<impl>(io, options, progress)} {}

question_desk::~question_desk() { close(); }

void question_desk::close() { impl_->close(); }

void question_desk::ask_rows(position at_least, std::string sql, pg::parameters values,
                             std::function<void(result<pg::rows>)> answer) {
  auto& self = *impl_;
  self.when_applied(at_least, [&self, sql = std::move(sql), values = std::move(values),
                               answer = std::move(answer)](std::optional<error> failed) mutable {
    if (failed)
      answer(tl::make_unexpected(std::move(*failed)));
    else
      self.database.ask(std::move(sql), std::move(values), std::move(answer));
  });
}

void question_desk::post(std::function<void()> task) { asio::post(impl_->io, std::move(task)); }

} // namespace parley
