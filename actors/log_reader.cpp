#include "actors/log_reader.hpp"

namespace parley {

log_reader::log_reader(const event_log& log, std::size_t threads)
  : log_{log} {
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

log_reader::~log_reader() { stop(); }

void log_reader::load(caf::strong_actor_ptr sink, std::uint64_t ticket, const stream_id& stream, version after,
                      bool with_snapshot) {
  enqueue(log_read::of_entity(std::move(sink), ticket, stream, after, with_snapshot));
}

void log_reader::read(const stream_id& stream, version after, std::size_t limit, std::size_t bytes_max,
                      std::function<void(result<std::vector<record>>)> done) {
  enqueue(log_read::of_page(stream, after, limit, bytes_max, std::move(done)));
}

void log_reader::follow(caf::strong_actor_ptr sink, position after) {
  enqueue(log_read::of_families(std::move(sink), after));
}

void log_reader::enqueue(log_read asked) {
  {
    std::unique_lock lock{mutex_};
    if (stopping_ || queue_.size() >= queue_max) {
      lock.unlock();
      return std::move(asked).refuse({errc::unavailable, "too many reads are waiting", 1});
    }
    queue_.push_back(std::move(asked));
  }
  wake_.notify_one();
}

void log_reader::run() {
  for (;;) {
    std::unique_lock lock{mutex_};
    wake_.wait(lock, [this] { return !queue_.empty() || stopping_; });
    if (queue_.empty()) return;
    auto asked = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    std::move(asked).answer(log_);
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
