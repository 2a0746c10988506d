#pragma once
// Topics that a connection has left after it was given the rest of them, for as long as it is not sure that the rest
// arrived: a network that broke a minute ago still takes bytes. When the connection is lost meanwhile, its session
// learns from here what the client must be told once more. Used on the hub's loop.

#include "events/ids.hpp"

#include <map>
#include <optional>
#include <vector>

namespace parley::gateway {

class partings {
public:
  static constexpr std::size_t partings_max = 64; ///< beyond it the oldest is taken for arrived

  /// All of `topic` up to `last` is queued; up to `arrived` it surely arrived, up to `at_ping` if the ping that is out
  /// is answered.
  void add(const stream_id& topic, version arrived, version at_ping, version last);
  /// What is sure of a topic that was left.
  struct certainty {
    version arrived, at_ping;
  };
  /// The topic is followed again: what was not sure to have arrived still is not. None: nothing was owed of it.
  [[nodiscard]] std::optional<certainty> take(const stream_id& topic);
  /// The topic is no longer wanted.
  void forget(const stream_id& topic);
  void pinged() noexcept;
  void ponged() noexcept;
  /// Adds what surely arrived of each.
  void report(std::map<stream_id, version>& arrived) const;

private:
  struct parting {
    stream_id topic;
    version arrived, at_ping, last;
  };
  std::vector<parting> all_;
};

} // namespace parley::gateway
