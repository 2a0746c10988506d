#pragma once
// Places that let a session go, and whose end its client may not have seen: its connection was gone, or broke before
// the end arrived. Its next connection gets the rest. Only a room that closes lets anybody go, so that rest ends where
// the room does. Who leaves by their own wish is owed nothing. Used by the session's actor.

#include "actors/client_port.hpp"

#include <map>
#include <vector>

namespace parley {

class farewells {
public:
  static constexpr std::size_t farewells_max = 64; ///< beyond it the oldest is forgotten

  /// The place let the session go. `told`: the connection that was given the end, null when none was. Nothing up to
  /// `hidden` is ever shown.
  void note(const stream_id& place, version hidden, client_port_ptr told);
  /// `client` is gone, and surely has the place up to `arrived`; a null one stands for all that were before. False when
  /// the place did not let the session go.
  bool owe(const stream_id& place, version arrived, const client_port_ptr& client);
  /// The session is in the place again, or wants no more of it.
  void forget(const stream_id& place);
  /// Hands over what is owed, each place with the seq after which it begins: from now on `client` was told.
  [[nodiscard]] std::map<stream_id, version> take(const client_port_ptr& client);

private:
  struct farewell {
    stream_id place;
    version hidden;
    client_port_ptr told;
    std::optional<version> owed; ///< all after it
  };
  std::vector<farewell> all_;
};

} // namespace parley
