#include "actors/log_writer.hpp"

#include "actors/log_reader.hpp"

#include <spdlog/spdlog.h>

namespace parley {
namespace {

using namespace std::chrono_literals;

void tell_operator(const commit_answers& done, position head) {
  if (done.mended && *done.mended) spdlog::info("the log takes writes again, head is {}", head);
  if (done.mended && !*done.mended) spdlog::warn("the log still refuses writes: {}", text_of(done.mended->error()));
  if (done.failed != 0) spdlog::error("the log could not commit {} requests: {}", done.failed, text_of(done.why));
}

} // namespace

log_writer::log_writer(event_log& log, log_reader& reader)
  : log_{log}
  , reader_{reader}
  , commits_{log}
  , thread_{[this] { run(); }} {}

log_writer::~log_writer() { stop(); }

void log_writer::submit(caf::strong_actor_ptr sink, std::uint64_t ticket, append_request request) {
  const std::lock_guard lock{mutex_};
  queue_.add(std::move(sink), ticket, std::move(request));
  waiting_.fetch_add(1, std::memory_order_relaxed);
}

void log_writer::flush() {
  if (waiting_.load(std::memory_order_relaxed) == 0) return;
  {
    const std::lock_guard lock{mutex_};
    if (flushed_ || queue_.empty()) return;
    flushed_ = true;
  }
  wake_.notify_one();
}

void log_writer::load(caf::strong_actor_ptr sink, std::uint64_t ticket, const stream_id& stream, version after,
                      bool with_snapshot) {
  reader_.load(std::move(sink), ticket, stream, after, with_snapshot);
}

void log_writer::follow(caf::strong_actor_ptr sink, position after) { reader_.follow(std::move(sink), after); }
result<std::optional<command_outcome>> log_writer::find_outcome(std::string_view key) { return log_.find_outcome(key); }
result<std::optional<record>> log_writer::first_of(const stream_id& stream) { return first_record(log_, stream); }

result<std::vector<timer>> log_writer::due_timers(time_point until, std::size_t limit) {
  return log_.due_timers(until, limit);
}

result<std::vector<timer>> log_writer::restart_timers(const stream_id& after, std::size_t limit) {
  return log_.restart_timers(after, limit);
}

std::optional<error> log_writer::refuses_writes() const { return commits_.refuses_writes(waiting()); }

void log_writer::stop() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void log_writer::run() {
  for (;;) {
    waiting_appends taken;
    {
      std::unique_lock lock{mutex_};
      const auto ready = [this] { return flushed_ || stopping_; };
      if (log_.writable())
        wake_.wait(lock, ready);
      else
        wake_.wait_for(lock, 1s, ready);
      if (stopping_ && queue_.empty()) return;
      taken = queue_.take_all();
      flushed_ = false;
    }
    auto done = commits_.commit(taken);
    tell_operator(done, log_.head());
    done.deliver();
    waiting_.fetch_sub(taken.size(), std::memory_order_release); // after the answers went: see server::stop
  }
}

} // namespace parley
