#pragma once
// The native framing: one JSON object a text frame, subprotocol `parley.v1` (schema/protocols.md). Pure and immutable:
// one instance serves all connections of its options, from any thread.

#include "events/errors.hpp"
#include "gateway/protocol/client_message.hpp"
#include "gateway/protocol/codec.hpp"

namespace parley::gateway {

class native_codec final : public codec {
public:
  struct options {
    bool aliases = true;        ///< each push twice where it has an alias: under its name, then under that
    std::size_t depth_max = 16; ///< arrays and objects inside each other, the frame's own object included
    std::size_t frame_bytes_max = 128 * 1024;
  };
  static constexpr std::string_view subprotocol = "parley.v1";
  static constexpr std::size_t event_bytes_max = 64;

  explicit native_codec(options o)
    : options_{o} {}

  [[nodiscard]] bool sends_aliases() const noexcept { return options_.aliases; }
  [[nodiscard]] std::size_t frame_bytes_max() const noexcept { return options_.frame_bytes_max; }

  /// errc::malformed for what is not a message, errc::too_large beyond the bound; bounded in depth and size.
  [[nodiscard]] result<client_message> parse(std::string_view frame) const;
  void append_push(std::string& out, const push& p) const override;
  /// The following append the text of one message (not its WebSocket header). Bodies are JSON object texts.
  void write_push(std::string& out, std::string_view name, std::string_view body) const;
  void write_ack(std::string& out, std::uint64_t ack, std::string_view body) const;
  void write_error(std::string& out, std::uint64_t ack, const error& e) const;
  /// An error that answers nothing in particular: `exception`.
  void write_exception(std::string& out, const error& e) const;

private:
  const options options_;
};

} // namespace parley::gateway
