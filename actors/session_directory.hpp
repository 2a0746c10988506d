#pragma once
// Which live sessions stand on which login, so that a revoked login cuts them at once. In memory only: a session
// enters itself before it asks whether its login is in force, so no revocation falls between. Thread-safe.

#include "events/ids.hpp"

#include <mutex>
#include <set>
#include <unordered_map>
#include <vector>

namespace parley {

class session_directory {
public:
  void add(const login_id& login, const session_id& session) {
    const std::lock_guard lock{mutex_};
    sessions_[login].insert(session);
  }
  void remove(const login_id& login, const session_id& session) {
    const std::lock_guard lock{mutex_};
    const auto at = sessions_.find(login);
    if (at == sessions_.end()) return;
    at->second.erase(session);
    if (at->second.empty()) sessions_.erase(at);
  }
  [[nodiscard]] std::vector<session_id> of(const login_id& login) const {
    const std::lock_guard lock{mutex_};
    const auto at = sessions_.find(login);
    if (at == sessions_.end()) return {};
    return {at->second.begin(), at->second.end()};
  }

private:
  mutable std::mutex mutex_;
  std::unordered_map<login_id, std::set<session_id>> sessions_;
};

} // namespace parley
