#pragma once
// The log's contract. stored_log keeps it over RocksDB in production and over a faulty disk in the simulation,
// memory_log in tests that need no more than a few faults. One contract test runs over all three.
//
// Threads: `append` is called by one thread at a time (the log writer's). Every other member may be called from any
// thread at any time and sees durable events only.

#include "events/record.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace parley {

/// Events for one stream, to follow its version `expected` exactly (0: the stream must not exist).
struct stream_append {
  stream_id stream;
  version expected = 0;
  std::vector<encoded_event> events;
};

/// The first answer to a command, kept under its idempotency key and given again to a repeat.
struct command_outcome {
  std::string key;               ///< scope and key, at most 512 bytes: `<userId>|<client's key>`
  std::string fingerprint;       ///< SHA-256 of the command's body, hex: another body under the same key is refused
  std::string reply;             ///< JSON object text
  parley::position position = 0; ///< filled at commit: where the command's last event stands
  parley::version version = 0;   ///< the stream's version after the command
  time_point expires_at;         ///< after this it may be forgotten
};

/// A durable timer: at `due` the entity `stream` is sent `what`. `due == at_restart` means: when the next run of the
/// server starts.
struct timer {
  time_point due;
  stream_id stream;
  std::string what; ///< a word the entity's decider knows: grace, expiry, restart
  friend bool operator==(const timer&, const timer&) = default;
};
inline constexpr time_point at_restart = time_point::max();

struct timer_change {
  bool set = true; ///< false: cancel
  parley::timer timer;
};

struct snapshot {
  stream_id stream;
  parley::version version = 0; ///< the state after this event
  int schema = 0;              ///< of `state`; another schema than the decider's is ignored and the stream replayed
  std::string state;           ///< JSON object text
};

/// What one command writes: all of it or nothing.
struct append_request {
  std::vector<stream_append> streams; ///< may be empty: then only the outcome and the timers are written
  time_point time;
  std::string actor, cause;
  std::optional<command_outcome> outcome;
  std::vector<timer_change> timers;
  std::optional<parley::snapshot> snapshot;
};

struct commit {
  parley::position first = 0, last = 0; ///< positions of the request's events; both the log's head when it had none
};

/// Records of some families, and how far the log was looked through for them.
struct family_page {
  std::vector<record> records;
  position reached = 0; ///< all of those families up to here are among the records, or were before
};

class event_log {
public:
  virtual ~event_log() = default;

  /// Writes a batch in one synced write and answers request by request, in order. A request whose expected version
  /// does not hold answers errc::version_conflict and writes nothing; the others are not disturbed (a later request of
  /// the batch sees the versions of the earlier). When the write or its sync fails every request answers
  /// errc::log_unavailable, nothing of the batch is visible, and the log refuses appends until `recover` succeeds.
  [[nodiscard]] virtual std::vector<result<commit>> append(std::span<const append_request> batch) = 0;
  /// After a failed append: finds out what is durable and takes appends again, or says why not.
  [[nodiscard]] virtual result<void> recover() = 0;
  /// False after a failed append, until `recover`.
  [[nodiscard]] virtual bool writable() const noexcept = 0;

  /// The last durable position; 0 when empty.
  [[nodiscard]] virtual position head() const noexcept = 0;
  /// Waits until head() > `after`, `stop_waiting` is called, or `timeout` is over; returns head().
  [[nodiscard]] virtual position wait_beyond(position after, std::chrono::milliseconds timeout) const = 0;
  /// Wakes every waiter, now and later (shutdown).
  virtual void stop_waiting() noexcept = 0;

  /// Records with position > `after`, in order, at most `limit` (≥ 1) of them and at most `bytes_max` bytes as the log
  /// keeps them, but at least one record.
  [[nodiscard]] virtual result<std::vector<record>> read(position after, std::size_t limit,
                                                         std::size_t bytes_max) const = 0;
  /// The same of streams of these families only, at most `limit` of them; looks at no more than `looked_at_max` records
  /// of the log.
  [[nodiscard]] virtual result<family_page> read_families(std::span<const std::string_view> families, position after,
                                                          std::size_t limit, std::size_t looked_at_max) const;
  /// Records of one stream with version > `after`, in order, bounded as `read`. Empty for an unknown stream.
  [[nodiscard]] virtual result<std::vector<record>> read_stream(const stream_id& stream, version after,
                                                                std::size_t limit, std::size_t bytes_max) const = 0;
  /// The version of the stream's last durable event; 0 for an unknown stream.
  [[nodiscard]] virtual result<version> stream_version(const stream_id& stream) const = 0;

  [[nodiscard]] virtual result<std::optional<command_outcome>> find_outcome(std::string_view key) const = 0;
  [[nodiscard]] virtual result<std::optional<snapshot>> find_snapshot(const stream_id& stream) const = 0;
  /// Timers with due <= `until`, earliest first, at most `limit`.
  [[nodiscard]] virtual result<std::vector<timer>> due_timers(time_point until, std::size_t limit) const = 0;
  /// All timers due at restart, after `after` in stream order (start with {}), at most `limit`.
  [[nodiscard]] virtual result<std::vector<timer>> restart_timers(const stream_id& after, std::size_t limit) const = 0;
};

} // namespace parley
