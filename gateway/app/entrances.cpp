#include "gateway/app/entrances.hpp"

#include "gateway/app/parts_settings.hpp"
#include "gateway/auth/handshake.hpp"
#include "gateway/net/websocket_handshake.hpp"
#include "gateway/rest/responses.hpp"

namespace parley::gateway {
namespace {

constexpr std::string_view native_path = "/ws";

/// Socket.IO's own path, and the one a messenger's front end has; with what follows, as its server matches them.
bool is_engineio(const http_request& request) {
  const std::string_view path = request.path;
  return path == "/socket.io" || path.starts_with("/socket.io/") || path == "/api/socket/io" ||
         path.starts_with("/api/socket/io/");
}

} // namespace

entrances::entrances(const settings& s, random_source& random,
                     std::function<std::shared_ptr<void>(const std::string&)> admit)
  : with_{s}
  , limits_{limits_of(s)}
  , with_aliases_{{true, s.json_depth_max, s.frame_bytes_max}}
  , without_aliases_{{false, s.json_depth_max, s.frame_bytes_max}}
  , engineio_{engineio_limits_of(s), wiring_of(std::move(admit)), random} {
  for (const auto transport : {engineio_transport::polling, engineio_transport::websocket})
    for (const bool aliases : {false, true})
      codecs_.push_back(std::make_unique<socketio_codec>(socketio_codec::options{"/", transport, aliases, true}));
}

engineio::door_wiring entrances::wiring_of(std::function<std::shared_ptr<void>(const std::string&)> admit) {
  auto board = [this](const http_request& handshake, std::size_t loop) -> result<std::shared_ptr<engineio::rider>> {
    auto greeting = read_handshake(handshake, with_.cors_origins);
    if (!greeting) return tl::make_unexpected(std::move(greeting.error()));
    return std::make_shared<socketio::session>(*socketio_[loop], *std::move(greeting));
  };
  auto dress = [this](http_response& r, const http_request& request) {
    add_security_headers(r);
    add_cors_headers(r, request, with_.cors_origins);
  };
  return {std::move(board), std::move(admit), std::move(dress)};
}

void entrances::add(io_loop& loop, session_opener& opener) {
  native_.push_back(
      std::make_unique<native_framing>(native_framing{opener, with_aliases_, without_aliases_, limits_, totals_}));
  socketio::framing f{loop, opener, limits_, totals_, [this] { return next_id_++; },
                      [this](std::string_view nsp, engineio_transport transport, bool aliases) {
                        return codec_of(nsp, transport, aliases);
                      }};
  f.depth_max = with_.json_depth_max;
  f.payload_bytes_max = engineio_limits_of(with_).payload_bytes_max;
  socketio_.push_back(std::make_unique<socketio::framing>(std::move(f)));
  engineio_.add(loop);
}

const socketio_codec* entrances::codec_of(std::string_view nsp, engineio_transport transport, bool aliases) {
  if (nsp != "/") return nullptr;
  return codecs_[(transport == engineio_transport::websocket ? 2u : 0u) + (aliases ? 1u : 0u)].get();
}

bool entrances::is_websocket(const http_request& request) const {
  return request.path == native_path || (is_engineio(request) && !request.header("upgrade").empty());
}

upgrade_offer entrances::upgrade(const http_request& handshake, std::size_t loop) {
  return is_engineio(handshake) ? engineio_.upgrade(handshake, loop) : open_native(handshake, loop);
}

bool entrances::take(http_request& request, std::size_t loop, const respond& done) {
  if (!is_engineio(request)) return false;
  engineio_.handle(std::move(request), loop, done);
  return true;
}

http_response entrances::refuse(const error& e, const http_request& request) {
  if (!is_engineio(request)) return refusal_of(e, request, with_);
  // A handshake that is none, or a body beyond all bounds.
  if (e.code == errc::too_large) engineio_.refuse_body(request);
  auto answer = e.code == errc::malformed ? engineio::refuse(engineio::refusal::bad_request) : problem(e, request);
  add_security_headers(answer);
  add_cors_headers(answer, request, with_.cors_origins);
  return answer;
}

upgrade_offer entrances::open_native(const http_request& handshake, std::size_t loop) {
  upgrade_offer offer;
  offer.loop = loop;
  auto greeting = read_handshake(handshake, with_.cors_origins);
  if (!greeting) {
    offer.refusal = refusal_of(greeting.error(), handshake, with_);
    return offer;
  }
  if (offers_subprotocol(handshake)) offer.headers.emplace_back("Sec-WebSocket-Protocol", websocket_subprotocol);
  offer.user = std::make_shared<native_connection>(*native_[loop], *std::move(greeting));
  return offer;
}

http_response refusal_of(const error& e, const http_request& request, const settings& with) {
  auto answer = problem(e, request);
  if (e.code == errc::rate_limited) // the network knows one rate only
    add_rate_limit_headers(answer, static_cast<unsigned>(with.requests_per_address.burst), e.retry_after_s);
  add_security_headers(answer);
  add_cors_headers(answer, request, with.cors_origins);
  return answer;
}

} // namespace parley::gateway
