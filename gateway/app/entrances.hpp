#pragma once
// Which framing takes what comes in at the door, by its path, and what each framing is on each loop. Made before the
// loops run; asked on them. The loops and what the openers lead to outlive it.

#include "gateway/app/settings.hpp"
#include "gateway/auth/tokens.hpp"
#include "gateway/framing/engineio_door.hpp"
#include "gateway/framing/native_connection.hpp"
#include "gateway/framing/peerjs_peer.hpp"
#include "gateway/framing/socketio_session.hpp"
#include "gateway/net/wiring.hpp"
#include "gateway/profiles/profile_set.hpp"

#include <memory>
#include <vector>

namespace parley::gateway {

class entrances {
public:
  /// `admit`: see engineio::door_wiring.
  /// `profiles` outlives it.
  entrances(const settings& s, const profile_set& profiles, const token_service& tokens, const clock_source& clock,
            random_source& random, std::function<std::shared_ptr<void>(const std::string&)> admit);

  /// One for each loop, in their order.
  void add(io_loop& loop, session_opener& opener);

  [[nodiscard]] bool is_websocket(const http_request& request) const;
  [[nodiscard]] upgrade_offer upgrade(const http_request& handshake, std::size_t loop);

  /// Takes a request that is for a framing, and no WebSocket. False: it is REST's, by now in our own words, as the
  /// answer will be put back into the client's.
  [[nodiscard]] bool take(http_request& request, std::size_t loop, respond& done);
  /// The answer to a request that could not be read; framings look at it, too.
  [[nodiscard]] http_response refuse(const error& e, const http_request& request);

  /// Polling clients of a loop are told to go, on it.
  void close_all(std::size_t loop) { engineio_.close_all(loop, close_code::come_back, "the server restarts"); }
  void drop_all() noexcept { engineio_.drop_all(); }

  [[nodiscard]] const intake_totals& totals() const noexcept { return totals_; }

private:
  [[nodiscard]] upgrade_offer open_native(const http_request& handshake, std::size_t loop);

  const settings& with_;
  const profile_set& profiles_;
  const net_limits limits_;
  intake_totals totals_;
  const native_codec with_aliases_, without_aliases_;
  std::vector<std::unique_ptr<native_framing>> native_;

  [[nodiscard]] bool is_engineio(const http_request& request) const;
  [[nodiscard]] const codec* codec_of(const profile* how, std::string_view nsp, engineio_transport transport,
                                      bool aliases);
  [[nodiscard]] bool map(http_request& request, respond& done);
  [[nodiscard]] engineio::door_wiring wiring_of(std::function<std::shared_ptr<void>(const std::string&)> admit);

  std::atomic<std::uint64_t> next_id_ = std::uint64_t{1} << 62; ///< apart from the network's own
  engineio::door engineio_;
  std::vector<std::unique_ptr<socketio::framing>> socketio_;
  /// Made when the first client needs it: by profile, namespace, transport and aliases.
  using codec_key = std::tuple<const profile*, std::string, engineio_transport, bool>;
  std::mutex codecs_mutex_;
  std::map<codec_key, std::unique_ptr<const codec>> codecs_; ///< guarded by codecs_mutex_

  [[nodiscard]] upgrade_offer open_peer(const http_request& handshake, std::size_t loop);
  void answer_peer(const http_request& request, const respond& done);

  const token_service& tokens_;
  const clock_source& clock_;
  random_source& random_;
  std::unique_ptr<peerjs::broker> broker_; ///< at home on the first loop
  std::vector<std::unique_ptr<peerjs::framing>> peerjs_;
};

/// An error as REST tells it, to a request that never got as far.
[[nodiscard]] http_response refusal_of(const error& e, const http_request& request, const settings& with);

} // namespace parley::gateway
