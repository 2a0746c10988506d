#pragma once
// The handlers that the Socket.IO protocol's suite asks for: on connecting, `auth` with what the client sent as such;
// `message` comes back as `message-back`; `message-with-ack` is acknowledged with its arguments.

#include "gateway/framing/socketio_socket.hpp"

namespace parley::conformance {

class echo_opener final : public gateway::session_opener {
public:
  [[nodiscard]] std::shared_ptr<gateway::session_link> open(std::shared_ptr<gateway::connection> c,
                                                            gateway::hello h) override;

private:
  std::uint64_t opened_ = 0;
};

} // namespace parley::conformance
