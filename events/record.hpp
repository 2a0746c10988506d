#pragma once
// One event as the log keeps it: an envelope (where, when, who, why) around its content. The bytes are one JSON object
// in a fixed order of keys (schema/log-format.md).

#include "events/clock.hpp"
#include "events/codec.hpp"
#include "events/ids.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <span>
#include <string>

namespace parley {

struct record {
  stream_id stream;
  parley::version version = 0;
  parley::position position = 0;
  std::string type;
  int schema = 1;
  time_point time;
  std::string actor; ///< user id of who caused it; `system` for timers, restarts and processes
  std::string cause; ///< the command's id; of a process's errand, which one (schema/log-format.md)
  nlohmann::json data;
  nlohmann::json personal;
};

using digest = std::array<unsigned char, 32>; ///< SHA-256

/// Appends the bytes of a record. The envelope's strings must be valid UTF-8.
void append_record(std::string& out, const stream_id& stream, version v, position p, const encoded_event& content,
                   time_point time, std::string_view actor, std::string_view cause);
/// Whether the bytes of a record begin as those of a stream of one of these families do; nothing else is looked at.
[[nodiscard]] bool record_is_of(std::string_view bytes, std::span<const std::string_view> families) noexcept;
/// errc::corrupt when `bytes` are not a record.
[[nodiscard]] result<record> parse_record(std::string_view bytes);
/// The record's content as an event, upcast where its schema is old.
[[nodiscard]] result<event> content_of(const record& r);

/// SHA-256 (FIPS 180-4), by OpenSSL's EVP.
[[nodiscard]] digest sha256(std::string_view bytes);
[[nodiscard]] std::string to_hex(std::span<const unsigned char> bytes);

} // namespace parley
