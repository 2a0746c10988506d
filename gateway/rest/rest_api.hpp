#pragma once
// The REST side of the server (API.md, "REST conventions" and "REST routes"): one object an io loop, given to the
// network as its http_handler. It runs on its loop only; everything it asks answers on that loop as well (passwords
// come back through `post`). It must outlive the requests under way: stop the loop first.
//
// A request goes: limit by address, preflight, route, limit of its kind, who is asking, limit by user, body, handler.

#include "actors/entities.hpp"
#include "events/clock.hpp"
#include "events/random.hpp"
#include "gateway/auth/passwords.hpp"
#include "gateway/auth/tokens.hpp"
#include "gateway/bridge/write_positions.hpp"
#include "gateway/rest/exchange.hpp"
#include "projections/reads/booking_reads.hpp"
#include "projections/reads/market_reads.hpp"
#include "projections/reads/moderation_reads.hpp"
#include "projections/reads/people_reads.hpp"
#include "projections/reads/read_models.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace parley::gateway {

/// How callers of WebRTC find each other; see settings.hpp.
struct ice_settings {
  std::vector<std::string> stun_urls, turn_urls;
  std::string turn_secret; ///< empty: no TURN
  std::chrono::seconds turn_lifetime{std::chrono::hours{1}};
  bool turn_for_guests = false;
};

struct rest_settings {
  std::chrono::seconds access_token_lifetime{std::chrono::hours{24}};
  std::chrono::seconds refresh_token_lifetime{std::chrono::hours{24 * 30}};
  std::vector<std::string> cors_origins; ///< exact origins besides the server's own
  bool secure_cookies = false;
  std::size_t body_bytes_max = 1024 * 1024;
  std::size_t json_depth_max = 32;
  ice_settings ice{};
};

/// Takes one from the bucket of `key` and says how many seconds to wait; 0: go on. Empty: no limit. What is before the
/// first space of a key may be an address.
struct rest_limit {
  std::function<int(std::string_view key)> take;
  unsigned burst = 0; ///< shown as RateLimit-Limit when it refuses; 0: not shown
  std::function<void(std::string_view key)> give_back;
};

/// Keys seen lately, as many as the composition keeps; empty: none are. A key is as a rest_limit's.
struct rest_memory {
  std::function<void(std::string_view key)> add;
  std::function<bool(std::string_view key)> contains;
};

struct rest_limits {
  rest_limit requests_per_address; ///< leave empty when the network limits them already
  rest_limit auth_per_address;     ///< register, login, guest, refresh
  rest_limit requests_per_user;
  rest_limit room_opens_per_address;
  rest_limit creations_per_user;        ///< of lounges, services and listings together
  rest_limit login_guesses_per_address; ///< at one account: by `address claim`; a right password is given back
  rest_limit login_guesses_per_account; ///< by claim, wherever they come from; likewise
  rest_memory familiar; ///< `address claim` that gave the right password: the limit on the account is not theirs
};

/// What only the composition knows. An empty one is answered 404 (livez: 200).
struct rest_operations {
  std::function<void(respond)> livez, readyz, metrics;
};

struct rest_dependencies {
  parley::entities& entities;   ///< answers on this loop
  read_models& reads;           ///< of this loop
  moderation_reads& moderation; ///< likewise
  people_reads& people;         ///< likewise
  market_reads& market;         ///< likewise
  booking_reads& bookings;      ///< likewise
  const token_service& tokens;
  password_hasher& passwords;
  const clock_source& clock;
  random_source& random;
  write_positions& writes;
  /// Runs a task on this loop; called from any thread.
  std::function<void(std::function<void()>)> post;
  /// Who claimed an e-mail address (the user of the first event of that stream in the log, not a read model, so that
  /// one can sign in at once and without PostgreSQL); nullopt: nobody. Answers on this loop.
  std::function<void(const stream_id& email, std::function<void(result<std::optional<user_id>>)>)> claimed_by;
  rest_limits limits;
  rest_operations operations;
  rest_settings settings;
  /// The newest position that anybody can have been told of. Empty: any is waited for.
  std::function<position()> head;
};

class router;

class rest_api {
public:
  /// Serves clients.
  explicit rest_api(rest_dependencies with);
  /// Serves the routes that `add` adds.
  rest_api(rest_dependencies with, void (*add)(router&));
  ~rest_api();
  rest_api(const rest_api&) = delete;
  rest_api& operator=(const rest_api&) = delete;

  /// `done` is called exactly once, on this loop, now or later.
  void operator()(http_request request, respond done);

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace parley::gateway
