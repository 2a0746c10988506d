// GET /api/ice-servers: what a browser gives to RTCPeerConnection (WebRTC section 4.2.5, RTCIceServer).

#include "events/json_writer.hpp"
#include "gateway/auth/turn_credentials.hpp"
#include "gateway/rest/routes/routes.hpp"

namespace parley::gateway {
namespace {

void write_urls(json_writer& out, const std::vector<std::string>& urls) {
  out.key("urls").begin_array();
  for (const auto& url : urls) out.value(url);
  out.end_array();
}

/// Relaying costs its operator bandwidth: strangers are not let in to it, nor guests unless that is wanted.
bool may_relay(const ice_settings& ice, const std::optional<caller>& who) {
  if (ice.turn_secret.empty() || ice.turn_urls.empty() || !who) return false;
  return !who->guest || ice.turn_for_guests;
}

void list_servers(const call_ptr& c) {
  const auto& ice = c->with.settings.ice;
  std::string body;
  json_writer out{body};
  out.begin_object().key("iceServers").begin_array();
  if (!ice.stun_urls.empty()) {
    out.begin_object();
    write_urls(out, ice.stun_urls);
    out.end_object();
  }
  time_point expires_at;
  const bool relays = may_relay(ice, c->who);
  if (relays) {
    expires_at = std::chrono::floor<std::chrono::seconds>(c->with.clock.now()) + ice.turn_lifetime;
    const auto login = make_turn_credentials(ice.turn_secret, c->who->user, expires_at);
    out.begin_object();
    write_urls(out, ice.turn_urls);
    out.field("username", login.username).field("credential", login.password).field("credentialType", "password");
    out.end_object();
  }
  out.end_array();
  if (relays) out.field("expiresAt", to_iso8601(expires_at));
  out.end_object();
  auto r = success(200, body);
  r.headers.emplace_back("Cache-Control", "no-store");
  c->answer(std::move(r));
}

} // namespace

void add_ice_routes(router& to) { to.add({"GET", {"/api/ice-servers"}, access::known, list_servers}); }

} // namespace parley::gateway
