#pragma once
// A codec turns frames of one framing into client messages, and what we say into frames. Pure: it sees bytes and
// neutral messages only. One instance serves all connections of its framing, from any thread.

#include "events/errors.hpp"
#include "gateway/protocol/client_message.hpp"

#include <span>
#include <string>
#include <string_view>

namespace parley::gateway {

/// Something a client is told: one body under its name and its aliases (schema/protocols.md).
struct push {
  std::string_view name;
  std::string_view alias; ///< empty: none
  std::string_view body;  ///< JSON object text
};

class codec {
public:
  virtual ~codec() = default;
  /// Whether its connections are told each push twice, under its name and then its alias. Fixed for an instance:
  /// connections that want one name only share another instance.
  [[nodiscard]] virtual bool sends_aliases() const noexcept = 0;
  /// errc::malformed for what is not a message, errc::too_large beyond the bound; bounded in depth and size.
  [[nodiscard]] virtual result<client_message> parse(std::string_view frame) const = 0;
  /// The following append the text of one message (not its WebSocket header). Bodies are JSON object texts.
  virtual void write_push(std::string& out, std::string_view name, std::string_view body) const = 0;
  virtual void write_ack(std::string& out, std::uint64_t ack, std::string_view body) const = 0;
  virtual void write_error(std::string& out, std::uint64_t ack, const error& e) const = 0;
  /// An error that answers nothing in particular: `exception`.
  virtual void write_exception(std::string& out, const error& e) const = 0;
};

} // namespace parley::gateway
