#include "actors/domain/people/account.hpp"
#include "tests/support/given_when_then.hpp"

using namespace parley;
using namespace parley::test;
using namespace std::chrono_literals;
using domain::account;

namespace {

const time_point end = noon + 720h;
const events::registered registered{{"u1"}, "ann@example.org", "Ann", "hash"};
const events::guest_registered guest{{"u1"}, "Guest"};
events::login_opened login(std::string id, time_point until = end) { return {{std::move(id)}, until, "phone"}; }
account::register_user registering() {
  return {{"u1"}, "ann@example.org", {"email/digest"}, "Ann", "hash", {"l1"}, "phone", end};
}
account::open_login opening(std::string id) { return {{std::move(id)}, "hash", "phone", end}; }
const auto anyone = caller("");

} // namespace

TEST_CASE("registering claims the address in the same commit and signs in") {
  const auto o =
      given<account>({})
          .when(registering(), anyone)
          .then({registered, login("l1")})
          .answers(R"({"id":"u1","email":"ann@example.org","name":"Ann","guest":false,"loginId":"l1","generation":1})");
  REQUIRE(o.decision().claims.size() == 1);
  CHECK(o.decision().claims[0].stream.text == "email/digest");
  CHECK(o.decision().claims[0].expected == 0);
  REQUIRE(o.decision().claims[0].events.size() == 1);
  CHECK(o.decision().claims[0].events[0].type == "email-claimed");
}

TEST_CASE("registering again opens nothing, whatever ids it comes with; another account under the id is a conflict") {
  given<account>({registered, login("l1")}).when(registering(), anyone).refused(errc::email_taken);
  auto c = registering();
  c.email = "bob@example.org";
  given<account>({registered, login("l1")}).when(c, anyone).refused(errc::conflict);
  given<account>({guest, login("l1")}).when(registering(), anyone).refused(errc::conflict);
}

TEST_CASE("registering refuses what is out of bounds") {
  const auto refused = [](errc code, auto change) {
    auto c = registering();
    change(c);
    given<account>({}).when(c, anyone).refused(code);
  };
  for (const auto* bad : {"", "ann", "@b", "a@", "a b@c", "a\n@b"})
    refused(errc::invalid_email, [&](auto& c) { c.email = bad; });
  refused(errc::invalid_email, [](auto& c) { c.email = std::string(domain::email_bytes_max, 'a') + "@b"; });
  refused(errc::invalid, [](auto& c) { c.name = std::string(domain::name_bytes_max + 1, 'a'); });
  refused(errc::invalid, [](auto& c) { c.password_hash.clear(); });
  refused(errc::invalid, [](auto& c) { c.user = {}; });
  refused(errc::invalid, [](auto& c) { c.login = {}; });
  refused(errc::invalid, [](auto& c) { c.login_expires_at = noon; });
  refused(errc::invalid, [](auto& c) { c.email_stream = {}; });
}

TEST_CASE("a name that is left out comes from the address, a guest's is Guest, and a device is clipped") {
  auto c = registering();
  c.name = " ";
  c.device = std::string(255, 'x') + "\u00e9";
  const auto after = given<account>({}).when(c, anyone).after();
  CHECK(after.name == "ann");
  CHECK(after.logins.at({"l1"}).device == std::string(255, 'x'));
  given<account>({})
      .when(account::register_guest{{"u1"}, "", {"l1"}, "phone", end}, anyone)
      .then({guest, login("l1")})
      .answers(R"({"id":"u1","name":"Guest","guest":true,"loginId":"l1","generation":1})");
}

TEST_CASE("a guest account begins once and within bounds") {
  const account::register_guest c{{"u1"}, "", {"l1"}, "phone", end};
  given<account>({guest, login("l1")}).when(c, anyone).refused(errc::conflict);
  given<account>({registered, login("l1")}).when(c, anyone).refused(errc::conflict);
  given<account>({}).when(account::register_guest{{}, "", {"l1"}, "", end}, anyone).refused(errc::invalid);
  given<account>({}).when(account::register_guest{{"u1"}, "\xff", {"l1"}, "", end}, anyone).refused(errc::invalid);
  given<account>({}).when(account::register_guest{{"u1"}, "", {"l1"}, "", noon}, anyone).refused(errc::invalid);
}

TEST_CASE("a login opens for the password that holds now") {
  given<account>({registered}).when(opening("l2"), anyone).then({login("l2")});
  given<account>({registered, login("l2")}).when(opening("l2"), anyone).nothing();
  auto c = opening("l2");
  c.verified_hash = "older";
  given<account>({registered}).when(c, anyone).refused(errc::invalid_credentials);
  given<account>({}).when(opening("l2"), anyone).refused(errc::invalid_credentials);
  given<account>({guest}).when(opening("l2"), anyone).refused(errc::invalid_credentials);
  c = opening("");
  given<account>({registered}).when(c, anyone).refused(errc::invalid);
}

TEST_CASE("beyond the bound the oldest login is evicted, expired ones first") {
  std::vector<account::event> full{registered};
  for (std::size_t i = 0; i < domain::logins_max; ++i) full.emplace_back(login("l" + std::to_string(10 + i)));
  given<account>(full).when(opening("new"), anyone).then({events::login_revoked{{"l10"}, "evicted"}, login("new")});
  auto stale = full;
  stale.back() = login("short", noon + 1h);
  given<account>(stale)
      .when(opening("new"), caller("", "", noon + 1h))
      .then({events::login_revoked{{"short"}, "expired"}, login("new")});
}

TEST_CASE("refreshing rotates; a used token revokes the login for good") {
  const auto in = given<account>({registered, login("l1")});
  in.when(account::refresh_login{{"l1"}, 1, end}, anyone)
      .then({events::login_refreshed{{"l1"}, 2, end}})
      .answers(R"({"id":"u1","email":"ann@example.org","name":"Ann","guest":false,"loginId":"l1","generation":2})");
  given<account>({registered, login("l1"), events::login_refreshed{{"l1"}, 2, end}})
      .when(account::refresh_login{{"l1"}, 1, end}, anyone)
      .then({events::login_revoked{{"l1"}, "refresh-token-reused"}})
      .and_refused(errc::token_reused);
  in.when(account::refresh_login{{"l1"}, 2, end}, anyone).refused(errc::session_revoked);
  in.when(account::refresh_login{{"l2"}, 1, end}, anyone).refused(errc::session_revoked);
  in.when(account::refresh_login{{"l1"}, 1, noon}, anyone).refused(errc::invalid);
  in.when(account::refresh_login{{"l1"}, 1, end + 1h}, caller("", "", end))
      .then({events::login_revoked{{"l1"}, "expired"}})
      .and_refused(errc::token_expired);
}

TEST_CASE("revoking twice changes nothing the second time") {
  const account::revoke_login c{{"l1"}, "logout"};
  given<account>({registered, login("l1")})
      .when(c, anyone)
      .then({events::login_revoked{{"l1"}, "logout"}})
      .answers("{}");
  given<account>({registered}).when(c, anyone).nothing();
}

TEST_CASE("a login that must exist is revoked once, also when its time is up, and is refused when there is none") {
  const account::revoke_login c{{"l1"}, "revoked", true};
  const auto in = given<account>({registered, login("l1")});
  in.when(c, anyone).then({events::login_revoked{{"l1"}, "revoked"}}).answers("{}");
  in.when(c, caller("", "", end + 1h)).then({events::login_revoked{{"l1"}, "revoked"}});
  in.when(account::revoke_login{{"l2"}, "revoked", true}, anyone).refused(errc::not_found);
  given<account>({registered, login("l1"), events::login_revoked{{"l1"}, "logout"}})
      .when(c, anyone)
      .refused(errc::not_found);
}

TEST_CASE("renaming cleans the name and refuses an empty one") {
  given<account>({registered})
      .when(account::rename{" An\x7fna "}, anyone)
      .then({events::renamed{"Anna"}})
      .answers(R"({"id":"u1","email":"ann@example.org","name":"Anna"})");
  given<account>({registered}).when(account::rename{"Ann"}, anyone).nothing();
  given<account>({registered}).when(account::rename{"\u200B"}, anyone).refused(errc::invalid);
  given<account>({registered}).when(account::rename{std::string(200, 'x')}, anyone).refused(errc::invalid);
  given<account>({}).when(account::rename{"Ann"}, anyone).refused(errc::user_not_found);
}

TEST_CASE("questions change nothing and are answered from the account") {
  const auto in = given<account>({registered, login("l1")});
  in.when(account::check_login{{"l1"}}, anyone).nothing().answers(R"({"id":"u1","name":"Ann","guest":false})");
  in.when(account::check_login{{"l2"}}, anyone).refused(errc::session_revoked);
  in.when(account::check_login{{"l1"}}, caller("", "", end)).refused(errc::session_revoked);
  in.when(account::read_credentials{}, anyone)
      .nothing()
      .answers(R"({"id":"u1","name":"Ann","email":"ann@example.org","passwordHash":"hash"})");
  given<account>({}).when(account::read_credentials{}, anyone).refused(errc::invalid_credentials);
  given<account>({guest}).when(account::read_credentials{}, anyone).refused(errc::invalid_credentials);
}

namespace {

const auto admin = caller("ann@host");
const std::string key_digest(64, '5');
const events::service_registered service{{"svc_1"}, "mailer", key_digest, "ann@host"};
events::role_granted granted(std::string role) { return {std::move(role), "ann@host"}; }
events::role_revoked revoked(std::string role) { return {std::move(role), "ann@host"}; }
account::grant_role grant(domain::role r) { return {r}; }

} // namespace

TEST_CASE("a role is granted once, names who granted it, and is told to whoever checks the login") {
  using domain::role;
  given<account>({registered, login("l1")})
      .when(grant(role::auditor), admin)
      .then({granted("auditor")})
      .answers(R"({"id":"u1","email":"ann@example.org","name":"Ann","roles":["auditor"]})");
  const auto in = given<account>({registered, login("l1"), granted("auditor"), granted("operator")});
  in.when(grant(role::auditor), admin).nothing();
  const auto checked = in.when(account::check_login{{"l1"}}, anyone);
  checked.answers(R"({"id":"u1","name":"Ann","guest":false,"roles":["operator","auditor"]})");
  const auto told = account::profile_in(checked.reply());
  CHECK(told.name == "Ann");
  CHECK(told.roles.all() == std::vector{role::operator_, role::auditor});
  in.when(account::revoke_role{role::operator_}, admin)
      .then({revoked("operator")})
      .answers(R"({"id":"u1","email":"ann@example.org","name":"Ann","roles":["auditor"]})");
  in.when(account::revoke_role{role::service}, admin).nothing();
}

TEST_CASE("nobody grants themselves a role, and guests and strangers hold none") {
  const auto c = grant(domain::role::operator_);
  given<account>({registered}).when(c, caller("u1")).refused(errc::forbidden);
  given<account>({registered}).when(c, anyone).refused(errc::forbidden);
  given<account>({guest}).when(c, admin).refused(errc::guests_not_allowed);
  given<account>({}).when(c, admin).refused(errc::user_not_found);
  given<account>({}).when(account::revoke_role{}, admin).refused(errc::user_not_found);
  given<account>({registered, granted("operator")}).when(account::revoke_role{}, anyone).refused(errc::forbidden);
}

TEST_CASE("who operates need not audit, and the other way round") {
  using domain::role;
  const auto only = [](role r) {
    domain::role_set s;
    s.add(r);
    return s;
  };
  CHECK((only(role::operator_).may_operate() && only(role::operator_).may_audit()));
  CHECK((only(role::service).may_operate() && !only(role::service).may_audit()));
  CHECK((!only(role::auditor).may_operate() && only(role::auditor).may_audit()));
  CHECK((!domain::role_set{}.may_operate() && !domain::role_set{}.may_audit()));
}

TEST_CASE("a service is let in by its key until that is revoked, and loses its roles with it") {
  const account::register_service c{{"svc_1"}, " mailer ", key_digest, domain::role::service};
  given<account>({})
      .when(c, admin)
      .then({service, granted("service")})
      .answers(R"({"id":"svc_1","name":"mailer","roles":["service"]})");
  const auto in = given<account>({service, granted("service")});
  in.when(account::check_key{key_digest}, anyone)
      .nothing()
      .answers(R"({"id":"svc_1","name":"mailer","guest":false,"roles":["service"]})");
  in.when(account::check_key{std::string(64, '6')}, anyone).refused(errc::unauthenticated);
  in.when(account::check_key{""}, anyone).refused(errc::unauthenticated);
  in.when(account::revoke_key{}, admin).then({revoked("service"), events::key_revoked{"ann@host"}});

  const auto ended = given<account>({service, granted("service"), revoked("service"), events::key_revoked{"ann@host"}});
  ended.when(account::check_key{key_digest}, anyone).refused(errc::unauthenticated);
  ended.when(account::check_key{""}, anyone).refused(errc::unauthenticated);
  ended.when(account::revoke_key{}, admin).nothing();
  ended.when(grant(domain::role::operator_), admin).refused(errc::conflict);
}

TEST_CASE("a service has no password, and what is no service has no key") {
  const auto in = given<account>({service, granted("service")});
  auto c = opening("l1");
  c.verified_hash.clear();
  in.when(c, anyone).refused(errc::invalid_credentials);
  in.when(account::read_credentials{}, anyone).refused(errc::invalid_credentials);
  in.when(registering(), anyone).refused(errc::conflict);
  given<account>({registered}).when(account::check_key{""}, anyone).refused(errc::unauthenticated);
  given<account>({registered}).when(account::revoke_key{}, admin).refused(errc::not_found);
  given<account>({}).when(account::revoke_key{}, admin).refused(errc::not_found);
}

TEST_CASE("a service is made once and within bounds") {
  const account::register_service fine{{"svc_1"}, "mailer", key_digest, domain::role::service};
  given<account>({registered}).when(fine, admin).refused(errc::conflict);
  given<account>({service}).when(fine, admin).refused(errc::conflict);
  const auto refused = [&](auto change) {
    auto c = fine;
    change(c);
    given<account>({}).when(c, admin).refused(errc::invalid);
  };
  refused([](auto& c) { c.user = {}; });
  refused([](auto& c) { c.name = "\u200B"; });
  refused([](auto& c) { c.name = std::string(domain::name_bytes_max + 1, 'x'); });
  refused([](auto& c) { c.key_digest = "short"; });
  given<account>({}).when(fine, anyone).refused(errc::invalid);
}

TEST_CASE("a damaged snapshot of an account is corrupt, never an exception") {
  check_damage<account>(given<account>({registered, login("l1"), login("l2"), granted("auditor")}).state());
  check_damage<account>(given<account>({service, granted("service")}).state());
}
