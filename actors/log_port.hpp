#pragma once
// The log as entities see it: asynchronous, answered by messages. In production the log writer's thread and a reader
// pool stand behind it (log_writer.hpp, log_reader.hpp); in the simulation a fake with delays and faults.
//
// `submit` keeps order: what one thread submits first is committed first, and a commit that fails fails all that a
// stream submitted after it.

#include "actors/messages.hpp"

namespace parley {

class log_port {
public:
  virtual ~log_port() = default;
  /// Answered with `appended` to `sink`, durable or failed.
  virtual void submit(caf::strong_actor_ptr sink, std::uint64_t ticket, append_request request) = 0;
  /// Reads a page of `stream` after version `after`; with `with_snapshot` first its snapshot, and then from there.
  /// Answered with `loaded` to `sink`.
  virtual void load(caf::strong_actor_ptr sink, std::uint64_t ticket, const stream_id& stream, version after,
                    bool with_snapshot) = 0;
  /// Reads on after position `after` what processes react to. Answered with `followed` to `sink`.
  virtual void follow(caf::strong_actor_ptr sink, position after) = 0;
  /// The first answer to a command of before. Costs microseconds: a lookup in memory unless the key is there.
  [[nodiscard]] virtual result<std::optional<command_outcome>> find_outcome(std::string_view key) = 0;
  /// The first event of a stream; nullopt when there is no such stream, which a filter in memory mostly knows.
  [[nodiscard]] virtual result<std::optional<record>> first_of(const stream_id& stream) = 0;
  /// Timers due by `until`, earliest first; and those of a restart after `after` in stream order.
  [[nodiscard]] virtual result<std::vector<timer>> due_timers(time_point until, std::size_t limit) = 0;
  [[nodiscard]] virtual result<std::vector<timer>> restart_timers(const stream_id& after, std::size_t limit) = 0;
  /// Null when commands may be decided, else why not: the queue is full, or the log refuses writes.
  [[nodiscard]] virtual std::optional<error> refuses_writes() const = 0;
};

} // namespace parley
