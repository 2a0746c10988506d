#pragma once
// How Socket.IO clients with a profile are told things: as its rules say, and where there is none for a push, as it is.
// Immutable: one instance serves all connections of one profile, namespace and transport.

#include "gateway/profiles/profile.hpp"
#include "gateway/protocol/socketio_codec.hpp"

namespace parley::gateway {

class profiled_codec final : public codec {
public:
  /// `how` outlives it.
  profiled_codec(const profile& how, socketio_codec::options o)
    : how_{how}
    , space_{o.nsp}
    , plain_{std::move(o)} {}

  void append_push(std::string& out, const push& p) const override;
  [[nodiscard]] bool echoes(std::string_view name) const noexcept override { return how_.echoes(name); }
  [[nodiscard]] bool echoes_all() const noexcept override { return false; }
  [[nodiscard]] bool marks_places() const noexcept override { return plain_.marks_places(); }
  void append_marks(std::string& out, std::span<const mark> all) const override { plain_.append_marks(out, all); }

private:
  const profile& how_;
  const std::string space_;
  const socketio_codec plain_;
};

} // namespace parley::gateway
