#pragma once
// What only who is on the machine may do: grant and revoke roles, make and revoke API keys of services. Two ways lead
// here: the routes under /admin/, which are served on the socket in the data directory and never over TCP, and `parley
// admin` over the log itself when no server runs. So whoever can reach it may do it; everything it does is an event
// that names who did.

#include "actors/entities.hpp"
#include "events/random.hpp"

#include <nlohmann/json.hpp>

namespace parley::gateway {

class admin_desk {
public:
  struct dependencies {
    std::function<void(const stream_id& account, request<domain::account>)> ask;
    /// As rest_dependencies has it.
    std::function<void(const stream_id& email, std::function<void(result<std::optional<user_id>>)>)> claimed_by;
    /// The stream of the claim on an address.
    std::function<result<stream_id>(std::string_view normalised_email)> email_stream;
    const clock_source& clock;
    random_source& random;
  };
  /// The outcome: a JSON object as text.
  using outcome = std::function<void(result<answer>)>;

  /// The names of the tasks, as in their paths: roles/grant, roles/revoke {account, role}, keys/create {name, role},
  /// keys/revoke {account}. An account is given as its id or its e-mail address.
  [[nodiscard]] static std::span<const std::string_view> tasks();

  explicit admin_desk(dependencies with)
    : with_{std::move(with)} {}

  /// Does one task for `by`. Answers {id, email?, name, roles}, with `key` for a new one: it is told this once.
  /// errc::not_found for an unknown task, errc::malformed, errc::invalid, errc::user_not_found, and what accounts
  /// refuse. `done` is called once; this object need not live until then.
  void perform(std::string_view task, const nlohmann::json& body, const user_id& by, outcome done) const;

private:
  void create_key(const nlohmann::json& body, const user_id& by, outcome done) const;
  void with_account(const std::string& named, std::function<void(result<user_id>)> then) const;
  void tell(const user_id& account, domain::account::command what, const user_id& by, outcome done) const;

  dependencies with_;
};

} // namespace parley::gateway
