#pragma once
// One io loop's share of the fan-out: topic -> the loop's own connections. What a turn publishes is encoded once a
// framing into shared blobs a topic, and at the turn's end every member queues its slice of them.
//
// Each subscription knows the next seq it owes its connection. A connection whose queue is full lags: nothing more of
// durable topics is queued for it, and as it drains it is refilled from the log by seq, so a slow reader costs bounded
// memory and misses nothing. A gap, however it came about, is closed the same way. Signals (seq 0) go to who is there
// and is not full; they are dropped for who is full. A signal for one session reaches that session's connections only.
//
// Threads: the loop's own only. Owned by the composition, outlives its connections. `connection::write` and `close`
// must not call back into the hub before they return.

#include "actors/publisher.hpp"
#include "events/record.hpp"
#include "gateway/bridge/session_link.hpp"

#include <functional>
#include <map>
#include <memory>
#include <span>

namespace parley::gateway {

/// Reads of the log for who lags. `read` may be called on the loop; `done` is called on the loop, later, exactly once.
/// Records come in order from `after` + 1 without a gap, at least one when there is one, else none. Every event that
/// was published before the call must be among what it can see.
class refill_source {
public:
  virtual ~refill_source() = default;
  virtual void read(const stream_id& topic, version after, std::size_t limit, std::size_t bytes_max,
                    std::function<void(result<std::vector<record>>)> done) = 0;
};

class hub {
public:
  struct limits {
    std::size_t queue_bytes_max = 1024 * 1024; ///< queued bytes a connection before it lags; the connection's `drained`
                                               ///< must be told by the same limit
    std::size_t run_bytes = 128 * 1024;        ///< bodies encoded into one blob; what a connection overshoots by
    std::size_t refill_events = 256;           ///< events read at a time for who lags
    std::size_t refill_bytes = 256 * 1024;
    std::size_t refills_max = 64; ///< reads under way at once in this loop; others wait their turn
  };
  struct counters {
    std::uint64_t delivered = 0; ///< durable events queued to connections
    std::uint64_t encoded = 0, refilled = 0, lagged = 0, signals_dropped = 0, refills_failed = 0;
    std::size_t connections = 0, subscriptions = 0, topics = 0, refills_under_way = 0, refills_waiting = 0;
  };

  hub(refill_source& log, limits bounds);
  ~hub();
  hub(const hub&) = delete;
  hub& operator=(const hub&) = delete;

  /// A connection and the session it speaks for (signals to that session find it, its own signals skip it), and whose
  /// it is: what is for one user alone reaches that user's connections only. `returning`: the session had one before.
  void attach(std::shared_ptr<connection> c, session_id session, user_id user, bool returning = false);
  /// Forgets the connection. Returns, of each topic, the last seq that surely arrived: all that was queued when the
  /// other side's TCP acknowledged everything, else what stood before the last answered ping (or at subscription). A
  /// topic that `unsubscribe` ended is among them as long as what was owed of it may not have arrived.
  std::map<stream_id, version> detach(std::uint64_t connection_id);

  /// See client_port::subscribe. After `unsubscribe` it begins anew, whatever was still to come.
  void subscribe(std::uint64_t connection_id, const stream_id& topic, version after);
  /// All up to `up_to`, which is durable, is still delivered, also to a connection that lags: it is read the rest as it
  /// drains, and nothing after that. Nobody would ask again for the end of a room that closed. 0: all that was
  /// published before this call.
  void unsubscribe(std::uint64_t connection_id, const stream_id& topic, version up_to = 0);
  /// Nothing more of it, not even what `unsubscribe` left to deliver.
  void forget(std::uint64_t connection_id, const stream_id& topic);
  void drained(std::uint64_t connection_id);
  void pinged(std::uint64_t connection_id);
  void ponged(std::uint64_t connection_id);

  /// Notes what was published; it leaves at `end_turn`.
  void publish(std::span<const publication_ptr> published);
  /// Encodes and queues what was noted. True when there was something.
  bool end_turn();
  /// Asks again for the refills whose read failed; to be called about once a second.
  void retry_refills();

  [[nodiscard]] counters count() const noexcept;

private:
  struct state;
  std::shared_ptr<state> state_; // shared, so that a read that ends late finds out that the hub is gone
};

} // namespace parley::gateway
