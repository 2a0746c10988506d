#include "gateway/app/parts_settings.hpp"

namespace parley::gateway {
namespace {

bucket_rate bucket(rate r) { return {r.per_second, r.burst}; }

} // namespace

net_limits limits_of(const settings& s) {
  net_limits l;
  l.connections_max = s.connections_max;
  l.connections_per_address_max = s.connections_per_address_max;
  l.header_bytes_max = s.header_bytes_max;
  l.body_bytes_max = s.body_bytes_max;
  l.frame_bytes_max = s.frame_bytes_max;
  l.queue_bytes_max = s.queue_bytes_max;
  l.in_flight_max = s.in_flight_max;
  l.header_timeout = s.header_timeout;
  l.request_timeout = s.request_timeout;
  l.idle_http_timeout = s.idle_http_timeout;
  l.ping_interval = s.ping_interval;
  l.pong_timeout = s.pong_timeout;
  l.close_timeout = s.close_timeout;
  l.stall_timeout = s.stall_timeout;
  l.connects_per_address = bucket(s.connects_per_address);
  l.requests_per_address = bucket(s.requests_per_address);
  l.messages_per_session = bucket(s.messages_per_session);
  return l;
}

engineio::limits engineio_limits_of(const settings& s) {
  engineio::limits l;
  l.ping_interval = s.ping_interval;
  l.ping_timeout = s.pong_timeout;
  l.payload_bytes_max = std::min(s.payload_bytes_max, s.body_bytes_max);
  l.queue_bytes_max = s.queue_bytes_max;
  return l;
}

hub::limits hub_limits_of(const settings& s) {
  hub::limits l;
  l.queue_bytes_max = s.queue_bytes_max;
  return l;
}

query_options questions_of(const settings& s) {
  query_options q;
  q.database_url = s.database_url;
  q.connections = s.database_connections;
  q.queue_max = s.database_queue_max;
  q.read_wait = s.read_wait_max;
  return q;
}

pg::connect_options store_of(const settings& s) {
  pg::connect_options c;
  c.url = s.database_url;
  c.application = "parley projector";
  return c;
}

net_limits local_limits_of(const settings& s) {
  auto l = limits_of(s);
  l.connections_max = l.connections_per_address_max = 64;
  l.connects_per_address = l.requests_per_address = {};
  return l;
}

result<profile_set> profiles_of(const settings& s) {
  auto known = s.profiles_folder.empty() ? result<profile_set>{profile_set::shipped()}
                                         : profile_set::with_folder(s.profiles_folder);
  if (!known) return known;
  std::vector<profile_rule> rules;
  for (const auto& text : s.profiles_rules) {
    auto some = parse_profile_rules(text);
    if (!some) return tl::make_unexpected(std::move(some.error()));
    rules.insert(rules.end(), some->begin(), some->end());
  }
  if (auto set = known->set_rules(std::move(rules)); !set) return tl::make_unexpected(std::move(set.error()));
  return known;
}

rest_settings rest_settings_of(const settings& s) {
  return {s.access_token_lifetime,
          s.refresh_token_lifetime,
          s.cors_origins,
          s.secure_cookies,
          s.body_bytes_max,
          s.json_depth_max,
          {s.ice_stun_urls, s.ice_turn_urls, s.ice_turn_secret, s.ice_turn_lifetime, s.ice_turn_for_guests}};
}

} // namespace parley::gateway
