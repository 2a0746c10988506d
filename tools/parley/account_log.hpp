#pragma once
// Accounts without a server: the same decider, run on the log itself. For who holds the log, so never beside a server.
// One thread; answers at once.

#include "actors/entities.hpp"
#include "events/log/event_log.hpp"

namespace parley::tool {

class account_log {
public:
  /// `log` outlives this.
  explicit account_log(event_log& log)
    : log_{log} {}

  /// Decides on the account as the log has it, and appends what was decided.
  void ask(const stream_id& account, request<domain::account> r) { r.respond(run(account, r)); }
  /// Who claimed an e-mail address; nullopt: nobody.
  [[nodiscard]] result<std::optional<user_id>> claimed_by(const stream_id& email) const;

private:
  [[nodiscard]] result<answer> run(const stream_id& account, const request<domain::account>& r);

  event_log& log_;
};

} // namespace parley::tool
