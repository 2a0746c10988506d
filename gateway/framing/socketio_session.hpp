#pragma once
// Socket.IO (protocol version 5) on one Engine.IO session: its namespaces, each of which is a connection of its own to
// the bridge and the hub (schema/protocols.md, "Socket.IO"). Everything on the session's loop.

#include "gateway/framing/engineio_session.hpp"
#include "gateway/framing/intake.hpp"
#include "gateway/profiles/profile.hpp"
#include "gateway/protocol/socketio_packet.hpp"

#include <atomic>
#include <map>
#include <mutex>

namespace parley::gateway::socketio {

/// What all Socket.IO clients of one loop share; outlives them.
struct framing {
  io_loop& loop;
  session_opener& opener;
  const net_limits& limits;
  intake_totals& totals;
  /// Ids for connections, unique in the process.
  std::function<std::uint64_t()> next_id;
  /// How clients of a namespace are told things; null: there is no such namespace. It outlives the connections.
  std::function<const codec*(const profile* how, std::string_view nsp, engineio_transport transport, bool aliases)>
      codec_of;
  /// The profile of that name, which outlives the connections; null: there is none.
  std::function<const profile*(std::string_view name)> find_profile;

  std::size_t depth_max = 32;
  std::size_t payload_bytes_max = 1'000'000;
  std::size_t namespaces_max = 16; ///< joined at once by one client
  bool takes_binary = false;       ///< messages with attachments are for the session; else they are refused
  bool says_connected = true;      ///< the greeting's body comes as an event `connected`, too
  bool recovers = true;            ///< clients may come back with a pid
  std::chrono::milliseconds connect_timeout{45'000}; ///< for the first namespace
};

class socket;

class session final : public engineio::rider, public std::enable_shared_from_this<session> {
public:
  /// `handshake`: what the Engine.IO handshake came with; `how`: the profile it chose, null: none.
  session(const framing& of, hello handshake, const profile* how);
  ~session() override;

  // rider
  void opened(std::shared_ptr<engineio::session> on) override;
  void received(std::string_view message, bool binary) override;
  [[nodiscard]] bool takes_more() const noexcept override { return intake_.has_credit(); }
  [[nodiscard]] bool takes_ping() override;
  void drained() override;
  void pinged() override;
  void ponged() override;
  void closed(goodbye how) override;
  void dropped() noexcept override;

  // for its sockets
  [[nodiscard]] const framing& of() const noexcept { return framing_; }
  [[nodiscard]] engineio::session& engine() noexcept { return *engine_; }
  [[nodiscard]] bool is_gone() const noexcept { return !engine_; }
  void answered();
  /// A namespace is joined: the session's side has greeted.
  void joined() { connect_deadline_ = nullptr; }
  void send(const encoded& packet);
  /// The socket is no more.
  void forget(const socket& which);

private:
  void take(packet p);
  /// All of them, whatever becomes of them while they are told something.
  [[nodiscard]] std::vector<std::shared_ptr<socket>> sockets() const;
  void connect(packet p);
  /// The profile a CONNECT asks for, else the handshake's; an error where there is none of that name.
  [[nodiscard]] result<const profile*> profile_for(const packet& connect) const;
  void refuse_connect(const std::string& nsp, std::string_view message);
  [[nodiscard]] hello hello_for(const packet& connect) const;
  void event(const std::shared_ptr<socket>& to, packet p);
  /// The client broke the protocol.
  void hang_up(close_code code, std::string_view reason);

  const framing& framing_;
  const hello handshake_;
  const profile* const how_;
  decoder decoder_;
  intake intake_;
  std::shared_ptr<engineio::session> engine_; ///< until it is over
  std::map<std::string, std::shared_ptr<socket>, std::less<>> sockets_;
  io_loop::timer connect_deadline_;
};

} // namespace parley::gateway::socketio
