#pragma once
// An account: who a person is, how they prove it, and on which devices they are signed in (stream `account/<userId>`).
// Tokens are never stored: a refresh token carries its generation under a MAC, the account knows the one that counts.
//
// A machine of the operator's has an account, too: a service, let in by a key instead of by logins. What an account may
// do beyond everybody is its roles; who may grant them is decided by who can reach these commands (see admin_desk.hpp).

#include "actors/domain/decision.hpp"
#include "actors/domain/people/roles.hpp"
#include "events/account_events.hpp"

#include <map>
#include <variant>

namespace parley::domain {

inline constexpr std::size_t logins_max = 32;       ///< signed-in devices an account; the oldest is revoked beyond it
inline constexpr std::size_t name_bytes_max = 128;  ///< a display name, UTF-8
inline constexpr std::size_t email_bytes_max = 254; ///< RFC 5321 section 4.5.3.1.3

/// Perhaps a guest's who came without a token: there is no account of it, and nobody can say whether it was ever here.
[[nodiscard]] inline bool needs_no_account(const user_id& who) { return who.text.starts_with("g_"); }

struct account {
  struct login {
    std::uint64_t generation = 0; ///< of the refresh token in force; the first is 1
    time_point opened_at, refreshed_at, expires_at;
    std::string device;
  };
  struct state {
    user_id user; ///< empty: no such account
    bool guest = false;
    bool service = false;
    std::string email, name, password_hash; ///< of a guest and of a service the name only
    std::string key_digest;                 ///< of a service whose key lets in
    role_set roles;
    time_point created_at;
    std::map<login_id, login> logins; ///< the ones not revoked
  };

  /// An empty name becomes the part of the address before the @ (a guest's: "Guest"). errc::conflict when the id is
  /// an account's already, errc::invalid_email.
  /// Registers and signs in at once; claims `email_stream` in the same commit (errc::email_taken when it is claimed).
  /// Never a repeat: only a password opens a login of an account that exists.
  struct register_user {
    user_id user;
    std::string email; ///< normalised: trimmed, lower case
    stream_id email_stream;
    std::string name;
    std::string password_hash;
    login_id login;
    std::string device;
    time_point login_expires_at;
  };
  struct register_guest {
    user_id user;
    std::string name;
    login_id login;
    std::string device;
    time_point login_expires_at;
  };
  /// Makes room first: expired logins are revoked, then the oldest beyond logins_max. A guest has no password.
  /// The password was verified by the caller against `password_hash`, off the actor threads; should it have changed
  /// since, errc::invalid_credentials.
  struct open_login {
    login_id login;
    std::string verified_hash;
    std::string device;
    time_point login_expires_at;
  };
  /// Rotates. A generation older than the current one is a stolen or replayed token: the login is revoked and the
  /// answer is errc::token_reused (the events of that revocation are written: see `refused_with`). errc::token_expired
  /// past the login's end (revoked likewise), errc::session_revoked when it is not in force.
  struct refresh_login {
    login_id login;
    std::uint64_t generation = 0;
    time_point login_expires_at;
  };
  /// One that is not in force is left as it is, or refused when it `must_exist`: errc::not_found. Only a repeat with
  /// its key is told the first answer then.
  struct revoke_login {
    login_id login;
    std::string reason; ///< logout, revoked
    bool must_exist = false;
  };
  /// errc::user_not_found, errc::invalid for a name that is empty, too long or not UTF-8.
  struct rename {
    std::string name;
  };
  /// A service with one role. `key_digest` is the SHA-256 of its key, lower-case hex: a key is 131 random bits, which
  /// nobody finds by trying, so no salt and no slow hash are needed. errc::conflict when the id is an account's
  /// already.
  struct register_service {
    user_id user;
    std::string name;
    std::string key_digest;
    domain::role role = role::service;
  };
  /// Takes the roles as well: whoever gets in with a new key is another service. errc::not_found when it is no service.
  struct revoke_key {};
  /// The one who asks is named in the event. errc::user_not_found, errc::forbidden for one's own account and for
  /// nobody, errc::guests_not_allowed, errc::conflict for a service whose key was revoked.
  struct grant_role {
    domain::role role = role::operator_;
  };
  /// errc::user_not_found, errc::forbidden for nobody.
  struct revoke_role {
    domain::role role = role::operator_;
  };
  /// A question: is this key in force? errc::unauthenticated when not.
  struct check_key {
    std::string digest;
  };
  /// A question, no change: is this login in force? errc::session_revoked when not.
  struct check_login {
    login_id login;
  };
  /// A question: is there such a person? errc::user_not_found.
  struct look_up {};
  /// A question: the stored hash and id, for verifying a password. errc::invalid_credentials when there is no account.
  struct read_credentials {};

  using command =
      std::variant<register_user, register_guest, open_login, refresh_login, revoke_login, rename, register_service,
                   revoke_key, grant_role, revoke_role, check_key, check_login, look_up, read_credentials>;
  using event = events::account_event;
  static constexpr std::string_view family = "account";
  static constexpr int snapshot_schema = 2;

  [[nodiscard]] static result<decision<event>> decide(const state& s, const command& c, const context& by);
  static void evolve(state& s, const event& e, time_point when);
  /// register_*, open_login, refresh_login: {id, email?, name, guest, loginId, generation}; read_credentials: {id,
  /// name, email, passwordHash}; check_login, check_key: {id, name, guest, roles?}; rename: {id, email?, name};
  /// register_service, revoke_key, grant_role, revoke_role: {id, email?, name, roles}; revoke_login: {}.
  [[nodiscard]] static std::string reply(const state& after, const command& c, const context& by, version at);
  /// Who somebody is, as the replies to check_login and check_key tell it.
  struct profile {
    std::string name; ///< empty when it tells none
    role_set roles;
  };
  [[nodiscard]] static profile profile_in(const std::string& reply);
  /// The name in such a reply; `otherwise` when it tells none.
  [[nodiscard]] static std::string name_in(const std::string& reply, const std::string& otherwise);
  [[nodiscard]] static std::string snapshot(const state& s);
  [[nodiscard]] static result<state> restore(std::string_view snapshot);
};

} // namespace parley::domain
