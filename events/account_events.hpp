#pragma once
// What happens to an account (stream `account/<userId>`) and to the claim on its e-mail address (stream
// `email/<digest>`, where the digest is keyed, so that the log does not hold the address in clear).

#include "events/clock.hpp"
#include "events/field.hpp"
#include "events/ids.hpp"

#include <string>
#include <tuple>
#include <variant>

namespace parley::events {

struct registered {
  static constexpr std::string_view type = "registered";
  static constexpr int schema = 1;
  user_id user;
  std::string email, name;
  std::string password_hash; ///< Argon2id in libsodium's string form
  static constexpr auto fields() {
    return std::tuple{stored("userId", &registered::user), personal("email", &registered::email),
                      personal("name", &registered::name), personal("passwordHash", &registered::password_hash)};
  }
  friend bool operator==(const registered&, const registered&) = default;
};

struct guest_registered {
  static constexpr std::string_view type = "guest-registered";
  static constexpr int schema = 1;
  user_id user;
  std::string name;
  static constexpr auto fields() {
    return std::tuple{stored("userId", &guest_registered::user), personal("name", &guest_registered::name)};
  }
  friend bool operator==(const guest_registered&, const guest_registered&) = default;
};

struct renamed {
  static constexpr std::string_view type = "renamed";
  static constexpr int schema = 1;
  std::string name;
  static constexpr auto fields() { return std::tuple{personal("name", &renamed::name)}; }
  friend bool operator==(const renamed&, const renamed&) = default;
};

/// A device signed in. `login` is the `sid` of its tokens.
struct login_opened {
  static constexpr std::string_view type = "login-opened";
  static constexpr int schema = 1;
  login_id login;
  time_point expires_at; ///< when its last refresh token ends
  std::string device;    ///< User-Agent as sent, at most 256 bytes
  static constexpr auto fields() {
    return std::tuple{stored("loginId", &login_opened::login), stored("expiresAt", &login_opened::expires_at),
                      personal("device", &login_opened::device)};
  }
  friend bool operator==(const login_opened&, const login_opened&) = default;
};

/// A refresh token was rotated: only `generation` may be presented next.
struct login_refreshed {
  static constexpr std::string_view type = "login-refreshed";
  static constexpr int schema = 1;
  login_id login;
  std::uint64_t generation = 0;
  time_point expires_at;
  static constexpr auto fields() {
    return std::tuple{stored("loginId", &login_refreshed::login), stored("generation", &login_refreshed::generation),
                      stored("expiresAt", &login_refreshed::expires_at)};
  }
  friend bool operator==(const login_refreshed&, const login_refreshed&) = default;
};

struct login_revoked {
  static constexpr std::string_view type = "login-revoked";
  static constexpr int schema = 1;
  login_id login;
  std::string reason; ///< logout, revoked, refresh-token-reused, expired, evicted (too many logins)
  static constexpr auto fields() {
    return std::tuple{stored("loginId", &login_revoked::login), stored("reason", &login_revoked::reason)};
  }
  friend bool operator==(const login_revoked&, const login_revoked&) = default;
};

/// A machine of the operator's got an account and its key. The key is shown once, when it is made.
struct service_registered {
  static constexpr std::string_view type = "service-registered";
  static constexpr int schema = 1;
  user_id user;
  std::string name;
  std::string key_digest; ///< SHA-256 of the key, lower-case hex
  std::string by;         ///< as in role_granted
  static constexpr auto fields() {
    return std::tuple{stored("userId", &service_registered::user), stored("name", &service_registered::name),
                      stored("keyDigest", &service_registered::key_digest), stored("by", &service_registered::by)};
  }
  friend bool operator==(const service_registered&, const service_registered&) = default;
};

/// Nobody is let in by the key any more.
struct key_revoked {
  static constexpr std::string_view type = "key-revoked";
  static constexpr int schema = 1;
  std::string by;
  static constexpr auto fields() { return std::tuple{stored("by", &key_revoked::by)}; }
  friend bool operator==(const key_revoked&, const key_revoked&) = default;
};

struct role_granted {
  static constexpr std::string_view type = "role-granted";
  static constexpr int schema = 1;
  std::string role; ///< operator, service, auditor
  std::string by;   ///< `<system user>@<host>` for who did it on the machine itself, else a user id
  static constexpr auto fields() {
    return std::tuple{stored("role", &role_granted::role), stored("by", &role_granted::by)};
  }
  friend bool operator==(const role_granted&, const role_granted&) = default;
};

struct role_revoked {
  static constexpr std::string_view type = "role-revoked";
  static constexpr int schema = 1;
  std::string role;
  std::string by;
  static constexpr auto fields() {
    return std::tuple{stored("role", &role_revoked::role), stored("by", &role_revoked::by)};
  }
  friend bool operator==(const role_revoked&, const role_revoked&) = default;
};

struct email_claimed {
  static constexpr std::string_view type = "email-claimed";
  static constexpr int schema = 1;
  user_id user;
  static constexpr auto fields() { return std::tuple{stored("userId", &email_claimed::user)}; }
  friend bool operator==(const email_claimed&, const email_claimed&) = default;
};

using account_event = std::variant<registered, guest_registered, renamed, login_opened, login_refreshed, login_revoked,
                                   service_registered, key_revoked, role_granted, role_revoked>;
using email_event = std::variant<email_claimed>;

} // namespace parley::events
