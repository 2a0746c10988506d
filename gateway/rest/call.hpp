#pragma once
// One request under way: what came, who asks, and the one answer that goes out. Handlers share it (`call_ptr`) with the
// continuations of what they ask; dropped unanswered it answers errc::unavailable itself. Lives on its loop.

#include "gateway/rest/responses.hpp"
#include "gateway/rest/rest_api.hpp"

#include <nlohmann/json.hpp>

namespace parley::gateway {

struct caller {
  user_id user;
  login_id login; ///< empty: a service, by its key
  std::string name;
  bool guest = false;
  domain::role_set roles{};
};

class call;
using call_ptr = std::shared_ptr<call>;

class call : public std::enable_shared_from_this<call> {
public:
  call(const rest_dependencies& with, http_request request, respond done);
  ~call();
  call(const call&) = delete;
  call& operator=(const call&) = delete;

  const rest_dependencies& with;
  http_request request;
  std::vector<std::string> captured; ///< path parameters
  std::optional<caller> who;         ///< nobody, on routes that ask nobody
  nlohmann::json body = nlohmann::json::object();
  std::string idempotency_key; ///< as sent; empty: none
  std::optional<version> if_match;
  position after = 0;     ///< Parley-After
  bool by_cookie = false; ///< the token came as a cookie

  void answer(http_response r);
  void refuse(const error& e) { answer(problem(e, request)); }

  /// Takes one from a limit. False when it refused, and the answer is out.
  [[nodiscard]] bool within(const rest_limit& limit, std::string_view key);

  /// The caller and the present, for a command.
  [[nodiscard]] domain::context by() const;
  /// errc::malformed for a short key of a caller whom nothing else tells from others (they share an address behind a
  /// NAT): whoever sends the key again is given what the first one made, so it must not be guessed.
  [[nodiscard]] result<void> check_key_of_nobody() const;
  /// What makes the request take effect once, when it carries a key. `principal`: whose key it is.
  [[nodiscard]] std::optional<idempotency> once(std::string_view principal) const;
  /// A seed that a repeat of this request has too and that nobody can guess; nullopt without a key.
  [[nodiscard]] std::optional<std::string> seed(std::string_view purpose, std::string_view principal) const;
  /// The id of what the request makes: the same when it is repeated with its key.
  [[nodiscard]] std::string new_id(std::string_view prefix, std::string_view principal) const;

  /// What a read must have seen: the caller's own writes and Parley-After.
  [[nodiscard]] position at_least() const;
  /// Remembers a write of `user`, and says where it is in `r`.
  void wrote(const user_id& user, const parley::answer& a, http_response& r) const;

private:
  respond done_;
};

using shape = std::function<http_response(const parley::answer&)>;

/// Sends a command to an entity and answers with `shaped` when it is durable, or with the refusal. `once`: what makes
/// it take effect once.
template <class Entity>
void write_once(const call_ptr& c, stream_id to, typename Entity::command command, std::optional<idempotency> once,
                shape shaped) {
  const auto by = c->by();
  request<Entity> r{std::move(command), by, std::move(once), c->if_match, {}};
  r.respond = reply{[c, user = by.user, shaped = std::move(shaped)](result<answer> a) {
    if (!a) return c->refuse(a.error());
    auto response = shaped(*a);
    c->wrote(user, *a, response);
    c->answer(std::move(response));
  }};
  c->with.entities.ask(to, std::move(r));
}

/// The same; it takes effect once when the request carries a key.
template <class Entity>
void write(const call_ptr& c, stream_id to, typename Entity::command command, shape shaped) {
  auto once = c->once(c->who ? c->who->user.text : std::string{});
  write_once<Entity>(c, std::move(to), std::move(command), std::move(once), std::move(shaped));
}

/// The continuation of a question to the read models: `then` with what they said, or the error goes out.
template <class T, class Then>
answer_to<T> or_refuse(const call_ptr& c, Then then) {
  return [c, then = std::move(then)](result<T> found) {
    if (!found) return c->refuse(found.error());
    then(std::move(*found));
  };
}

/// 200 with the object's ETag, or 304 when the client has it.
void answer_one(const call_ptr& c, std::string_view object, version v);

} // namespace parley::gateway
