#pragma once
// How a session speaks to its client's connection, wherever that lives. Implemented by the gateway's bridge and by the
// simulation's clients. Thread-safe; calls from one thread arrive in order; calls to a connection that is gone do
// nothing. No CAF in this header.

#include "actors/entities.hpp"
#include "events/errors.hpp"
#include "events/ids.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace parley {

enum class close_reason { log_in_again, taken_over, come_back, internal };

struct greeting {
  session_id session;
  user_id user;
  std::string name;
  bool guest = false;
  bool resumed = false;          ///< the session came back and kept its places
  std::vector<stream_id> places; ///< what it is in
};

class client_port {
public:
  virtual ~client_port() = default;
  virtual void greet(const greeting& g) = 0;
  /// The session asked for is over; the bridge opens a new one instead.
  virtual void session_over() = 0;
  /// The answer to one command; exactly one for each.
  virtual void answer(std::optional<std::uint64_t> ack, result<parley::answer> outcome) = 0;
  /// Everything of `topic` with a seq greater than `after`, then live. Told again with a smaller `after`, it starts
  /// over from there; with a greater one nothing changes.
  virtual void subscribe(const stream_id& topic, version after) = 0;
  /// Nothing of it after `up_to`, which is durable; 0: after what was published before this call. What is owed up to
  /// there still comes.
  virtual void unsubscribe(const stream_id& topic, version up_to) = 0;
  /// The client joined a place: its first push there (room-joined, lounge-joined), made from the join's answer.
  virtual void joined(const stream_id& place, const std::string& body) = 0;
  /// The client left a place by its own wish (room-left).
  virtual void left(const stream_id& place) = 0;
  virtual void close(close_reason why) = 0;
};
using client_port_ptr = std::shared_ptr<client_port>;

} // namespace parley
