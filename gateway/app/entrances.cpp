#include "gateway/app/entrances.hpp"

#include "events/json_writer.hpp"
#include "gateway/app/parts_settings.hpp"
#include "gateway/auth/credentials.hpp"
#include "gateway/auth/handshake.hpp"
#include "gateway/framing/profiled_codec.hpp"
#include "gateway/net/websocket_handshake.hpp"
#include "gateway/rest/responses.hpp"

#include <algorithm>
#include <array>

namespace parley::gateway {
namespace {

constexpr std::size_t peerjs_token_bytes_max = 4096; // it may be an access token
constexpr std::string_view native_path = "/ws", peerjs_path = "/peerjs", peerjs_key = "peerjs";

profile_hints hints_of(const http_request& request) {
  return {request.parameter("profile"), request.header("parley-profile"), {},
          request.header("origin"),     request.header("host"),           request.path};
}

/// Under the path `/` of PeerJS's client, or under `/peerjs`: `{path}{key}/…`, with the client's default key.
bool is_peerjs(const http_request& request) {
  return request.path == peerjs_path || request.path.starts_with("/peerjs/");
}

/// Of a path under either: what follows the key.
std::string_view peerjs_rest(std::string_view path) {
  for (const std::string_view key : {"/peerjs/peerjs", "/peerjs"})
    if (path.starts_with(key)) return path.substr(key.size());
  return path;
}

/// Random, and in the form of a UUID (RFC 9562 section 5.4).
std::string random_uuid(random_source& random) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::array<std::byte, 16> bytes{};
  random.fill(bytes);
  bytes[6] = (bytes[6] & std::byte{0x0f}) | std::byte{0x40};
  bytes[8] = (bytes[8] & std::byte{0x3f}) | std::byte{0x80};
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text.push_back('-');
    text.push_back(hex[std::to_integer<std::size_t>(bytes[i] >> 4)]);
    text.push_back(hex[std::to_integer<std::size_t>(bytes[i] & std::byte{0x0f})]);
  }
  return text;
}

} // namespace

entrances::entrances(const settings& s, const profile_set& profiles, const token_service& tokens,
                     const clock_source& clock, random_source& random,
                     std::function<std::shared_ptr<void>(const std::string&)> admit)
  : with_{s}
  , profiles_{profiles}
  , limits_{limits_of(s)}
  , with_aliases_{{true, s.json_depth_max, s.frame_bytes_max}}
  , without_aliases_{{false, s.json_depth_max, s.frame_bytes_max}}
  , engineio_{engineio_limits_of(s), wiring_of(std::move(admit)), random}
  , tokens_{tokens}
  , clock_{clock}
  , random_{random} {}

engineio::door_wiring entrances::wiring_of(std::function<std::shared_ptr<void>(const std::string&)> admit) {
  auto board = [this](const http_request& handshake, std::size_t loop) -> result<std::shared_ptr<engineio::rider>> {
    auto greeting = read_handshake(handshake, with_.cors_origins);
    if (!greeting) return tl::make_unexpected(std::move(greeting.error()));
    const auto how = profiles_.choose(hints_of(handshake));
    if (!how) return tl::make_unexpected(how.error());
    return std::make_shared<socketio::session>(*socketio_[loop], *std::move(greeting), *how);
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
  socketio::framing f{loop,
                      opener,
                      limits_,
                      totals_,
                      [this] { return next_id_++; },
                      [this](const profile* how, std::string_view nsp, engineio_transport transport, bool aliases) {
                        return codec_of(how, nsp, transport, aliases);
                      },
                      [this](std::string_view name) { return profiles_.find(name); }};
  f.depth_max = with_.json_depth_max;
  f.payload_bytes_max = engineio_limits_of(with_).payload_bytes_max;
  socketio_.push_back(std::make_unique<socketio::framing>(std::move(f)));
  engineio_.add(loop);

  if (!broker_)
    broker_ = std::make_unique<peerjs::broker>(loop, peerjs::broker_limits{.peers_max = with_.connections_max});
  peerjs::framing p{loop, *broker_, limits_, totals_};
  p.depth_max = with_.json_depth_max;
  p.queue_bytes_max = with_.queue_bytes_max;
  peerjs_.push_back(std::make_unique<peerjs::framing>(p));
}

/// Socket.IO's own path, the one a messenger's front end has, and those of profiles; with what follows, as its server
/// matches them.
bool entrances::is_engineio(const http_request& request) const {
  const auto under = [path = std::string_view{request.path}](std::string_view root) {
    return path.starts_with(root) && (path.size() == root.size() || path[root.size()] == '/');
  };
  if (under("/socket.io") || under("/api/socket/io")) return true;
  for (const auto* p : profiles_.all())
    if (std::ranges::any_of(p->paths(), under)) return true;
  return false;
}

const codec* entrances::codec_of(const profile* how, std::string_view nsp, engineio_transport transport, bool aliases) {
  if (how ? !how->serves(nsp) : nsp != "/") return nullptr;
  const std::lock_guard lock{codecs_mutex_};
  auto& made = codecs_[{how, std::string{nsp}, transport, aliases}];
  if (!made) {
    socketio_codec::options o{std::string{nsp}, transport, aliases, true};
    if (how)
      made = std::make_unique<profiled_codec>(*how, std::move(o));
    else
      made = std::make_unique<socketio_codec>(std::move(o));
  }
  return made.get();
}

bool entrances::is_websocket(const http_request& request) const {
  if (request.path == native_path) return true;
  return !request.header("upgrade").empty() && (is_engineio(request) || is_peerjs(request));
}

upgrade_offer entrances::upgrade(const http_request& handshake, std::size_t loop) {
  if (is_engineio(handshake)) return engineio_.upgrade(handshake, loop);
  return is_peerjs(handshake) ? open_peer(handshake, loop) : open_native(handshake, loop);
}

bool entrances::take(http_request& request, std::size_t loop, respond& done) {
  if (is_peerjs(request)) {
    answer_peer(request, done);
    return true;
  }
  if (!is_engineio(request)) return map(request, done);
  engineio_.handle(std::move(request), loop, done);
  return true;
}

/// A request of a profile's client becomes one of ours, and the answer one of theirs. True when it is answered.
bool entrances::map(http_request& request, respond& done) {
  const auto how = profiles_.choose(hints_of(request));
  auto mapped = how && *how ? (*how)->map_request(request) : result<mapped_request>{};
  if (!how || !mapped) {
    done(refusal_of(how ? mapped.error() : how.error(), request, with_));
    return true;
  }
  if (mapped->at_once || !mapped->methods.empty()) {
    auto answer =
        mapped->at_once ? std::move(*mapped->at_once) : preflight(request, mapped->methods, with_.cors_origins);
    add_security_headers(answer);
    add_cors_headers(answer, request, with_.cors_origins);
    done(std::move(answer));
    return true;
  }
  if (mapped->rule)
    done = [profile = *how, asked = std::make_shared<mapped_request>(std::move(*mapped)),
            done = std::move(done)](http_response r) {
      profile->map_response(*asked, r);
      done(std::move(r));
    };
  return false;
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

upgrade_offer entrances::open_peer(const http_request& handshake, std::size_t loop) {
  upgrade_offer offer;
  offer.loop = loop;
  auto greeting = read_handshake(handshake, with_.cors_origins);
  if (!greeting) {
    offer.refusal = refusal_of(greeting.error(), handshake, with_);
    return offer;
  }
  peerjs::broker::claim claim{std::string{handshake.parameter("id")}, std::string{handshake.parameter("token")}, {}};
  std::string fault;
  if (claim.id.empty() || claim.token.empty() || handshake.parameter("key").empty())
    fault = "No id, token, or key supplied to websocket server";
  else if (handshake.parameter("key") != peerjs_key)
    fault = "Invalid key provided";
  else if (claim.id.size() > peerjs::id_bytes_max || claim.token.size() > peerjs_token_bytes_max)
    fault = "The id or token is too long";
  // PeerJS's token is its client's own secret, or says who signed in: then the id is theirs.
  for (const auto& token : {claim.token, read_credentials(handshake).token})
    if (auto who = tokens_.verify_access(token, clock_.now()); who && claim.user.empty())
      claim.user = std::move(who->user);
  offer.user = std::make_shared<peerjs::peer>(*peerjs_[loop], std::move(claim), std::move(fault));
  return offer;
}

void entrances::answer_peer(const http_request& request, const respond& done) {
  const auto what = peerjs_rest(request.path);
  http_response r;
  if (request.method == "OPTIONS") {
    r = preflight(request, {"GET"}, with_.cors_origins);
  } else if (what == "/id") {
    r = {200, "text/html", {{"Cache-Control", "no-store"}}, random_uuid(random_)};
  } else if (what == "/peers") {
    if (with_.peer_discovery)
      r.body = nlohmann::json(broker_->peers()).dump();
    else
      r = problem({errc::unauthenticated, "peers are not listed here", 0}, request);
  } else if (what.empty() || what == "/") {
    json_writer{r.body}
        .begin_object()
        .field("name", "PeerJS Server")
        .field("description", "Parley passes on what PeerJS clients tell each other.")
        .field("website", "https://peerjs.com/")
        .end_object();
  } else {
    r = problem({errc::not_found, {}, 0}, request);
  }
  add_security_headers(r);
  add_cors_headers(r, request, with_.cors_origins);
  done(std::move(r));
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
