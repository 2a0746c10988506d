#include "gateway/auth/tokens.hpp"

#include <catch2/catch_test_macros.hpp>
#include <sodium.h>

using namespace parley;
using namespace parley::gateway;
using std::chrono::hours;

namespace {

const std::string secret = "0123456789abcdef0123456789abcdef";
const time_point now{std::chrono::sys_days{std::chrono::year{2026} / 11 / 21}};

access_claims ann() { return {{"u_ann"}, {"l_1"}, "Ann \"A\"", false, now, now + hours{1}}; }

std::string base64url(std::string_view bytes) {
  constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::string out(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                    variant);
  out.pop_back();
  return out;
}

/// A token with any header and claims, signed with our secret: what the signature alone does not refuse.
std::string signed_token(std::string_view header, std::string_view claims) {
  const auto text = base64url(header) + '.' + base64url(claims);
  std::array<unsigned char, crypto_auth_hmacsha256_BYTES> mac{};
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, reinterpret_cast<const unsigned char*>(secret.data()), secret.size());
  crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  crypto_auth_hmacsha256_final(&state, mac.data());
  return text + '.' + base64url({reinterpret_cast<const char*>(mac.data()), mac.size()});
}

constexpr std::string_view hs256 = R"({"alg":"HS256","typ":"JWT"})";

std::string claims_text(std::string_view iss = "parley", std::string_view user = "u_ann", std::string_view iat = "",
                        std::string_view exp = "") {
  const auto seconds = now.time_since_epoch().count() / 1000;
  return R"({"sub":"u_ann","userId":")" + std::string{user} + R"(","sid":"l_1","iat":)" +
         (iat.empty() ? std::to_string(seconds) : std::string{iat}) + R"(,"exp":)" +
         (exp.empty() ? std::to_string(seconds + 60) : std::string{exp}) + R"(,"iss":")" + std::string{iss} + R"("})";
}

errc refusal(std::string_view token, time_point when = now) {
  const auto verified = token_service{secret}.verify_access(token, when);
  REQUIRE_FALSE(verified);
  return verified.error().code;
}

} // namespace

TEST_CASE("an access token gives back what it was issued for") {
  const token_service tokens{secret};
  const auto claims = tokens.verify_access(tokens.issue_access(ann()), now + hours{1} - std::chrono::seconds{1});
  REQUIRE(claims);
  CHECK(claims->user == user_id{"u_ann"});
  CHECK(claims->login == login_id{"l_1"});
  CHECK(claims->name == "Ann \"A\"");
  CHECK_FALSE(claims->guest);
  CHECK(claims->expires_at == now + hours{1});
}

TEST_CASE("a token of another JWT library with the same secret and claims is accepted") {
  CHECK(token_service{secret}.verify_access(signed_token(R"({"typ":"JWT", "alg":"HS256"})", claims_text()), now));
}

TEST_CASE("an access token ends when it says") {
  const auto token = token_service{secret}.issue_access(ann());
  CHECK(refusal(token, now + hours{1}) == errc::token_expired);
}

TEST_CASE("a token signed with another secret is refused") {
  CHECK(refusal(token_service{"another-secret-another-secret"}.issue_access(ann())) == errc::unauthenticated);
}

TEST_CASE("no byte of a token can be changed") {
  const auto token = token_service{secret}.issue_access(ann());
  for (std::size_t i = 0; i < token.size(); ++i) {
    auto forged = token;
    forged[i] = forged[i] == 'A' ? 'B' : 'A';
    CAPTURE(i);
    CHECK_FALSE(token_service{secret}.verify_access(forged, now));
  }
}

TEST_CASE("a name may hold brackets and braces") {
  const token_service tokens{secret};
  for (const auto* name : {"[clan] Ann", "{Ann}", "}{][", "\"{\\\"["}) {
    CAPTURE(name);
    auto named = ann();
    named.name = name;
    const auto claims = tokens.verify_access(tokens.issue_access(named), now);
    REQUIRE(claims);
    CHECK(claims->name == name);
  }
}

TEST_CASE("only HS256 is accepted, whatever a header says, even when rightly signed") {
  for (const auto* header :
       {R"({"alg":"none"})", R"({"alg":"None","typ":"JWT"})", R"({"alg":"RS256","typ":"JWT"})",
        R"({"alg":"hs256","typ":"JWT"})", R"({"alg":"HS384","typ":"JWT"})", R"({"typ":"JWT"})", R"({"alg":5})",
        R"({"alg":"HS256","typ":"JWE"})", R"({"alg":"HS256","crit":["x"]})", R"([])", "x"}) {
    CAPTURE(header);
    CHECK(refusal(signed_token(header, claims_text())) == errc::unauthenticated);
  }
}

TEST_CASE("an unsigned token is refused") {
  CHECK(refusal(base64url(R"({"alg":"none"})") + '.' + base64url(claims_text()) + '.') == errc::unauthenticated);
}

TEST_CASE("a signed token with wrong claims is refused") {
  CHECK(refusal(signed_token(hs256, claims_text("someone-else"))) == errc::unauthenticated);
  CHECK(refusal(signed_token(hs256, claims_text("parley", "u_bob"))) == errc::unauthenticated);
  CHECK(refusal(signed_token(hs256, claims_text("parley", "u_ann", "99999999999"))) == errc::unauthenticated);
  CHECK(refusal(signed_token(hs256, claims_text("parley", "u_ann", "-1"))) == errc::unauthenticated);
  CHECK(refusal(signed_token(hs256, claims_text("parley", "u_ann", "", "1e300"))) == errc::unauthenticated);
  CHECK(refusal(signed_token(hs256, claims_text("parley", "u_ann", "", "18446744073709551615"))) ==
        errc::unauthenticated);
  CHECK(refusal(signed_token(hs256, R"({"sub":"u_ann"})")) == errc::unauthenticated);
  CHECK(refusal(signed_token(hs256, "{}")) == errc::unauthenticated);
  const auto nested = claims_text();
  CHECK(refusal(signed_token(hs256, nested.substr(0, nested.size() - 1) + R"(,"more":{}})")) == errc::unauthenticated);
  CHECK(refusal(signed_token(hs256, nested.substr(0, nested.size() - 1) + R"(,"aud":["x"]})")) ==
        errc::unauthenticated);
  CHECK(refusal(signed_token(hs256, std::string(1000, '['))) == errc::unauthenticated);
}

TEST_CASE("what is no token at all is refused") {
  for (const auto* text : {"", ".", "..", "...", "a.b", "a.b.c.d", "\xff\xff.\xff.\xff", "a b.c d.e f"})
    CHECK(refusal(text) == errc::unauthenticated);
  CHECK(refusal(std::string(100'000, 'a')) == errc::unauthenticated);
  CHECK(refusal(token_service{secret}.issue_access(ann()) + "=") == errc::unauthenticated);
}

TEST_CASE("a refresh token gives back user, login and generation, until it ends") {
  const token_service tokens{secret};
  const auto token = tokens.issue_refresh({{"u_ann"}, {"l_1"}, 7, now + hours{1}});
  const auto claims = tokens.verify_refresh(token, now);
  REQUIRE(claims);
  CHECK(claims->user == user_id{"u_ann"});
  CHECK(claims->login == login_id{"l_1"});
  CHECK(claims->generation == 7);
  CHECK(tokens.verify_refresh(token, now + hours{1}).error().code == errc::token_expired);
}

TEST_CASE("a forged refresh token is refused") {
  const token_service tokens{secret};
  const auto token = tokens.issue_refresh({{"u_ann"}, {"l_1"}, 7, now + hours{1}});
  for (std::size_t i = 0; i < token.size(); ++i) {
    auto forged = token;
    forged[i] = forged[i] == 'A' ? 'B' : 'A';
    CAPTURE(i);
    CHECK_FALSE(tokens.verify_refresh(forged, now));
  }
  CHECK_FALSE(tokens.verify_refresh("", now));
  CHECK_FALSE(tokens.verify_refresh("x.y", now));
}

TEST_CASE("a token of one kind is none of the other") {
  const token_service tokens{secret};
  CHECK_FALSE(tokens.verify_access(tokens.issue_refresh({{"u_ann"}, {"l_1"}, 1, now + hours{1}}), now));
  CHECK_FALSE(tokens.verify_refresh(tokens.issue_access(ann()), now));
}

TEST_CASE("a resume secret is bound to its session and user") {
  const token_service tokens{secret};
  const auto resume = tokens.issue_resume({"s_1"}, {"u_ann"});
  CHECK(tokens.verify_resume(resume, {"s_1"}, {"u_ann"}));
  CHECK_FALSE(tokens.verify_resume(resume, {"s_2"}, {"u_ann"}));
  CHECK_FALSE(tokens.verify_resume(resume, {"s_1"}, {"u_bob"}));
  CHECK_FALSE(tokens.verify_resume("", {"s_1"}, {"u_ann"}));
  CHECK_FALSE(token_service{"another-secret-another-secret"}.verify_resume(resume, {"s_1"}, {"u_ann"}));
}

TEST_CASE("the claim on an address names its stream without the address, and the same each time") {
  const token_service tokens{secret};
  const auto stream = tokens.email_stream("ann@example.org");
  CHECK(stream.family() == "email");
  CHECK(stream.text.find("ann") == std::string::npos);
  CHECK(stream == tokens.email_stream("ann@example.org"));
  CHECK(stream != tokens.email_stream("bob@example.org"));
  CHECK(stream != token_service{"another-secret-another-secret"}.email_stream("ann@example.org"));
}

TEST_CASE("a fingerprint cannot be computed without the secret") {
  CHECK(token_service{secret}.fingerprint("x") == token_service{secret}.fingerprint("x"));
  CHECK(token_service{secret}.fingerprint("x") != token_service{secret}.fingerprint("y"));
  CHECK(token_service{secret}.fingerprint("x") != token_service{"another-secret-another-secret"}.fingerprint("x"));
}
