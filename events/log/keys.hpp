#pragma once
// Keys and values of the log's tables (schema/log-format.md). Integers are big-endian, so that byte order is order.
// Pure; a `take_…` or `…_at` answers nothing, or zero, for bytes that are too short.

#include "events/log/event_log.hpp"

namespace parley::keys {

inline constexpr std::size_t digest_bytes = 32;
inline constexpr std::string_view head = "head", format = "format";
inline constexpr std::uint64_t format_version = 1;

[[nodiscard]] std::string number(std::uint64_t n);
[[nodiscard]] std::optional<std::uint64_t> number_at(std::string_view bytes, std::size_t offset = 0);

/// The first eight bytes as milliseconds since 1970, offset so that earlier times sort first.
[[nodiscard]] std::string time(time_point t);
[[nodiscard]] time_point time_at(std::string_view bytes);

/// `streams`: stream, NUL, version.
[[nodiscard]] std::string stream(const stream_id& s, version v);
struct stream_key {
  std::string_view stream;
  parley::version version;
};
[[nodiscard]] std::optional<stream_key> take_stream(std::string_view key);

[[nodiscard]] std::string outcome(const command_outcome& o);
[[nodiscard]] result<command_outcome> take_outcome(std::string_view key, std::string_view value);

[[nodiscard]] std::string snapshot_value(const snapshot& s);
[[nodiscard]] result<snapshot> take_snapshot(const stream_id& stream, std::string_view value);

/// `timers`: 1, time, stream, NUL, what; those of a restart: 2, stream, NUL, what.
inline constexpr char due_timer = 1, restart_timer = 2;
[[nodiscard]] std::string timer_key(const timer& t);
[[nodiscard]] result<timer> take_timer(std::string_view key);

/// `log`: SHA-256 of the record, then the record. errc::corrupt when they do not match.
[[nodiscard]] result<std::string_view> take_record(std::string_view value);

} // namespace parley::keys
