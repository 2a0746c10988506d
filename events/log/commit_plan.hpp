#pragma once
// Decides what a batch of requests writes: which of them hold against the streams' versions, and the positions and
// bytes of their events. Both logs use it, so that they cannot differ. Pure but for `versions`; one thread.

#include "events/log/event_log.hpp"

#include <functional>
#include <unordered_map>

namespace parley {

/// Where a plan's writes go: RocksDB's batch or memory.
class commit_sink {
public:
  virtual ~commit_sink() = default;
  /// `stored` is the record's SHA-256 (32 bytes) and its bytes; valid during the call.
  virtual void put_record(position p, const stream_id& stream, version v, std::string_view stored) = 0;
  virtual void put_outcome(const command_outcome& outcome) = 0;
  virtual void put_timer(const timer_change& change) = 0;
  virtual void put_snapshot(const snapshot& s) = 0;
};

inline constexpr std::size_t outcome_key_bytes_max = 512;
inline constexpr std::size_t record_content_bytes_max = 4 << 20;

struct commit_plan {
  std::vector<result<commit>> answers;
  position head = 0; ///< once the batch is durable
  bool writes = false;
  std::unordered_map<stream_id, version> versions; ///< of the streams the batch appends to, afterwards
};

using version_lookup = std::function<result<version>(const stream_id&)>;

[[nodiscard]] commit_plan plan_commit(std::span<const append_request> batch, position head,
                                      const version_lookup& durable_version, commit_sink& sink);

} // namespace parley
