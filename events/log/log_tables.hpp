#pragma once
// Reading a log's tables, shared by the log itself and by the tools that look at one from outside. Stateless: what is
// visible ends at the `head` that the caller gives. Any thread.

#include "events/log/event_log.hpp"
#include "events/log/store.hpp"

#include <functional>

namespace parley::log_tables {

/// The position the last commit left in `meta`; 0 for a new log. errc::corrupt when the format is a newer one.
[[nodiscard]] result<position> head(const store& s);

/// A record and its bytes as kept.
using record_visitor = std::function<bool(position, std::string_view bytes)>;
/// Visits records `after` < position <= `head` until the visitor returns false. errc::corrupt at a gap or a record that
/// does not match its SHA-256, naming the position.
[[nodiscard]] result<void> visit(const store& s, position after, position head, const record_visitor& visitor);

[[nodiscard]] result<std::vector<record>> read(const store& s, position after, position head, std::size_t limit,
                                               std::size_t bytes_max);
[[nodiscard]] result<family_page> read_families(const store& s, std::span<const std::string_view> families,
                                                position after, position head, std::size_t limit,
                                                std::size_t looked_at_max);
[[nodiscard]] result<std::vector<record>> read_stream(const store& s, const stream_id& stream, version after,
                                                      position head, std::size_t limit, std::size_t bytes_max);
[[nodiscard]] result<version> stream_version(const store& s, const stream_id& stream, position head);
[[nodiscard]] result<std::vector<timer>> due_timers(const store& s, time_point until, std::size_t limit);
[[nodiscard]] result<std::vector<timer>> restart_timers(const store& s, const stream_id& after, std::size_t limit);
[[nodiscard]] result<std::optional<snapshot>> find_snapshot(const store& s, const stream_id& stream);
/// All timers until the visitor returns false: by due time, then those of the restart.
[[nodiscard]] result<void> visit_timers(const store& s, const std::function<bool(const timer&)>& visitor);

/// What a start checks: the last record is `head`, the last `records` of them are gapless, match their SHA-256 and are
/// in their streams' indexes, and no index goes on beyond them.
[[nodiscard]] result<void> check_tail(const store& s, position head, std::size_t records);
/// One record against its key and its stream's index.
[[nodiscard]] result<record> check_record(const store& s, position p, std::string_view bytes);

} // namespace parley::log_tables
