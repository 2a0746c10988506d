#pragma once
// Everything an operator can set, with its default and bounds. Read from flags (CLI11), a TOML file and PARLEY_*
// environment variables: a flag beats a variable, a variable beats the file, the file beats the default. Every value is
// checked against its bounds on reading; settings_table.cpp names them all.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace parley::gateway {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A token bucket: `per_second` refill, `burst` at most. `per_second` 0 switches the limit off.
struct rate {
  double per_second = 0;
  double burst = 0;
};

struct settings {
  // where
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080; ///< 0: any free one, printed
  std::string data = "./var";
  std::string database_url; ///< libpq connection string; also DATABASE_URL
  std::string jwt_secret;   ///< also JWT_SECRET; generated into the data directory when empty
  /// Networks of reverse proxies, CIDR. Their X-Forwarded-For says whose a connection is, and so whose limits count; of
  /// anybody else it is ignored, because every client can write one.
  std::vector<std::string> trusted_proxies;
  std::size_t io_threads = 0; ///< 0: one less than the cores, at least 1
  std::string log_level = "info";

  // gateway limits
  std::size_t connections_max = 20'000;
  std::size_t connections_per_address_max = 20'000;
  std::size_t header_bytes_max = 16 * 1024;
  std::size_t body_bytes_max = 1024 * 1024;
  std::size_t frame_bytes_max = 128 * 1024;  ///< one WebSocket message
  std::size_t payload_bytes_max = 1'000'000; ///< one Engine.IO message or payload; at most body_bytes_max
  std::size_t json_depth_max = 32;
  std::size_t queue_bytes_max = 1024 * 1024; ///< outbound bytes a connection before it lags
  std::size_t in_flight_max = 256;           ///< unanswered messages a connection before we stop reading it
  seconds header_timeout{10};
  seconds request_timeout{30};
  seconds idle_http_timeout{60};
  seconds ping_interval{25};
  seconds pong_timeout{20};
  seconds close_timeout{5};
  seconds stall_timeout{120}; ///< a reader that takes nothing for so long is closed
  seconds shutdown_timeout{8};

  rate connects_per_address{200, 2000};
  rate requests_per_address{500, 2000};
  rate auth_per_address{10, 200}; ///< register, login, guest, refresh
  /// Wrong passwords for one account: few from one address, many more from all of them together. One bucket an account
  /// would be a lock that anybody can turn on its owner (OWASP, "Slow Down Online Guessing Attacks with Device
  /// Cookies", on pairs of account and address). To empty the second one takes dozens of IPv4 addresses or IPv6 /48s,
  /// and then it refuses the owner as well, for as long as they go on, but not at an address where the right password
  /// was given lately. A right password costs nothing.
  rate login_guesses_per_address{0.1, 20};
  rate login_guesses_per_account{1, 1000};
  rate messages_per_session{200, 400};
  rate requests_per_user{100, 400};
  rate room_opens_per_address{20, 200}; ///< open-on-join and POST /api/rooms
  /// Lounges, services and listings: each one lasts, and stands in a list. One a minute.
  rate creations_per_user{1.0 / 60, 100};

  // auth
  seconds access_token_lifetime{std::chrono::hours{24}};
  seconds refresh_token_lifetime{std::chrono::hours{24 * 30}};
  std::size_t hash_threads = 1;
  std::size_t hash_queue_max = 64;
  std::size_t hash_memory_bytes = 19 * 1024 * 1024; ///< Argon2id, OWASP's minimum of 19 MiB with 2 passes
  unsigned hash_passes = 2;
  std::vector<std::string> cors_origins; ///< exact origins; empty: none but the server's own
  bool secure_cookies = false;           ///< set when served behind TLS

  // calls
  /// URLs of STUN servers (RFC 7064). None by default: whom clients tell their addresses is the operator's choice.
  std::vector<std::string> ice_stun_urls;
  std::vector<std::string> ice_turn_urls; ///< of TURN servers (RFC 7065) that share `ice_turn_secret`
  std::string ice_turn_secret;            ///< coturn's static-auth-secret
  seconds ice_turn_lifetime{std::chrono::hours{1}};
  bool ice_turn_for_guests = false;
  bool peer_discovery = false; ///< PeerJS clients may list the ids that are connected

  // other vocabularies
  std::string profiles_folder;             ///< further profiles, *.json; empty: the shipped ones only
  std::vector<std::string> profiles_rules; ///< who gets which without asking: `https://meet.example.org=meetings`

  // domain
  bool rooms_open_on_join = true;
  milliseconds session_grace{30'000};
  std::size_t snapshot_every = 256; ///< events
  seconds passivate_after{300};
  std::size_t entities_max = 200'000; ///< actors in memory
  seconds idempotency_lifetime{std::chrono::hours{24}};

  // projections
  milliseconds read_wait_max{2000};
  std::size_t database_connections = 4;  ///< an io thread, for reads
  std::size_t database_queue_max = 1000; ///< questions waiting for a connection, an io thread
};

/// What came of the words the process was started with.
struct parsed_settings {
  std::optional<settings> run; ///< empty: show `text` and exit
  int exit_code = 0;
  std::string text;                  ///< for standard output when exit_code is 0 (--help), else for standard error
  std::vector<std::string> warnings; ///< for the log, once there is one
};

/// Reads flags, variables and the file that `--config` or PARLEY_CONFIG names. `arguments` begins with the program's
/// name. Pure but for reading that file. Something unknown or out of bounds: exit code 2 and a text that names the
/// flag, the variable, or file and line.
[[nodiscard]] parsed_settings parse_settings(std::span<const char* const> arguments,
                                             const std::map<std::string, std::string>& environment);
/// The variables of this process, as parse_settings takes them.
[[nodiscard]] std::map<std::string, std::string> process_environment();

} // namespace parley::gateway
