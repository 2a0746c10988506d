#include "gateway/auth/passwords.hpp"

#include "events/assertion.hpp"

#include <algorithm>
#include <array>
#include <sodium.h>

namespace parley::gateway {
namespace {

constexpr int retry_after_s = 1;

// The heads of the published lists of leaked passwords, as far as they are long enough to pass otherwise.
constexpr std::array<std::string_view, 40> common_passwords{
    "00000000", "11111111",   "12121212",  "12341234", "1234567890", "12345678",   "123456789",   "123123123",
    "1q2w3e4r", "1q2w3e4r5t", "1qaz2wsx",  "87654321", "987654321",  "88888888",   "aa123456",    "abc12345",
    "abcd1234", "asdfghjk",   "asdfghjkl", "baseball", "changeme",   "computer",   "football",    "iloveyou",
    "letmein1", "p@ssw0rd",   "passw0rd",  "password", "password1",  "password12", "password123", "princess",
    "q1w2e3r4", "qwer1234",   "qwerty123", "qwertyui", "qwertyuiop", "starwars",   "sunshine",    "superman"};

std::string lower(std::string_view text) {
  std::string out{text};
  for (auto& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return out;
}

void wipe(std::string& secret) { sodium_memzero(secret.data(), secret.size()); }

} // namespace

result<void> check_password(std::string_view password, std::string_view normalised_email) {
  if (password.size() < password_bytes_min)
    return fail(errc::weak_password, "the password needs at least 8 characters");
  if (password.size() > password_bytes_max) return fail(errc::weak_password, "the password is longer than 1024 bytes");
  const auto plain = lower(password);
  if (plain == normalised_email) return fail(errc::weak_password, "the password is the e-mail address");
  if (std::find(common_passwords.begin(), common_passwords.end(), plain) != common_passwords.end())
    return fail(errc::weak_password, "this password is among the most common ones");
  return {};
}

argon2_hasher::argon2_hasher(argon2_settings s)
  : settings_{s} {
  PARLEY_ASSERT(sodium_init() >= 0);
  std::string nobodys(32, '\0');
  randombytes_buf(nobodys.data(), nobodys.size());
  if (auto made = hash_now(nobodys)) dummy_ = std::move(*made);
  for (std::size_t i = 0; i < std::max<std::size_t>(1, settings_.threads); ++i)
    threads_.emplace_back([this] { work(); });
}

argon2_hasher::~argon2_hasher() { stop(); }

void argon2_hasher::stop() {
  std::deque<job> left;
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
    left.swap(jobs_);
  }
  changed_.notify_all();
  for (auto& t : threads_)
    if (t.joinable()) t.join();
  for (auto& j : left) j.refuse();
}

result<std::string> argon2_hasher::hash_now(const std::string& password) const {
  std::array<char, crypto_pwhash_STRBYTES> out{};
  if (crypto_pwhash_str_alg(out.data(), password.data(), password.size(), settings_.passes, settings_.memory_bytes,
                            crypto_pwhash_ALG_ARGON2ID13) != 0)
    return fail(errc::unavailable, "not enough memory to hash a password", retry_after_s);
  return std::string{out.data()};
}

bool argon2_hasher::enqueue(job j) {
  {
    const std::lock_guard lock{mutex_};
    if (stopping_ || jobs_.size() >= settings_.queue_max) return false;
    jobs_.push_back(std::move(j));
  }
  changed_.notify_one();
  return true;
}

void argon2_hasher::work() {
  for (;;) {
    job next;
    {
      std::unique_lock lock{mutex_};
      changed_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
      if (stopping_) return;
      next = std::move(jobs_.front());
      jobs_.pop_front();
    }
    next.run();
  }
}

void argon2_hasher::hash(std::string password, std::function<void(result<std::string>)> done) {
  const auto refuse = [done] { done(fail(errc::unavailable, "too many sign-ins at once; try again", retry_after_s)); };
  if (!enqueue({[this, done, password = std::move(password)]() mutable {
                  auto made = hash_now(password);
                  wipe(password);
                  done(std::move(made));
                },
                refuse}))
    refuse();
}

void argon2_hasher::verify(std::string password, std::string hash, std::function<void(result<verification>)> done) {
  const auto refuse = [done] { done(fail(errc::unavailable, "too many sign-ins at once; try again", retry_after_s)); };
  if (!enqueue({[this, done, password = std::move(password), hash = std::move(hash)]() mutable {
                  const bool known = !hash.empty();
                  const auto& against = known ? hash : dummy_;
                  const bool same = crypto_pwhash_str_verify(against.c_str(), password.data(), password.size()) == 0;
                  wipe(password);
                  verification v;
                  v.matches = known && same;
                  v.needs_rehash = v.matches && crypto_pwhash_str_needs_rehash(hash.c_str(), settings_.passes,
                                                                               settings_.memory_bytes) != 0;
                  done(v);
                },
                refuse}))
    refuse();
}

} // namespace parley::gateway
