#pragma once
// Socket.IO protocol version 5, inside Engine.IO messages (schema/protocols.md, "Socket.IO"): packets as text, and the
// binary messages that follow some of them. Pure; bounded in size by whoever reads the messages, in depth, attachments
// and names here.

#include "events/errors.hpp"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parley::gateway::socketio {

enum class packet_type : char {
  connect = '0',
  disconnect = '1',
  event = '2',
  ack = '3',
  connect_error = '4',
  binary_event = '5',
  binary_ack = '6'
};

inline constexpr std::size_t attachments_max = 10;
inline constexpr std::size_t namespace_bytes_max = 128; ///< with its query
inline constexpr std::uint64_t ack_max = (std::uint64_t{1} << 53) - 1;

struct packet {
  packet_type type = packet_type::event;
  std::string nsp = "/";
  std::string query; ///< what followed `?` in the namespace
  std::optional<std::uint64_t> ack;
  nlohmann::json data; ///< bytes that came as attachments are binary values in it; null: none
};

/// Puts packets together from messages. One for each connection.
class decoder {
public:
  /// `bytes_max`: of one packet's attachments together.
  decoder(std::size_t depth_max, std::size_t bytes_max)
    : depth_max_{depth_max}
    , bytes_max_{bytes_max} {}

  /// One text or binary message. A packet when that completes one, none when attachments are missing. errc::malformed
  /// for what breaks the protocol: the connection is to be closed.
  [[nodiscard]] result<std::optional<packet>> add(std::string_view message, bool binary);
  /// Attachments are still to come.
  [[nodiscard]] bool awaits_attachments() const noexcept { return missing_ > 0; }

private:
  [[nodiscard]] result<std::optional<packet>> add_text(std::string_view message);

  const std::size_t depth_max_, bytes_max_;
  std::size_t missing_ = 0, bytes_ = 0;
  packet pending_;
  std::vector<nlohmann::json::binary_t> attachments_;
};

/// A packet as its text and the binary messages that follow it.
struct encoded {
  std::string text;
  std::vector<std::string> attachments;
};
/// `data` is an array; binary values in it become attachments (at most attachments_max, or PARLEY_ASSERT).
[[nodiscard]] encoded encode_event(std::string_view nsp, const nlohmann::json& data);
[[nodiscard]] encoded encode_ack(std::string_view nsp, std::uint64_t ack, const nlohmann::json& data);

/// Append a packet's type and namespace, and an ack's number: what stands before its JSON.
void append_head(std::string& out, packet_type type, std::string_view nsp);
void append_head(std::string& out, packet_type type, std::string_view nsp, std::uint64_t ack);

/// Names that are the clients' own: no event may have them.
[[nodiscard]] bool is_reserved(std::string_view event) noexcept;
/// Whether any value in it is binary.
[[nodiscard]] bool holds_binary(const nlohmann::json& value);

} // namespace parley::gateway::socketio
