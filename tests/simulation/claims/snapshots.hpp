#pragma once
// Snapshots against the events they stand for.

#include "events/log/event_log.hpp"

namespace parley::simulation {

/// How the stream's snapshot differs from a fold of its events up to the snapshot's version; empty when it does not, or
/// when there is none.
[[nodiscard]] std::string snapshot_difference(const event_log& log, const stream_id& stream);

} // namespace parley::simulation
