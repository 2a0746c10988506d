#include "actors/domain/people/account.hpp"

#include "actors/domain/snapshot_fields.hpp"
#include "actors/domain/text.hpp"
#include "events/codec.hpp"

namespace parley::domain {

template <class Fields, class Login>
requires std::same_as<std::remove_const_t<Login>, account::login>
void describe(Fields& f, Login& l) {
  f("generation", l.generation), f("openedAt", l.opened_at), f("refreshedAt", l.refreshed_at);
  f("expiresAt", l.expires_at), f("device", l.device);
}

template <class Fields, class State>
requires std::same_as<std::remove_const_t<State>, account::state>
void describe(Fields& f, State& s) {
  f("user", s.user), f("guest", s.guest), f("service", s.service), f("email", s.email), f("name", s.name);
  f("passwordHash", s.password_hash), f("keyDigest", s.key_digest), f("roles", s.roles.bits);
  f("createdAt", s.created_at), f("logins", s.logins);
}

namespace {

using decided = decision<account::event>;

constexpr std::size_t device_bytes_max = 256;
constexpr auto already_there = "there is an account with this id";

/// Mail servers decide what an address is; here it must only be able to be one.
bool is_email(std::string_view email) {
  const auto at = email.rfind('@');
  return is_identifier(email, email_bytes_max) && at != std::string_view::npos && at > 0 && at + 1 < email.size() &&
         email.find(' ') == std::string_view::npos;
}

result<void> check_login(const login_id& login, time_point expires_at, time_point now) {
  if (login.empty()) return fail(errc::invalid, "a login needs an id");
  if (expires_at <= now) return fail(errc::invalid, "a login must end in the future");
  return {};
}

// --- beginning ----------------------------------------------------------------------------------------------------

result<decided> decide_one(const account::state& s, const account::register_user& c, const context& by) {
  // Also for what looks like a repeat: its ids follow from a key that others may guess, and its password was not
  // compared with ours. A true repeat is answered from its first outcome and does not come here.
  if (!s.user.empty()) return fail(s.email == c.email ? errc::email_taken : errc::conflict, already_there);
  if (auto login = check_login(c.login, c.login_expires_at, by.now); !login) return tl::make_unexpected(login.error());
  if (c.user.empty() || c.email_stream.key().empty() || c.password_hash.empty())
    return fail(errc::invalid, "an id, a claim and a password are needed");
  if (!is_email(c.email)) return fail(errc::invalid_email);
  auto name = clean_line(c.name, name_bytes_max, "name");
  if (!name) return tl::make_unexpected(std::move(name.error()));
  if (name->empty()) *name = clipped_line(c.email.substr(0, c.email.rfind('@')), name_bytes_max);
  decided d;
  d.claims.push_back({c.email_stream, 0, {encode(events::email_event{events::email_claimed{c.user}})}});
  d.events.push_back(events::registered{c.user, c.email, std::move(*name), c.password_hash});
  d.events.push_back(events::login_opened{c.login, c.login_expires_at, clipped_line(c.device, device_bytes_max)});
  return d;
}

result<decided> decide_one(const account::state& s, const account::register_guest& c, const context& by) {
  if (!s.user.empty()) return fail(errc::conflict, already_there);
  if (auto login = check_login(c.login, c.login_expires_at, by.now); !login) return tl::make_unexpected(login.error());
  if (c.user.empty()) return fail(errc::invalid, "an account needs an id");
  auto name = clean_line(c.name, name_bytes_max, "name");
  if (!name) return tl::make_unexpected(std::move(name.error()));
  if (name->empty()) *name = "Guest";
  decided d;
  d.events.push_back(events::guest_registered{c.user, std::move(*name)});
  d.events.push_back(events::login_opened{c.login, c.login_expires_at, clipped_line(c.device, device_bytes_max)});
  return d;
}

// --- logins -------------------------------------------------------------------------------------------------------

/// Makes room for one more: what expired goes first, then the oldest.
void make_room(decided& d, const account::state& s, time_point now) {
  std::vector<std::pair<time_point, login_id>> in_force;
  for (const auto& [id, login] : s.logins) {
    if (login.expires_at <= now)
      d.events.push_back(events::login_revoked{id, "expired"});
    else
      in_force.emplace_back(login.opened_at, id);
  }
  std::sort(in_force.begin(), in_force.end());
  const auto too_many = in_force.size() < logins_max ? 0 : in_force.size() - logins_max + 1;
  for (std::size_t i = 0; i < too_many; ++i) d.events.push_back(events::login_revoked{in_force[i].second, "evicted"});
}

result<decided> decide_one(const account::state& s, const account::open_login& c, const context& by) {
  if (s.password_hash.empty() || c.verified_hash != s.password_hash) return fail(errc::invalid_credentials);
  if (auto login = check_login(c.login, c.login_expires_at, by.now); !login) return tl::make_unexpected(login.error());
  decided d;
  if (s.logins.contains(c.login)) return d;
  make_room(d, s, by.now);
  d.events.push_back(events::login_opened{c.login, c.login_expires_at, clipped_line(c.device, device_bytes_max)});
  return d;
}

decided revoke_and_refuse(const login_id& login, std::string reason, errc code) {
  decided d;
  d.events.push_back(events::login_revoked{login, std::move(reason)});
  d.refused_with = error{code, {}, 0};
  return d;
}

result<decided> decide_one(const account::state& s, const account::refresh_login& c, const context& by) {
  const auto at = s.logins.find(c.login);
  if (at == s.logins.end()) return fail(errc::session_revoked);
  const auto& login = at->second;
  if (login.expires_at <= by.now) return revoke_and_refuse(c.login, "expired", errc::token_expired);
  if (c.generation < login.generation) return revoke_and_refuse(c.login, "refresh-token-reused", errc::token_reused);
  // We never gave out a later one: the log behind this account is not the one that token was made from.
  if (c.generation > login.generation) return fail(errc::session_revoked);
  if (auto next = check_login(c.login, c.login_expires_at, by.now); !next) return tl::make_unexpected(next.error());
  decided d;
  d.events.push_back(events::login_refreshed{c.login, login.generation + 1, c.login_expires_at});
  return d;
}

result<decided> decide_one(const account::state& s, const account::revoke_login& c, const context&) {
  const bool in_force = s.logins.contains(c.login);
  if (!in_force && c.must_exist) return fail(errc::not_found, "you have no such login");
  decided d;
  if (in_force)
    d.events.push_back(events::login_revoked{c.login, c.reason.empty() ? std::string{"revoked"} : c.reason});
  return d;
}

// --- services and roles -------------------------------------------------------------------------------------------

constexpr std::size_t digest_characters = 64;

result<decided> decide_one(const account::state& s, const account::register_service& c, const context& by) {
  if (!s.user.empty()) return fail(errc::conflict, already_there);
  if (c.user.empty() || c.key_digest.size() != digest_characters || by.user.empty())
    return fail(errc::invalid, "a service needs an id, a key and somebody who makes it");
  auto name = clean_line(c.name, name_bytes_max, "name");
  if (!name) return tl::make_unexpected(std::move(name.error()));
  if (name->empty()) return fail(errc::invalid, "name is empty");
  decided d;
  d.events.push_back(events::service_registered{c.user, std::move(*name), c.key_digest, by.user.text});
  d.events.push_back(events::role_granted{std::string{text_of(c.role)}, by.user.text});
  return d;
}

result<decided> decide_one(const account::state& s, const account::revoke_key&, const context& by) {
  if (!s.service) return fail(errc::not_found, "there is no such key");
  decided d;
  if (s.key_digest.empty()) return d;
  for (const auto each : s.roles.all())
    d.events.push_back(events::role_revoked{std::string{text_of(each)}, by.user.text});
  d.events.push_back(events::key_revoked{by.user.text});
  return d;
}

result<decided> decide_one(const account::state& s, const account::grant_role& c, const context& by) {
  if (s.user.empty()) return fail(errc::user_not_found);
  if (by.user.empty() || by.user == s.user) return fail(errc::forbidden, "nobody grants a role to themselves");
  if (s.guest) return fail(errc::guests_not_allowed, "a guest holds no roles");
  if (s.service && s.key_digest.empty()) return fail(errc::conflict, "the service's key was revoked");
  decided d;
  if (!s.roles.has(c.role)) d.events.push_back(events::role_granted{std::string{text_of(c.role)}, by.user.text});
  return d;
}

result<decided> decide_one(const account::state& s, const account::revoke_role& c, const context& by) {
  if (s.user.empty()) return fail(errc::user_not_found);
  if (by.user.empty()) return fail(errc::forbidden, "a role is revoked by somebody");
  decided d;
  if (s.roles.has(c.role)) d.events.push_back(events::role_revoked{std::string{text_of(c.role)}, by.user.text});
  return d;
}

/// Comparing digests tells by its time how much of a digest fits, and nobody can make a key whose digest fits better.
result<decided> decide_one(const account::state& s, const account::check_key& c, const context&) {
  if (s.key_digest.empty() || c.digest != s.key_digest) return fail(errc::unauthenticated, "the key is not in force");
  return decided{};
}

// --- the rest -----------------------------------------------------------------------------------------------------

result<decided> decide_one(const account::state& s, const account::rename& c, const context&) {
  if (s.user.empty()) return fail(errc::user_not_found);
  auto name = clean_line(c.name, name_bytes_max, "name");
  if (!name) return tl::make_unexpected(std::move(name.error()));
  if (name->empty()) return fail(errc::invalid, "name is empty");
  decided d;
  if (*name != s.name) d.events.push_back(events::renamed{std::move(*name)});
  return d;
}

result<decided> decide_one(const account::state& s, const account::check_login& c, const context& by) {
  const auto at = s.logins.find(c.login);
  if (at == s.logins.end() || at->second.expires_at <= by.now) return fail(errc::session_revoked);
  return decided{};
}

result<decided> decide_one(const account::state& s, const account::read_credentials&, const context&) {
  if (s.password_hash.empty()) return fail(errc::invalid_credentials);
  return decided{};
}

result<decided> decide_one(const account::state& s, const account::look_up&, const context&) {
  if (s.user.empty()) return fail(errc::user_not_found);
  return decided{};
}

// --- folding ------------------------------------------------------------------------------------------------------

void apply(account::state& s, const events::registered& e, time_point when) {
  s.user = e.user;
  s.email = e.email;
  s.name = e.name;
  s.password_hash = e.password_hash;
  s.created_at = when;
}
void apply(account::state& s, const events::guest_registered& e, time_point when) {
  s.user = e.user;
  s.guest = true;
  s.name = e.name;
  s.created_at = when;
}
void apply(account::state& s, const events::renamed& e, time_point) { s.name = e.name; }
void apply(account::state& s, const events::login_opened& e, time_point when) {
  s.logins[e.login] = {1, when, when, e.expires_at, e.device};
}
void apply(account::state& s, const events::login_refreshed& e, time_point when) {
  const auto at = s.logins.find(e.login);
  if (at == s.logins.end()) return;
  at->second.generation = e.generation;
  at->second.refreshed_at = when;
  at->second.expires_at = e.expires_at;
}
void apply(account::state& s, const events::login_revoked& e, time_point) { s.logins.erase(e.login); }
void apply(account::state& s, const events::service_registered& e, time_point when) {
  s.user = e.user;
  s.service = true;
  s.name = e.name;
  s.key_digest = e.key_digest;
  s.created_at = when;
}
void apply(account::state& s, const events::key_revoked&, time_point) { s.key_digest.clear(); }
void apply(account::state& s, const events::role_granted& e, time_point) {
  if (const auto r = role_named(e.role)) s.roles.add(*r);
}
void apply(account::state& s, const events::role_revoked& e, time_point) {
  if (const auto r = role_named(e.role)) s.roles.remove(*r);
}

// --- answers ------------------------------------------------------------------------------------------------------

void write_who(json_writer& out, const account::state& s) {
  out.field("id", s.user.text);
  if (!s.email.empty()) out.field("email", s.email);
  out.field("name", s.name);
}

void write_roles(json_writer& out, const role_set& roles) {
  out.key("roles").begin_array();
  for (const auto each : roles.all()) out.value(text_of(each));
  out.end_array();
}

struct answer_writer {
  json_writer& out;
  const account::state& s;

  void login(const login_id& id) const {
    write_who(out, s);
    const auto at = s.logins.find(id);
    out.field("guest", s.guest).field("loginId", id.text);
    out.field("generation", at == s.logins.end() ? std::uint64_t{0} : at->second.generation);
  }
  void operator()(const account::register_user& c) const { login(c.login); }
  void operator()(const account::register_guest& c) const { login(c.login); }
  void operator()(const account::open_login& c) const { login(c.login); }
  void operator()(const account::refresh_login& c) const { login(c.login); }
  void operator()(const account::revoke_login&) const {}
  void operator()(const account::rename&) const { write_who(out, s); }
  void with_roles() const {
    write_who(out, s);
    write_roles(out, s.roles);
  }
  void operator()(const account::look_up&) const { out.field("id", s.user.text).field("name", s.name); }
  void operator()(const account::register_service&) const { with_roles(); }
  void operator()(const account::revoke_key&) const { with_roles(); }
  void operator()(const account::grant_role&) const { with_roles(); }
  void operator()(const account::revoke_role&) const { with_roles(); }
  /// Asked with every request: what most do not have is not written.
  void profile() const {
    out.field("id", s.user.text).field("name", s.name).field("guest", s.guest);
    if (!s.roles.empty()) write_roles(out, s.roles);
  }
  void operator()(const account::check_key&) const { profile(); }
  void operator()(const account::check_login&) const { profile(); }
  void operator()(const account::read_credentials&) const {
    out.field("id", s.user.text).field("name", s.name).field("email", s.email);
    out.field("passwordHash", s.password_hash);
  }
};

} // namespace

result<decision<account::event>> account::decide(const state& s, const command& c, const context& by) {
  return std::visit([&](const auto& one) { return decide_one(s, one, by); }, c);
}

void account::evolve(state& s, const event& e, time_point when) {
  std::visit([&](const auto& one) { apply(s, one, when); }, e);
}

std::string account::reply(const state& after, const command& c, const context&, version) {
  std::string text;
  json_writer out{text};
  out.begin_object();
  std::visit(answer_writer{out, after}, c);
  out.end_object();
  return text;
}

account::profile account::profile_in(const std::string& reply) {
  profile p;
  const auto told = nlohmann::json::parse(reply, nullptr, false);
  if (const auto name = told.find("name"); name != told.end() && name->is_string()) p.name = name->get<std::string>();
  if (const auto roles = told.find("roles"); roles != told.end() && roles->is_array())
    for (const auto& each : *roles)
      if (const auto held = each.is_string() ? role_named(each.get_ref<const std::string&>()) : std::nullopt)
        p.roles.add(*held);
  return p;
}

std::string account::name_in(const std::string& reply, const std::string& otherwise) {
  auto name = profile_in(reply).name;
  return name.empty() ? otherwise : name;
}

std::string account::snapshot(const state& s) { return write_snapshot(s); }
result<account::state> account::restore(std::string_view text) { return read_snapshot<state>(text); }

} // namespace parley::domain
