#pragma once
// Passwords: what is acceptable as one, and Argon2id (RFC 9106, in libsodium's string form) away from the io threads.
// `password_hasher` is the port; `argon2_hasher` the production one.

#include "events/errors.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace parley::gateway {

inline constexpr std::size_t password_bytes_min = 8, password_bytes_max = 1024;

/// errc::weak_password saying why: too short, too long, the e-mail address itself, or one of the most common.
[[nodiscard]] result<void> check_password(std::string_view password, std::string_view normalised_email);

struct verification {
  bool matches = false;
  bool needs_rehash = false; ///< it matches, but was hashed with other costs than today's
};

/// Thread-safe. Continuations run on a thread of the hasher's, exactly once, and never inside the call unless it is
/// refused: errc::unavailable with a retry-after when too many wait already.
class password_hasher {
public:
  virtual ~password_hasher() = default;
  virtual void hash(std::string password, std::function<void(result<std::string>)> done) = 0;
  /// An empty `hash` stands for an unknown user: it takes the same time and never matches.
  virtual void verify(std::string password, std::string hash, std::function<void(result<verification>)> done) = 0;
};

struct argon2_settings {
  std::size_t threads = 1;
  std::size_t queue_max = 64;
  std::size_t memory_bytes = 19 * 1024 * 1024;
  unsigned passes = 2;
};

class argon2_hasher final : public password_hasher {
public:
  explicit argon2_hasher(argon2_settings s);
  /// As `stop`.
  ~argon2_hasher() override;
  argon2_hasher(const argon2_hasher&) = delete;
  argon2_hasher& operator=(const argon2_hasher&) = delete;

  void hash(std::string password, std::function<void(result<std::string>)> done) override;
  void verify(std::string password, std::string hash, std::function<void(result<verification>)> done) override;

  /// Waits for what is being hashed; what still queues, and whatever comes later, is answered errc::unavailable. To be
  /// called while those who asked can still be answered. Once is enough.
  void stop();

private:
  struct job {
    std::function<void()> run;
    std::function<void()> refuse;
  };
  bool enqueue(job j);
  void work();
  [[nodiscard]] result<std::string> hash_now(const std::string& password) const;

  const argon2_settings settings_;
  std::string dummy_; ///< a hash nobody's password matches, at today's costs
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<job> jobs_; // guarded by mutex_
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

} // namespace parley::gateway
