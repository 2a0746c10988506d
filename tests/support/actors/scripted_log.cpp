#include "tests/support/actors/scripted_log.hpp"

#include <stdexcept>

namespace parley::test {

void scripted_log::submit(caf::strong_actor_ptr sink, std::uint64_t ticket, append_request request) {
  auto& explodes = request.streams.empty() ? explode_on_cancel_ : explode_on_submit_;
  if (std::exchange(explodes, false)) throw std::runtime_error{"a bug (injected)"};
  requests_.push_back(std::move(request));
  tickets_.push_back({std::move(sink), ticket});
}

void scripted_log::load(caf::strong_actor_ptr sink, std::uint64_t ticket, const stream_id& stream, version after,
                        bool with_snapshot) {
  ++loads_asked_;
  loads_.push_back({{std::move(sink), ticket}, stream, after, with_snapshot});
}

std::vector<result<commit>> scripted_log::append(std::size_t most, std::vector<ticket_of>& tickets) {
  if (!log_.writable()) static_cast<void>(log_.recover());
  std::vector<append_request> batch;
  while (!requests_.empty() && batch.size() < most) {
    batch.push_back(std::move(requests_.front()));
    tickets.push_back(std::move(tickets_.front()));
    requests_.pop_front();
    tickets_.pop_front();
  }
  return log_.append(batch);
}

bool scripted_log::commit(std::size_t most) {
  if (requests_.empty()) return false;
  std::vector<ticket_of> tickets;
  auto outcomes = append(most, tickets);
  std::vector<std::pair<caf::strong_actor_ptr, appended_ptr>> answers; // in order of first appearance
  for (std::size_t i = 0; i < tickets.size(); ++i) {
    auto at = std::find_if(answers.begin(), answers.end(), [&](auto& a) { return a.first == tickets[i].sink; });
    if (at == answers.end()) at = answers.insert(at, {tickets[i].sink, std::make_shared<appended>()});
    at->second->answers.push_back({tickets[i].ticket, std::move(outcomes[i])});
  }
  for (auto& [sink, all] : answers) caf::anon_send(caf::actor_cast<caf::actor>(sink), std::move(all));
  return true;
}

void scripted_log::commit_unanswered(std::size_t most) {
  std::vector<ticket_of> tickets;
  if (!requests_.empty() && most != 0) static_cast<void>(append(most, tickets));
}

bool scripted_log::answer_load() {
  if (loads_.empty()) return false;
  const auto r = std::move(loads_.front());
  loads_.pop_front();
  auto answer = std::make_shared<loaded>();
  answer->ticket = r.asked_by.ticket;
  auto after = r.after;
  if (r.with_snapshot) {
    answer->base = log_.find_snapshot(r.stream);
    if (answer->base && *answer->base) after = (*answer->base)->version;
  }
  if (fail_loads_)
    answer->page = fail(errc::unavailable, "the disk cannot be read (injected)", 1);
  else
    answer->page = log_.read_stream(r.stream, after, page_events, 1 << 20);
  const auto reached = !answer->page || answer->page->empty() ? after : answer->page->back().version;
  answer->last = reached >= log_.stream_version(r.stream).value_or(0);
  caf::anon_send(caf::actor_cast<caf::actor>(r.asked_by.sink), std::move(answer));
  return true;
}

result<std::optional<command_outcome>> scripted_log::find_outcome(std::string_view key) {
  if (explosive_.contains(key)) throw std::runtime_error{"a bug (injected)"};
  return log_.find_outcome(key);
}
result<std::vector<timer>> scripted_log::due_timers(time_point until, std::size_t limit) {
  return log_.due_timers(until, limit);
}
result<std::vector<timer>> scripted_log::restart_timers(const stream_id& after, std::size_t limit) {
  return log_.restart_timers(after, limit);
}
std::optional<error> scripted_log::refuses_writes() const {
  if (log_.writable()) return std::nullopt;
  return error{errc::log_unavailable, "the log refuses writes", 5};
}

} // namespace parley::test
