#include "gateway/auth/passwords.hpp"

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <future>
#include <thread>

using namespace parley;
using namespace parley::gateway;

namespace {

/// libsodium's least costs: these tests are about the queue and the answers.
argon2_settings cheap() { return {1, 64, 8192, 1}; }

result<std::string> hash(password_hasher& h, std::string password) {
  std::promise<result<std::string>> made;
  h.hash(std::move(password), [&](result<std::string> r) { made.set_value(std::move(r)); });
  return made.get_future().get();
}

result<verification> verify(password_hasher& h, std::string password, std::string against) {
  std::promise<result<verification>> done;
  h.verify(std::move(password), std::move(against), [&](result<verification> r) { done.set_value(std::move(r)); });
  return done.get_future().get();
}

} // namespace

TEST_CASE("a password verifies against its own hash only") {
  argon2_hasher hasher{cheap()};
  const auto made = hash(hasher, "correct horse");
  REQUIRE(made);
  CHECK(made->starts_with("$argon2id$"));
  CHECK(verify(hasher, "correct horse", *made)->matches);
  CHECK_FALSE(verify(hasher, "correct horse", *made)->needs_rehash);
  CHECK_FALSE(verify(hasher, "Correct horse", *made)->matches);
  CHECK_FALSE(verify(hasher, "", *made)->matches);
}

TEST_CASE("the same password is hashed differently each time") {
  argon2_hasher hasher{cheap()};
  CHECK(*hash(hasher, "correct horse") != *hash(hasher, "correct horse"));
}

TEST_CASE("an unknown user's password never matches") {
  argon2_hasher hasher{cheap()};
  const auto v = verify(hasher, "correct horse", "");
  REQUIRE(v);
  CHECK_FALSE(v->matches);
}

TEST_CASE("what is no hash never matches") {
  argon2_hasher hasher{cheap()};
  CHECK_FALSE(verify(hasher, "x", "plain text")->matches);
}

TEST_CASE("a hash of other costs asks to be made anew") {
  argon2_hasher old{cheap()};
  const auto made = hash(old, "correct horse");
  auto dearer = cheap();
  dearer.memory_bytes = 16384;
  argon2_hasher hasher{dearer};
  const auto v = verify(hasher, "correct horse", *made);
  CHECK(v->matches);
  CHECK(v->needs_rehash);
}

TEST_CASE("a full queue refuses at once and says when to come back") {
  auto bounded = cheap();
  bounded.queue_max = 1;
  argon2_hasher hasher{bounded};
  std::promise<void> started, go_on;
  // The one thread is held within the first continuation; the second fills the queue.
  hasher.hash("first password", [&](const result<std::string>&) {
    started.set_value();
    go_on.get_future().wait();
  });
  started.get_future().wait();
  std::promise<bool> second;
  hasher.hash("second password", [&](const result<std::string>& r) { second.set_value(r.has_value()); });
  const auto third = hash(hasher, "third password");
  REQUIRE_FALSE(third);
  CHECK(third.error().code == errc::unavailable);
  CHECK(third.error().retry_after_s > 0);
  const auto fourth = verify(hasher, "fourth password", "");
  REQUIRE_FALSE(fourth);
  CHECK(fourth.error().code == errc::unavailable);
  go_on.set_value();
  CHECK(second.get_future().get());
}

TEST_CASE("after a stop everybody was answered, and nobody is answered later") {
  argon2_hasher hasher{cheap()};
  std::promise<void> started, go_on;
  std::atomic<int> refused = 0, answered = 0;
  hasher.hash("first password", [&](const result<std::string>&) {
    ++answered;
    started.set_value();
    go_on.get_future().wait();
  });
  started.get_future().wait();
  const auto count = [&](const auto& r) { ++(r ? answered : refused); };
  hasher.hash("second password", count);
  hasher.verify("third password", "", count);
  std::thread stopping{[&] { hasher.stop(); }};
  go_on.set_value();
  stopping.join();
  CHECK(answered + refused == 3);
  hasher.hash("fourth password", count);
  CHECK(answered + refused == 4);
  CHECK_FALSE(hash(hasher, "fifth password"));
}

TEST_CASE("passwords that anybody would try first are refused") {
  CHECK(check_password("correct horse", "ann@example.org"));
  for (const auto* weak : {"", "1234567", "password", "PassWord1", "12345678", "ann@example.org", "Ann@Example.org"}) {
    CAPTURE(weak);
    const auto checked = check_password(weak, "ann@example.org");
    REQUIRE_FALSE(checked);
    CHECK(checked.error().code == errc::weak_password);
  }
  CHECK(check_password(std::string(1024, 'x'), "ann@example.org"));
  CHECK_FALSE(check_password(std::string(1025, 'x'), "ann@example.org"));
}
