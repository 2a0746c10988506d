#pragma once
// How what we say looks on one framing's connections. Pure: it sees bytes and neutral messages only. One instance
// serves all connections that are told things in the same way, from any thread, so that the hub encodes once for all of
// them.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace parley::gateway {

/// Something clients are told: one body under its name and its aliases (schema/protocols.md).
struct push {
  std::string_view name;
  std::string_view alias; ///< empty: none
  std::string_view body;  ///< JSON object text
  /// Of durable events: the stream it is in and its place there. Empty and 0 else.
  std::string_view stream{};
  std::uint64_t seq = 0;
};

/// How far a client was told of a stream.
struct mark {
  std::string_view stream;
  std::uint64_t seq = 0;
};

class codec {
public:
  virtual ~codec() = default;
  /// Appends everything that `p` is on the wire, whole frames: none, one or several.
  virtual void append_push(std::string& out, const push& p) const = 0;
  /// Whether the session that caused a push is told it, too; `echoes_all` when that is so of every push.
  [[nodiscard]] virtual bool echoes(std::string_view /*name*/) const noexcept { return true; }
  [[nodiscard]] virtual bool echoes_all() const noexcept { return true; }
  /// Whether its clients come back by what they were told last, whatever place that was of. Then they are told, with
  /// `append_marks`, how far they are in all their places whenever they were told something of several.
  [[nodiscard]] virtual bool marks_places() const noexcept { return false; }
  virtual void append_marks(std::string& /*out*/, std::span<const mark> /*all*/) const {}
};

} // namespace parley::gateway
