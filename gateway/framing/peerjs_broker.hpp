#pragma once
// Who is reachable under which peer id, and what waits for who is not yet (schema/protocols.md, "PeerJS"). Peers live
// on their connections' loops; the broker passes texts between them.
//
// An id is its holder's while connected, and whoever knows the holder's secret (PeerJS's `token`) may take its place.
// An id that somebody signed in has used is that user's for as long as it is remembered, and one that is a user's own
// id is nobody else's, ever.
//
// Thread-safe. Bounded: so many peers, so much waiting, so many remembered ids (the longest unused is forgotten first).

#include "events/ids.hpp"
#include "gateway/bridge/io_loop.hpp"

#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace parley::gateway::peerjs {

struct message_to {
  std::string dst, src, text;
};

struct broker_limits {
  std::size_t peers_max = 20'000;
  std::size_t waiting_max = 64;                     ///< messages for one absent peer
  std::size_t waiting_bytes_max = 16 * 1024 * 1024; ///< for all of them
  std::size_t owners_max = 100'000;                 ///< ids remembered as somebody's
  std::chrono::milliseconds expiry{5'000};          ///< of what waits
};

/// A connected peer, called on its loop.
class reachable {
public:
  virtual void hear(std::string_view text) = 0;
  /// Another connection has taken its place.
  virtual void replaced() = 0;

protected:
  ~reachable() = default;
};

class broker {
public:
  using limits = broker_limits;
  struct claim {
    std::string id, token;
    user_id user; ///< empty: nobody signed in
  };
  enum class verdict {
    opened,
    replaced, ///< in the place of an earlier connection of the same client
    taken,
    full
  };

  /// `home` wakes it when something that waits expires, and outlives it.
  broker(io_loop& home, limits bounds);

  /// From now on `who` holds the id, and hears what waited for it. `loop` is its loop, the current one.
  [[nodiscard]] verdict open(const claim& c, io_loop& loop, std::weak_ptr<reachable> who);
  /// `who` holds it no more, if it still did.
  void close(const std::string& id, const reachable* who);
  /// To the holder of `m.dst`; where there is none it waits (`queued`), or is forgotten.
  void pass(message_to m, bool queued);
  [[nodiscard]] std::vector<std::string> peers() const;

private:
  struct holder {
    io_loop* loop = nullptr;
    std::weak_ptr<reachable> who;
    const reachable* key = nullptr;
    std::string token;
    user_id user;
  };
  struct waiting {
    message_to m;
    std::chrono::steady_clock::time_point due;
  };

  static void tell(const holder& to, std::string text);
  [[nodiscard]] bool belongs_to_another(const claim& c) const;
  void remember(const claim& c);
  void deliver_waiting(const std::string& id, const holder& to);
  /// It waits no more.
  void count_out(const message_to& m);
  void expire();
  void wake_later();

  io_loop& home_;
  const limits limits_;
  mutable std::mutex mutex_; ///< guards all that follows
  std::unordered_map<std::string, holder> holders_;
  std::deque<waiting> waiting_;                              ///< in order of their due times
  std::unordered_map<std::string, std::size_t> waiting_for_; ///< how many, by destination
  std::size_t waiting_bytes_ = 0;
  std::list<std::pair<std::string, user_id>> owners_; ///< the latest used first
  std::unordered_map<std::string, decltype(owners_)::iterator> owner_of_;
  bool waking_ = false;
  io_loop::timer alarm_; ///< used on `home_` only
};

} // namespace parley::gateway::peerjs
