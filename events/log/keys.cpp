#include "events/log/keys.hpp"

#include <cstring>

namespace parley::keys {
namespace {

constexpr std::uint64_t sign = std::uint64_t{1} << 63;

void append(std::string& out, std::uint64_t n, int bytes = 8) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out.push_back(static_cast<char>(n >> shift & 0xFF));
}

} // namespace

std::string number(std::uint64_t n) {
  std::string out;
  append(out, n);
  return out;
}

std::optional<std::uint64_t> number_at(std::string_view bytes, std::size_t offset) {
  if (bytes.size() < offset + 8) return std::nullopt;
  std::uint64_t n = 0;
  for (std::size_t i = 0; i < 8; ++i) n = n << 8 | static_cast<unsigned char>(bytes[offset + i]);
  return n;
}

std::string time(time_point t) { return number(static_cast<std::uint64_t>(t.time_since_epoch().count()) ^ sign); }

time_point time_at(std::string_view bytes) {
  const auto n = number_at(bytes).value_or(sign);
  return time_point{std::chrono::milliseconds{static_cast<std::int64_t>(n ^ sign)}};
}

std::string stream(const stream_id& s, version v) {
  std::string key;
  key.reserve(s.text.size() + 9);
  key.append(s.text).push_back('\0');
  append(key, v);
  return key;
}

std::optional<stream_key> take_stream(std::string_view key) {
  if (key.size() < 10 || key[key.size() - 9] != '\0') return std::nullopt;
  return stream_key{key.substr(0, key.size() - 9), *number_at(key, key.size() - 8)};
}

std::string outcome(const command_outcome& o) {
  auto value = time(o.expires_at);
  append(value, o.position);
  append(value, o.version);
  append(value, o.fingerprint.size(), 2);
  return value.append(o.fingerprint).append(o.reply);
}

result<command_outcome> take_outcome(std::string_view key, std::string_view value) {
  const auto damaged = [&] { return fail(errc::corrupt, "the outcome of a command is damaged"); };
  if (value.size() < 26) return damaged();
  const auto fingerprint_bytes =
      static_cast<std::size_t>(static_cast<unsigned char>(value[24]) << 8 | static_cast<unsigned char>(value[25]));
  if (value.size() < 26 + fingerprint_bytes) return damaged();
  command_outcome o;
  o.key = key;
  o.expires_at = time_at(value);
  o.position = *number_at(value, 8);
  o.version = *number_at(value, 16);
  o.fingerprint = value.substr(26, fingerprint_bytes);
  o.reply = value.substr(26 + fingerprint_bytes);
  return o;
}

std::string snapshot_value(const snapshot& s) {
  auto value = number(s.version);
  append(value, static_cast<std::uint32_t>(s.schema), 4);
  return value.append(s.state);
}

result<snapshot> take_snapshot(const stream_id& stream, std::string_view value) {
  if (value.size() < 12) return fail(errc::corrupt, "the snapshot of " + stream.text + " is damaged");
  return snapshot{stream, *number_at(value), static_cast<int>(*number_at(value, 4) & 0xFFFFFFFF),
                  std::string{value.substr(12)}};
}

std::string timer_key(const timer& t) {
  std::string key;
  if (t.due == at_restart)
    key.push_back(restart_timer);
  else
    key.append(1, due_timer).append(time(t.due));
  return key.append(t.stream.text).append(1, '\0').append(t.what);
}

result<timer> take_timer(std::string_view key) {
  const std::size_t head_bytes = !key.empty() && key[0] == due_timer ? 9 : 1;
  const auto end = key.find('\0', std::min(head_bytes, key.size()));
  if (key.size() < head_bytes || end == key.npos) return fail(errc::corrupt, "a timer is damaged");
  const auto due = head_bytes == 9 ? time_at(key.substr(1)) : at_restart;
  return timer{due, {std::string{key.substr(head_bytes, end - head_bytes)}}, std::string{key.substr(end + 1)}};
}

result<std::string_view> take_record(std::string_view value) {
  if (value.size() < digest_bytes) return fail(errc::corrupt, "a record is cut off");
  const auto record = value.substr(digest_bytes);
  if (const auto actual = sha256(record); std::memcmp(actual.data(), value.data(), digest_bytes) != 0)
    return fail(errc::corrupt, "a record does not match its SHA-256");
  return record;
}

} // namespace parley::keys
