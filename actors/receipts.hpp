#pragma once
// What a session's client surely has of each place: from what its connections report as they go, and from what it says
// itself. A connection that another one took over may report late, when its client has long asked for more of a place
// than it lacked then: such a report counts no more. Used by the session's actor.

#include "actors/client_port.hpp"

#include <map>
#include <set>

namespace parley {

class receipts {
public:
  /// From now on `client` is the session's connection.
  void serve(const client_port_ptr& client);
  /// The connection is gone, and surely handed its client the place up to `arrived`. Once for each place.
  void report(const client_port_ptr& client, const stream_id& place, version arrived);
  /// All that the connection reports was heard.
  void close(const client_port_ptr& client) { turns_.erase(client); }

  /// The client says that it has all up to `seq`.
  void has(const stream_id& place, version seq);
  /// The client asks for all after that seq, and perhaps for what it was handed before.
  void wants(const stream_id& place, version after);

  /// Up to which seq; none: not known.
  [[nodiscard]] std::optional<version> of(const stream_id& place) const;
  void forget(const stream_id& place) { all_.erase(place); }
  void keep_only(const std::set<stream_id>& places);

private:
  struct receipt {
    std::optional<version> seq;
    std::uint64_t since = 0; ///< reports of connections before this turn do not count
  };
  std::map<stream_id, receipt> all_;
  std::map<client_port_ptr, std::uint64_t> turns_; ///< of connections that did not report yet
  std::uint64_t turn_ = 0;                         ///< of the connection of now
};

} // namespace parley
