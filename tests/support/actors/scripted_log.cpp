#include "tests/support/actors/scripted_log.hpp"

#include <stdexcept>

namespace parley::test {

void scripted_log::submit(caf::strong_actor_ptr sink, std::uint64_t ticket, append_request request) {
  auto& explodes = request.streams.empty() ? explode_on_cancel_ : explode_on_submit_;
  if (std::exchange(explodes, false)) throw std::runtime_error{"a bug (injected)"};
  requests_.add(std::move(sink), ticket, std::move(request));
}

bool scripted_log::commit(std::size_t most) {
  if (requests_.empty()) return false;
  commit_unanswered(most).deliver();
  return true;
}

commit_answers scripted_log::commit_unanswered(std::size_t most) { return commits_.commit(requests_.take(most)); }

void scripted_log::load(caf::strong_actor_ptr sink, std::uint64_t ticket, const stream_id& stream, version after,
                        bool with_snapshot) {
  ++loads_asked_;
  reads_.push_back(log_read::of_entity(std::move(sink), ticket, stream, after, with_snapshot, page_events_));
}

void scripted_log::read(const stream_id& stream, version after, std::size_t limit, std::size_t bytes_max,
                        std::function<void(result<std::vector<record>>)> done) {
  reads_.push_back(log_read::of_page(stream, after, limit, bytes_max, std::move(done)));
}

void scripted_log::follow(caf::strong_actor_ptr sink, position after) {
  reads_.push_back(log_read::of_families(std::move(sink), after));
}

bool scripted_log::answer_read(std::size_t which) {
  if (which >= reads_.size()) return false;
  const auto at = reads_.begin() + static_cast<std::ptrdiff_t>(which);
  auto asked = std::move(*at);
  reads_.erase(at);
  if (fail_reads_)
    std::move(asked).refuse({errc::unavailable, "the disk cannot be read (injected)", 1});
  else
    std::move(asked).answer(log_);
  return true;
}

result<std::optional<command_outcome>> scripted_log::find_outcome(std::string_view key) {
  if (explosive_.contains(key)) throw std::runtime_error{"a bug (injected)"};
  return log_.find_outcome(key);
}
result<std::optional<record>> scripted_log::first_of(const stream_id& stream) {
  if (fail_reads_) return fail(errc::unavailable, "the disk cannot be read (injected)", 1);
  return first_record(log_, stream);
}
result<std::vector<timer>> scripted_log::due_timers(time_point until, std::size_t limit) {
  return log_.due_timers(until, limit);
}
result<std::vector<timer>> scripted_log::restart_timers(const stream_id& after, std::size_t limit) {
  return log_.restart_timers(after, limit);
}
std::optional<error> scripted_log::refuses_writes() const { return commits_.refuses_writes(requests_.size()); }

} // namespace parley::test
