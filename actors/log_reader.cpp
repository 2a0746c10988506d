#include "actors/log_reader.hpp"

namespace parley {
namespace {

loaded_ptr load_page(const event_log& log, std::uint64_t ticket, const stream_id& stream, version after,
                     bool with_snapshot) {
  auto answer = std::make_shared<loaded>();
  answer->ticket = ticket;
  if (with_snapshot) {
    answer->base = log.find_snapshot(stream);
    if (answer->base && *answer->base) after = (*answer->base)->version;
  }
  answer->page = log.read_stream(stream, after, log_reader::page_events, log_reader::page_bytes);
  if (!answer->page) return answer;
  const auto reached = answer->page->empty() ? after : answer->page->back().version;
  const auto end = log.stream_version(stream);
  if (!end)
    answer->page = tl::make_unexpected(end.error());
  else
    answer->last = reached >= *end;
  return answer;
}

} // namespace

log_reader::log_reader(const event_log& log, std::size_t threads)
  : log_{log} {
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

log_reader::~log_reader() { stop(); }

void log_reader::load(caf::strong_actor_ptr sink, std::uint64_t ticket, const stream_id& stream, version after,
                      bool with_snapshot) {
  auto task = [this, sink, ticket, stream, after, with_snapshot] {
    caf::anon_send(caf::actor_cast<caf::actor>(sink), load_page(log_, ticket, stream, after, with_snapshot));
  };
  if (enqueue(std::move(task))) return;
  auto refused = std::make_shared<loaded>();
  refused->ticket = ticket;
  refused->page = fail(errc::unavailable, "too many reads are waiting", 1);
  caf::anon_send(caf::actor_cast<caf::actor>(sink), std::move(refused));
}

void log_reader::read(const stream_id& stream, version after, std::size_t limit, std::size_t bytes_max,
                      std::function<void(result<std::vector<record>>)> done) {
  auto task = [this, stream, after, limit, bytes_max, done] {
    done(log_.read_stream(stream, after, limit, bytes_max));
  };
  if (!enqueue(std::move(task))) done(fail(errc::unavailable, "too many reads are waiting", 1));
}

bool log_reader::enqueue(std::function<void()> task) {
  {
    const std::lock_guard lock{mutex_};
    if (stopping_ || queue_.size() >= queue_max) return false;
    queue_.push_back(std::move(task));
  }
  wake_.notify_one();
  return true;
}

void log_reader::run() {
  for (;;) {
    std::function<void()> task;
    {
      std::unique_lock lock{mutex_};
      wake_.wait(lock, [this] { return !queue_.empty() || stopping_; });
      if (queue_.empty()) return;
      task = std::move(queue_.front());
      queue_.pop_front();
    }
    task();
  }
}

void log_reader::stop() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
  for (auto& t : threads_)
    if (t.joinable()) t.join();
}

} // namespace parley
