#pragma once
// Access tokens (JWT, RFC 7519, HS256 only: the algorithm is pinned, whatever a header says), refresh tokens (opaque:
// user, login and generation under a MAC) and resume secrets of sessions. Stateless and thread-safe; the account knows
// which login and generation are in force.

#include "events/clock.hpp"
#include "events/errors.hpp"
#include "events/ids.hpp"

#include <string>
#include <string_view>

namespace parley::gateway {

struct access_claims {
  user_id user;
  login_id login; ///< `sid`
  std::string name;
  bool guest = false;
  time_point issued_at, expires_at;
};

struct refresh_claims {
  user_id user;
  login_id login;
  std::uint64_t generation = 0;
  time_point expires_at;
};

class token_service {
public:
  /// `secret`: at least 16 bytes; keys of each purpose are derived from it (access tokens use it as it is, as the five
  /// front ends' own services verify them with JWT_SECRET).
  explicit token_service(std::string secret);

  [[nodiscard]] std::string issue_access(const access_claims& c) const;
  /// errc::unauthenticated for anything malformed, forged or of another algorithm; errc::token_expired.
  [[nodiscard]] result<access_claims> verify_access(std::string_view token, time_point now) const;

  [[nodiscard]] std::string issue_refresh(const refresh_claims& c) const;
  [[nodiscard]] result<refresh_claims> verify_refresh(std::string_view token, time_point now) const;

  /// What a client shows to come back as `session`; bound to the user.
  [[nodiscard]] std::string issue_resume(const session_id& session, const user_id& user) const;
  [[nodiscard]] bool verify_resume(std::string_view resume, const session_id& session, const user_id& user) const;

  /// The stream that claims an e-mail address: `email/<keyed digest>`, so that the log does not hold it in clear.
  [[nodiscard]] stream_id email_stream(std::string_view normalised_email) const;

  /// A keyed digest of what was asked, hex. Keyed, because a request may hold a password and this is kept in the log:
  /// a plain hash of it could be guessed at offline.
  [[nodiscard]] std::string fingerprint(std::string_view asked) const;

private:
  std::string secret_, refresh_key_, resume_key_, email_key_, fingerprint_key_;
};

} // namespace parley::gateway
