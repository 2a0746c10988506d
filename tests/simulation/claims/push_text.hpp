#pragma once
// What a push says, read from its text: parsing each of the many that clients are told would take most of a run.

#include "events/ids.hpp"

#include <charconv>

namespace parley::simulation {

/// The member of that name behind which a quoted text follows; our own texts hold no quotes.
inline std::string_view quoted(std::string_view body, std::string_view key) {
  const auto at = body.find(key);
  if (at == std::string_view::npos) return {};
  const auto from = at + key.size();
  return body.substr(from, body.find('"', from) - from);
}

inline stream_id place_of(std::string_view body) {
  if (const auto room = quoted(body, "\"roomId\":\""); !room.empty()) return make_stream("room", room);
  return make_stream("lounge", quoted(body, "\"loungeId\":\""));
}

constexpr std::string_view inbox_seq_key = ",\"inboxSeq\":";
/// What an inbox shows has its own seq there, beside that of where it happened.
inline bool is_in_inbox(std::string_view body) { return body.rfind(inbox_seq_key) != std::string_view::npos; }

/// Durable bodies end with their seq; 0: this one does not.
inline version seq_of(std::string_view body) {
  const auto key = is_in_inbox(body) ? inbox_seq_key : std::string_view{",\"seq\":"};
  const auto at = body.rfind(key);
  version seq = 0;
  if (at == std::string_view::npos) return 0;
  const auto [end, failure] = std::from_chars(body.data() + at + key.size(), body.data() + body.size(), seq);
  return failure == std::errc{} && end + 1 == body.data() + body.size() ? seq : 0;
}

} // namespace parley::simulation
