#pragma once
// Where Engine.IO's requests and WebSockets come in (protocol version 4; schema/protocols.md, "Engine.IO"). A session
// lives on one loop, and its id says on which, so that requests that come in on another loop find it.
//
// Made before the loops run, with one desk for each; `handle` and `upgrade` on the loop they are asked on. Loops,
// limits and what makes riders outlive it.

#include "events/random.hpp"
#include "gateway/framing/engineio_session.hpp"
#include "gateway/net/wiring.hpp"

#include <optional>
#include <vector>

namespace parley::gateway::engineio {

/// Why a request is refused, in the protocol's own numbers.
enum class refusal {
  unknown_transport = 0,
  unknown_sid = 1,
  bad_method = 2,
  bad_request = 3,
  forbidden = 4,
  unsupported_version = 5
};
[[nodiscard]] http_response refuse(refusal why);

struct door_wiring {
  /// Who rides on a session that a handshake opens on a loop; an error refuses it as forbidden.
  std::function<result<std::shared_ptr<rider>>(const http_request& handshake, std::size_t loop)> board;
  /// Counts a polling client as a connection for as long as what it returns lives; null: too many.
  std::function<std::shared_ptr<void>(const std::string& address)> admit;
  /// Dresses an answer for the browser that asked (CORS).
  std::function<void(http_response&, const http_request&)> dress;
};

class door {
public:
  door(const limits& bounds, door_wiring wiring, random_source& random);
  ~door();

  /// One for each loop, in their order.
  void add(io_loop& loop);

  /// Any request without an upgrade.
  void handle(http_request request, std::size_t loop, const respond& done);
  /// A WebSocket handshake that is one (RFC 6455).
  [[nodiscard]] upgrade_offer upgrade(const http_request& handshake, std::size_t loop);
  /// A POST for a session was larger than any body may be: as if it were larger than a payload may be.
  void refuse_body(const http_request& request);

  /// Ends the loop's sessions, on it; what is queued is still delivered.
  void close_all(std::size_t loop, close_code code, std::string_view reason);
  /// The loops run no more.
  void drop_all() noexcept;
  [[nodiscard]] std::size_t sessions(std::size_t loop) const;

private:
  class desk;
  struct checked {
    std::optional<refusal> why;
    std::string_view sid;
  };

  [[nodiscard]] static checked check(const http_request& request, bool upgrade);
  [[nodiscard]] desk* home_of(std::string_view sid);
  [[nodiscard]] std::string new_sid(std::size_t loop);
  void open(http_request request, std::size_t loop, const respond& done);
  void answer(const reply& r, const http_request& request, const respond& done) const;
  void refuse_to(refusal why, const http_request& request, const respond& done) const;

  const limits limits_;
  const door_wiring wiring_;
  random_source& random_;
  std::vector<std::unique_ptr<desk>> desks_;
};

} // namespace parley::gateway::engineio
