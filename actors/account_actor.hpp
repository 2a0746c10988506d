#pragma once
// An account's shell: what its events mean to the rest of the server.

#include "actors/event_sourced.hpp"
#include "actors/session_directory.hpp"

namespace parley {

class account_actor final : public event_sourced<domain::account> {
public:
  using event_sourced::event_sourced;

private:
  /// A revoked login's sessions end at once.
  void committed(const events::account_event& e) override {
    const auto* revoked = std::get_if<events::login_revoked>(&e);
    if (!revoked) return;
    for (const auto& session : rt().sessions.of(revoked->login))
      rt().entities.tell(make_stream(domain::session::family, session.text),
                         std::make_shared<login_cut>(login_cut{revoked->login}));
  }

  /// The one stream a new account can collide on is the claim on its e-mail address.
  error explain(error e, bool claimed) const override {
    if (claimed && e.code == errc::version_conflict) return {errc::email_taken, {}, 0};
    return e;
  }
};

} // namespace parley
