#pragma once
// The idempotency keys of commands that are decided and not yet durable. A repeat that comes in between waits for the
// first answer; one that comes later finds it in the log. Belongs to one entity.

#include "actors/log_port.hpp"

#include <string>
#include <unordered_map>
#include <vector>

namespace parley {

class keys_under_way {
public:
  /// True when the key was used before: then `respond` is answered, or waits for the first one's answer.
  [[nodiscard]] bool takes(const idempotency& once, reply& respond, log_port& log, time_point now) {
    if (const auto at = keys_.find(once.key); at != keys_.end()) {
      if (at->second.fingerprint != once.fingerprint)
        respond(fail(errc::key_reused));
      else if (once.refuse_while_pending)
        respond(fail(errc::request_in_progress, {}, 1));
      else
        at->second.waiting.push_back(std::move(respond));
      return true;
    }
    auto known = log.find_outcome(once.key);
    if (!known)
      respond(tl::make_unexpected(std::move(known.error())));
    else if (!*known || (*known)->expires_at <= now)
      return false;
    else if ((*known)->fingerprint != once.fingerprint)
      respond(fail(errc::key_reused));
    else
      respond(answer{std::move((*known)->reply), (*known)->position, (*known)->version, true});
    return true;
  }

  void begin(const idempotency& once) { keys_.try_emplace(once.key, first{once.fingerprint, {}}); }

  /// The command under `key` is durable or failed: whoever waited is answered likewise.
  void finish(const std::string& key, const result<answer>& outcome) {
    const auto node = keys_.extract(key);
    if (node.empty()) return;
    for (auto& waiting : node.mapped().waiting) {
      auto repeated = outcome;
      if (repeated) repeated->repeated = true;
      waiting(std::move(repeated));
    }
  }

private:
  struct first {
    std::string fingerprint;
    std::vector<reply> waiting;
  };
  std::unordered_map<std::string, first> keys_;
};

} // namespace parley
