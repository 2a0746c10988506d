#include "gateway/app/settings_table.hpp"

#include "gateway/net/client_address.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <fmt/format.h>

namespace parley::gateway {

namespace {

constexpr double kib = 1024, mib = 1024 * kib, gib = 1024 * mib;
constexpr double minute = 60, hour = 60 * minute, day = 24 * hour;

const auto rows = std::to_array<setting_row>({
    {"Where", "host", &settings::host, 0, 0, "address to listen on; localhost, IPv4 or IPv6"},
    {"Where", "port", &settings::port, 0, 65535, "TCP port; 0 takes a free one and prints it"},
    {"Where", "data", &settings::data, 1, 4000, "directory of the event log and the generated secret"},
    {"Where", "database_url", &settings::database_url, 0, 4000, "PostgreSQL connection string; also DATABASE_URL"},
    {"Where", "jwt_secret", &settings::jwt_secret, 0, 4000,
     "key of the tokens; also JWT_SECRET; made in the data directory when none is given", true},
    {"Where", "trusted_proxies", &settings::trusted_proxies, 0, 100,
     "networks whose X-Forwarded-For is believed, such as 10.0.0.0/8, separated by commas"},
    {"Where", "io_threads", &settings::io_threads, 0, 256, "0: one less than the cores, at least 1"},
    {"Where", "log_level", &settings::log_level, 0, 0, "trace, debug, info, warning, error, critical or off"},

    {"Limits", "limits.connections_max", &settings::connections_max, 1, 1e6, "connections at once"},
    {"Limits", "limits.connections_per_address_max", &settings::connections_per_address_max, 1, 1e6,
     "from one address"},
    {"Limits", "limits.header_bytes_max", &settings::header_bytes_max, 1 * kib, 1 * mib, "head of a request"},
    {"Limits", "limits.body_bytes_max", &settings::body_bytes_max, 1 * kib, 64 * mib, "body of a request"},
    {"Limits", "limits.frame_bytes_max", &settings::frame_bytes_max, 1 * kib, 16 * mib, "one WebSocket message"},
    {"Limits", "limits.payload_bytes_max", &settings::payload_bytes_max, 1 * kib, 16 * mib,
     "one Socket.IO message, or what one poll brings"},
    {"Limits", "limits.json_depth_max", &settings::json_depth_max, 4, 256, "nesting of JSON"},
    {"Limits", "limits.queue_bytes_max", &settings::queue_bytes_max, 64 * kib, 1 * gib,
     "waiting for one client before it is marked lagging"},
    {"Limits", "limits.in_flight_max", &settings::in_flight_max, 1, 65536, "unanswered messages of one client"},
    {"Limits", "limits.header_timeout", &settings::header_timeout, 1, 5 * minute, "for the head of a request"},
    {"Limits", "limits.request_timeout", &settings::request_timeout, 1, hour, "for a request as a whole"},
    {"Limits", "limits.idle_http_timeout", &settings::idle_http_timeout, 1, hour, "between requests"},
    {"Limits", "limits.ping_interval", &settings::ping_interval, 1, hour, "between pings of a WebSocket"},
    {"Limits", "limits.pong_timeout", &settings::pong_timeout, 1, hour, "for the answer to a ping"},
    {"Limits", "limits.close_timeout", &settings::close_timeout, 1, minute, "for the answer to a close"},
    {"Limits", "limits.stall_timeout", &settings::stall_timeout, 1, hour, "for a reader that takes nothing"},
    {"Limits", "limits.shutdown_timeout", &settings::shutdown_timeout, 1, 10 * minute, "to drain before exit"},

    {"Rates", "rates.connects_per_address", &settings::connects_per_address, 0, 1e7, "new connections"},
    {"Rates", "rates.requests_per_address", &settings::requests_per_address, 0, 1e7, "HTTP requests"},
    {"Rates", "rates.auth_per_address", &settings::auth_per_address, 0, 1e7, "register, login, guest, refresh"},
    {"Rates", "rates.login_guesses_per_address", &settings::login_guesses_per_address, 0, 1e7,
     "wrong passwords for one account, from one address"},
    {"Rates", "rates.login_guesses_per_account", &settings::login_guesses_per_account, 0, 1e7,
     "the same from everywhere: so many more that nobody locks somebody else out"},
    {"Rates", "rates.messages_per_session", &settings::messages_per_session, 0, 1e7, "WebSocket messages"},
    {"Rates", "rates.requests_per_user", &settings::requests_per_user, 0, 1e7, "HTTP requests of one user"},
    {"Rates", "rates.room_opens_per_address", &settings::room_opens_per_address, 0, 1e7, "rooms opened"},
    {"Rates", "rates.creations_per_user", &settings::creations_per_user, 0, 1e7,
     "lounges, services and listings made by one user"},

    {"Auth", "auth.access_token_lifetime", &settings::access_token_lifetime, 1, 30 * day, "of an access token"},
    {"Auth", "auth.refresh_token_lifetime", &settings::refresh_token_lifetime, 1, 400 * day, "of a refresh token"},
    {"Auth", "auth.hash_threads", &settings::hash_threads, 1, 64, "passwords hashed at once"},
    {"Auth", "auth.hash_queue_max", &settings::hash_queue_max, 1, 10000, "passwords waiting to be hashed"},
    {"Auth", "auth.hash_memory_bytes", &settings::hash_memory_bytes, 8 * mib, 1 * gib, "Argon2id's memory"},
    {"Auth", "auth.hash_passes", &settings::hash_passes, 1, 16, "Argon2id's passes"},
    {"Auth", "auth.cors_origins", &settings::cors_origins, 0, 100, "exact origins of front ends, separated by commas"},
    {"Auth", "auth.secure_cookies", &settings::secure_cookies, 0, 0, "set when served behind TLS"},

    {"Calls", "ice.stun_urls", &settings::ice_stun_urls, 0, 16, "such as stun:stun.example.org, separated by commas"},
    {"Calls", "ice.turn_urls", &settings::ice_turn_urls, 0, 16, "such as turn:turn.example.org?transport=udp"},
    {"Calls", "ice.turn_secret", &settings::ice_turn_secret, 0, 4000, "shared with them: coturn's static-auth-secret",
     true},
    {"Calls", "ice.turn_lifetime", &settings::ice_turn_lifetime, minute, day, "of a caller's TURN credentials"},
    {"Calls", "ice.turn_for_guests", &settings::ice_turn_for_guests, 0, 0, "guests are relayed as well"},
    {"Calls", "peerjs.discovery", &settings::peer_discovery, 0, 0,
     "anybody may list the PeerJS ids that are connected"},

    {"Profiles", "profiles.folder", &settings::profiles_folder, 0, 4000,
     "directory of further profiles, *.json (schema/profiles/README.md)"},
    {"Profiles", "profiles.rules", &settings::profiles_rules, 0, 100,
     "which profile an origin, host or path gets: https://meet.example.org=meetings, separated by commas"},

    {"Places", "rooms.open_on_join", &settings::rooms_open_on_join, 0, 0, "a room id nobody opened opens when joined"},
    {"Places", "sessions.grace", &settings::session_grace, 0, hour, "in which a lost connection may come back"},
    {"Places", "entities.snapshot_every", &settings::snapshot_every, 1, 1e6, "events between snapshots"},
    {"Places", "entities.passivate_after", &settings::passivate_after, 1, day, "of silence, then an entity sleeps"},
    {"Places", "entities.in_memory_max", &settings::entities_max, 1000, 1e8, "entities in memory"},
    {"Places", "entities.idempotency_lifetime", &settings::idempotency_lifetime, 60, 30 * day,
     "in which a repeat gets the first answer"},

    {"Read models", "database.read_wait_max", &settings::read_wait_max, 0, minute, "a read waits for a write"},
    {"Read models", "database.connections", &settings::database_connections, 1, 64, "for reads, an io thread"},
    {"Read models", "database.queue_max", &settings::database_queue_max, 1, 1e6, "waiting reads, an io thread"},
});

template <class Number>
std::optional<Number> number_of(std::string_view text) {
  Number value{};
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

struct unit {
  std::string_view name;
  double factor;
};
constexpr auto time_units =
    std::to_array<unit>({{"ms", 0.001}, {"s", 1}, {"min", minute}, {"m", minute}, {"h", hour}, {"d", day}});
constexpr auto byte_units = std::to_array<unit>({{"KiB", kib}, {"MiB", mib}, {"GiB", gib}, {"B", 1}});

/// `30`, `30s`, `64KiB`: a number, in `plain` units when none is written.
std::optional<double> measure(std::string_view text, std::span<const unit> units, double plain) {
  for (const auto& u : units) {
    if (!text.ends_with(u.name)) continue;
    auto digits = text.substr(0, text.size() - u.name.size());
    while (digits.ends_with(' ')) digits.remove_suffix(1);
    // "ms" ends in "s" too: the first unit whose rest is a number is meant.
    if (const auto value = number_of<double>(digits)) return *value * u.factor;
  }
  const auto value = number_of<double>(text);
  return value ? std::optional{*value * plain} : std::nullopt;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
  return text;
}

std::string plain_number(double value) { return fmt::format("{:.10g}", value); }

std::string duration_text(milliseconds value) {
  const auto ms = value.count();
  if (ms % 1000 != 0 || ms == 0) return fmt::format("{}ms", ms);
  const auto s = ms / 1000;
  if (s % 86400 == 0) return fmt::format("{}d", s / 86400);
  if (s % 3600 == 0) return fmt::format("{}h", s / 3600);
  return fmt::format("{}s", s);
}

std::string bytes_text(double value) {
  if (std::fmod(value, mib) == 0) return plain_number(value / mib) + "MiB";
  if (std::fmod(value, kib) == 0) return plain_number(value / kib) + "KiB";
  return plain_number(value) + "B";
}

bool counts_bytes(const setting_row& row) { return row.key.find("bytes") != std::string_view::npos; }

/// An origin as browsers send it (RFC 6454 section 6.1): scheme, host, port; nothing after them.
bool is_origin(std::string_view text) {
  const auto scheme = text.find("://");
  if (scheme == std::string_view::npos || scheme == 0) return false;
  const auto authority = text.substr(scheme + 3);
  return !authority.empty() && authority.find_first_of("/?#@ \\*") == std::string_view::npos;
}

std::optional<std::string> check_text(const setting_row& row, std::string& text) {
  if (text.find('\0') != std::string::npos) return "must not hold a NUL";
  if (row.max > 0 && (static_cast<double>(text.size()) < row.min || static_cast<double>(text.size()) > row.max))
    return fmt::format("must have {} to {} bytes", row.min, row.max);
  if (row.key == "host") {
    if (text == "localhost") text = "127.0.0.1";
    std::array<unsigned char, sizeof(in6_addr)> ignored{};
    if (inet_pton(AF_INET, text.c_str(), ignored.data()) != 1 && inet_pton(AF_INET6, text.c_str(), ignored.data()) != 1)
      return "is not an IP address";
  }
  if (row.key == "log_level") {
    static constexpr std::array<std::string_view, 7> levels{"trace", "debug",    "info", "warning",
                                                            "error", "critical", "off"};
    if (std::ranges::find(levels, text) == levels.end()) return "is none of " + std::string{row.help};
  }
  return std::nullopt;
}

/// A URI of RFC 7064 (stun, stuns) or RFC 7065 (turn, turns), as far as a typing error would break it.
bool is_ice_url(std::string_view text, std::string_view scheme) {
  if (!text.starts_with(scheme)) return false;
  text.remove_prefix(scheme.size());
  if (text.starts_with('s')) text.remove_prefix(1);
  return text.size() > 1 && text.front() == ':' && text[1] != '/' &&
         text.find_first_of(" @#\\\"<>") == std::string_view::npos;
}

std::optional<std::string> check_item(const setting_row& row, std::string_view item) {
  if (row.key == "trusted_proxies")
    return address_ranges{}.add(item)
               ? std::nullopt
               : std::optional{fmt::format("holds '{}', which is not a network such as 10.0.0.0/8", item)};
  for (const std::string_view scheme : {"stun", "turn"})
    if (row.key.starts_with("ice." + std::string{scheme}))
      return is_ice_url(item, scheme)
                 ? std::nullopt
                 : std::optional{
                       fmt::format("holds '{}', which is no URL such as {}:{}.example.org", item, scheme, scheme)};
  if (row.key == "profiles.rules" || is_origin(item)) return std::nullopt; // rules are read where profiles are
  return fmt::format("holds '{}', which is not an origin such as https://example.org", item);
}

std::optional<std::string> out_of_bounds(const setting_row& row, double value, const std::string& least,
                                         const std::string& most) {
  if (value >= row.min && value <= row.max) return std::nullopt;
  return fmt::format("must be between {} and {}", least, most);
}

milliseconds as_milliseconds(double in_seconds) { return milliseconds{std::llround(in_seconds * 1000)}; }

} // namespace

std::string setting_row::flag() const {
  std::string name = "--" + std::string{key};
  std::ranges::replace_if(
      name, [](char c) { return c == '.' || c == '_'; }, '-');
  return name;
}

std::string setting_row::variable() const {
  std::string name = "PARLEY_" + std::string{key};
  std::ranges::transform(name, name.begin(),
                         [](char c) { return c == '.' ? '_' : static_cast<char>(std::toupper(c)); });
  return name;
}

std::string_view setting_row::kind() const {
  static constexpr std::array<std::string_view, 9> kinds{"TEXT", "true|false", "NUMBER",  "NUMBER", "NUMBER",
                                                         "TIME", "TIME",       "N/BURST", "LIST"};
  return counts_bytes(*this) ? "BYTES" : kinds[member.index()];
}

std::string setting_row::text_of(const settings& s) const {
  return std::visit(
      [&](auto where) -> std::string {
        const auto& value = s.*where;
        using type = std::remove_cvref_t<decltype(value)>;
        if constexpr (std::is_same_v<type, std::string>)
          return value;
        else if constexpr (std::is_same_v<type, bool>)
          return value ? "true" : "false";
        else if constexpr (std::is_same_v<type, seconds> || std::is_same_v<type, milliseconds>)
          return duration_text(value);
        else if constexpr (std::is_same_v<type, rate>)
          return plain_number(value.per_second) + "/" + plain_number(value.burst);
        else if constexpr (std::is_same_v<type, std::vector<std::string>>)
          return fmt::format("{}", fmt::join(value, ","));
        else
          return counts_bytes(*this) ? bytes_text(static_cast<double>(value)) : std::to_string(value);
      },
      member);
}

std::optional<std::string> setting_row::assign(settings& s, std::string_view raw) const {
  const auto text = trim(raw);
  return std::visit(
      [&](auto where) -> std::optional<std::string> {
        auto& value = s.*where;
        using type = std::remove_cvref_t<decltype(value)>;
        if constexpr (std::is_same_v<type, std::string>) {
          std::string read{text};
          if (auto wrong = check_text(*this, read)) return wrong;
          value = std::move(read);
        } else if constexpr (std::is_same_v<type, bool>) {
          if (text != "true" && text != "false") return "must be true or false";
          value = text == "true";
        } else if constexpr (std::is_same_v<type, seconds> || std::is_same_v<type, milliseconds>) {
          const auto read = measure(text, time_units, std::is_same_v<type, seconds> ? 1 : 0.001);
          if (!read) return "is not a time such as 250ms, 30s, 5m, 24h or 30d";
          if (auto wrong =
                  out_of_bounds(*this, *read, duration_text(as_milliseconds(min)), duration_text(as_milliseconds(max))))
            return wrong;
          const auto exact = as_milliseconds(*read);
          if (exact % type{1} != milliseconds::zero()) return "must be whole seconds";
          value = std::chrono::duration_cast<type>(exact);
        } else if constexpr (std::is_same_v<type, rate>) {
          if (text == "off") {
            value = {};
            return std::nullopt;
          }
          const auto slash = text.find('/');
          const auto per_second = number_of<double>(trim(text.substr(0, slash)));
          const auto burst =
              slash == std::string_view::npos ? per_second : number_of<double>(trim(text.substr(slash + 1)));
          if (!per_second || !burst) return "is not a rate such as 10/200 (a second, and at once) or off";
          if (auto wrong = out_of_bounds(*this, *per_second, plain_number(min), plain_number(max))) return wrong;
          if (auto wrong = out_of_bounds(*this, *burst, plain_number(min), plain_number(max))) return wrong;
          if (*per_second > 0 && *burst < 1) return "must allow at least 1 at once";
          value = {*per_second, *burst};
        } else if constexpr (std::is_same_v<type, std::vector<std::string>>) {
          std::vector<std::string> read;
          for (std::size_t at = 0; at <= text.size() && !text.empty();) {
            const auto end = std::min(text.find(',', at), text.size());
            const auto item = trim(text.substr(at, end - at));
            if (auto wrong = check_item(*this, item)) return wrong;
            read.emplace_back(item);
            at = end + 1;
          }
          if (static_cast<double>(read.size()) > max) return fmt::format("holds more than {} items", max);
          value = std::move(read);
        } else {
          const auto bytes = counts_bytes(*this);
          const auto read = bytes ? measure(text, byte_units, 1) : number_of<double>(text);
          if (!read || std::floor(*read) != *read)
            return bytes ? "is not a size such as 64KiB" : "is not a whole number";
          const auto shown = [&](double v) { return bytes ? bytes_text(v) : plain_number(v); };
          if (auto wrong = out_of_bounds(*this, *read, shown(min), shown(max))) return wrong;
          value = static_cast<type>(*read);
        }
        return std::nullopt;
      },
      member);
}

std::span<const setting_row> setting_rows() { return rows; }

const setting_row* find_setting(std::string_view key) {
  const auto found = std::ranges::find(rows, key, &setting_row::key);
  return found == rows.end() ? nullptr : &*found;
}

std::optional<std::string> check_together(const settings& s) {
  if (s.frame_bytes_max > s.queue_bytes_max)
    return "limits.frame_bytes_max is larger than limits.queue_bytes_max: one message would not fit a client's queue";
  if (s.connections_per_address_max > s.connections_max &&
      s.connections_per_address_max != settings{}.connections_per_address_max)
    return "limits.connections_per_address_max is larger than limits.connections_max";
  if (s.access_token_lifetime > s.refresh_token_lifetime)
    return "auth.access_token_lifetime is longer than auth.refresh_token_lifetime";
  if (!s.ice_turn_urls.empty() && s.ice_turn_secret.empty())
    return "ice.turn_urls asks for ice.turn_secret (in the file, or as PARLEY_ICE_TURN_SECRET): nobody could sign in "
           "there";
  return std::nullopt;
}

} // namespace parley::gateway
