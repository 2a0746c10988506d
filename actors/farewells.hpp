#pragma once
// Places that let a session go, and whose end its client may not have seen: its connection was gone, or broke before
// the end arrived. Its next connection gets the rest, up to what the place said is the last that it is shown. Who
// leaves by their own wish is owed nothing. Used by the session's actor.

#include "actors/client_port.hpp"

#include <algorithm>
#include <map>
#include <vector>

namespace parley {

class farewells {
public:
  static constexpr std::size_t farewells_max = 64; ///< beyond it the oldest is forgotten

  /// What a connection gets of a place: all after `after`, up to `last`.
  struct rest {
    version after, last;
  };

  /// The place let the session go. `told`: the connection that was given the end, null when none was. Nothing up to
  /// `hidden` is ever shown.
  void note(const stream_id& place, version hidden, version last, client_port_ptr told);
  [[nodiscard]] bool contains(const stream_id& place) const {
    return std::any_of(all_.begin(), all_.end(), [&](const farewell& f) { return f.place == place; });
  }
  /// The place let the session go, and nobody knows whether its client ever saw that.
  [[nodiscard]] bool may_be_unseen(const stream_id& place) const {
    return std::any_of(all_.begin(), all_.end(), [&](const farewell& f) { return f.place == place && !f.waived; });
  }
  /// `client` is gone, and surely has the place up to `arrived`; a null one stands for all that were before. False when
  /// the place did not let the session go.
  bool owe(const stream_id& place, version arrived, const client_port_ptr& client);
  /// `client` asks for all after that seq. When it was another connection that was given the end, nobody knows whether
  /// that ever arrived, and a crash may come before it is known: it is owed at once.
  void claim(const stream_id& place, version after, const client_port_ptr& client);
  /// The session is in the place again.
  void forget(const stream_id& place);
  /// It wants no more of the place, whatever comes.
  void waive(const stream_id& place);
  /// Hands over what is owed: from now on `client` was told.
  [[nodiscard]] std::map<stream_id, rest> take(const client_port_ptr& client);

private:
  struct farewell {
    stream_id place;
    version hidden, last;
    client_port_ptr told;
    std::optional<version> owed; ///< all after it
    bool waived = false;
  };
  [[nodiscard]] std::vector<farewell>::iterator find(const stream_id& place) {
    return std::find_if(all_.begin(), all_.end(), [&](const farewell& f) { return f.place == place; });
  }
  std::vector<farewell> all_;
};

} // namespace parley
