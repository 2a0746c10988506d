#include "actors/domain/account.hpp"
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

TEST_CASE("a damaged snapshot of an account is corrupt, never an exception") {
  check_damage<account>(given<account>({registered, login("l1"), login("l2")}).state());
}
