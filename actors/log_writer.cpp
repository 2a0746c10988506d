#include "actors/log_writer.hpp"

#include "actors/log_reader.hpp"

#include <spdlog/spdlog.h>

namespace parley {
namespace {

using namespace std::chrono_literals;

void deliver(const caf::strong_actor_ptr& sink, appended_ptr answers) {
  caf::anon_send(caf::actor_cast<caf::actor>(sink), std::move(answers));
}

} // namespace

log_writer::log_writer(event_log& log, log_reader& reader)
  : log_{log}
  , reader_{reader}
  , thread_{[this] { run(); }} {}

log_writer::~log_writer() { stop(); }

void log_writer::submit(caf::strong_actor_ptr sink, std::uint64_t ticket, append_request request) {
  const std::lock_guard lock{mutex_};
  queue_.requests.push_back(std::move(request));
  queue_.tickets.push_back({std::move(sink), ticket});
  waiting_.fetch_add(1, std::memory_order_relaxed);
}

void log_writer::flush() {
  if (waiting_.load(std::memory_order_relaxed) == 0) return;
  {
    const std::lock_guard lock{mutex_};
    if (flushed_ || queue_.requests.empty()) return;
    flushed_ = true;
  }
  wake_.notify_one();
}

void log_writer::load(caf::strong_actor_ptr sink, std::uint64_t ticket, const stream_id& stream, version after,
                      bool with_snapshot) {
  reader_.load(std::move(sink), ticket, stream, after, with_snapshot);
}

result<std::optional<command_outcome>> log_writer::find_outcome(std::string_view key) { return log_.find_outcome(key); }

result<std::vector<timer>> log_writer::due_timers(time_point until, std::size_t limit) {
  return log_.due_timers(until, limit);
}

result<std::vector<timer>> log_writer::restart_timers(const stream_id& after, std::size_t limit) {
  return log_.restart_timers(after, limit);
}

std::optional<error> log_writer::refuses_writes() const {
  if (!log_.writable()) return error{errc::log_unavailable, "the log refuses writes; see the server's own log", 5};
  if (waiting() > queue_max) return error{errc::unavailable, "too much is waiting to be written", 1};
  return std::nullopt;
}

log_writer::counters log_writer::count() const noexcept {
  return {commits_.load(), requests_.load(), failures_.load()};
}

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
    batch taken;
    {
      std::unique_lock lock{mutex_};
      const auto ready = [this] { return flushed_ || stopping_; };
      if (log_.writable())
        wake_.wait(lock, ready);
      else
        wake_.wait_for(lock, 1s, ready);
      if (stopping_ && queue_.requests.empty()) return;
      std::swap(taken, queue_);
      flushed_ = false;
    }
    if (!log_.writable()) mend();
    if (!taken.requests.empty()) commit(taken);
  }
}

void log_writer::commit(batch& b) {
  std::vector<std::pair<caf::strong_actor_ptr, appended_ptr>> answers; // in order of first appearance
  std::unordered_map<caf::actor_control_block*, std::size_t> at;
  for (std::size_t from = 0; from < b.requests.size(); from += batch_max) {
    const std::span part{b.requests.data() + from, std::min(batch_max, b.requests.size() - from)};
    auto outcomes = log_.append(part);
    commits_.fetch_add(1, std::memory_order_relaxed);
    requests_.fetch_add(part.size(), std::memory_order_relaxed);
    if (!log_.writable()) {
      failures_.fetch_add(1, std::memory_order_relaxed);
      spdlog::error("the log could not commit {} requests: {}", part.size(),
                    outcomes.front() ? "unknown" : text_of(outcomes.front().error()));
    }
    for (std::size_t i = 0; i < part.size(); ++i) {
      auto& [sink, ticket] = b.tickets[from + i];
      const auto [slot, fresh] = at.try_emplace(sink.get(), answers.size());
      if (fresh) answers.emplace_back(sink, std::make_shared<appended>());
      answers[slot->second].second->answers.push_back({ticket, std::move(outcomes[i])});
    }
  }
  for (auto& [sink, all] : answers) deliver(sink, std::move(all));
  waiting_.fetch_sub(b.requests.size(), std::memory_order_release); // after the answers went: see server::stop
}

void log_writer::mend() {
  if (auto mended = log_.recover(); mended)
    spdlog::info("the log takes writes again, head is {}", log_.head());
  else
    spdlog::warn("the log still refuses writes: {}", text_of(mended.error()));
}

} // namespace parley
