#include "gateway/rest/admin_desk.hpp"

#include "events/json_writer.hpp"
#include "gateway/auth/api_keys.hpp"
#include "gateway/rest/email.hpp"
#include "gateway/rest/fields.hpp"
#include "gateway/rest/ids_in_paths.hpp"
#include "gateway/rest/responses.hpp"

#include <array>

namespace parley::gateway {
namespace {

using domain::account;

constexpr std::array<std::string_view, 4> known_tasks{"roles/grant", "roles/revoke", "keys/create", "keys/revoke"};
constexpr std::size_t account_bytes_max = 1024;

domain::role role_in(fields& f) {
  const auto role = domain::role_named(f.required_text("role", 16));
  if (!role) f.refuse(errc::invalid, "role must be operator, service or auditor");
  return role.value_or(domain::role::auditor);
}

} // namespace

std::span<const std::string_view> admin_desk::tasks() { return known_tasks; }

void admin_desk::perform(std::string_view task, const nlohmann::json& body, const user_id& by, outcome done) const {
  if (task == "keys/create") return create_key(body, by, std::move(done));
  fields f{body};
  const auto named = f.required_text("account", account_bytes_max);
  account::command what;
  if (task == "roles/grant")
    what = account::grant_role{role_in(f)};
  else if (task == "roles/revoke")
    what = account::revoke_role{role_in(f)};
  else if (task == "keys/revoke")
    what = account::revoke_key{};
  else
    return done(fail(errc::not_found));
  if (f.refusal()) return done(tl::make_unexpected(*f.refusal()));
  with_account(named, [desk = *this, what = std::move(what), by, done = std::move(done)](result<user_id> found) {
    if (!found) return done(tl::make_unexpected(std::move(found.error())));
    desk.tell(*found, what, by, done);
  });
}

void admin_desk::create_key(const nlohmann::json& body, const user_id& by, outcome done) const {
  fields f{body};
  account::register_service command;
  command.name = f.required_text("name", domain::name_bytes_max);
  command.role = role_in(f);
  if (f.refusal()) return done(tl::make_unexpected(*f.refusal()));
  auto key = make_api_key(with_.random);
  command.user = key.user;
  command.key_digest = key.digest;
  const auto user = key.user;
  tell(user, std::move(command), by, [key = std::move(key.text), done = std::move(done)](result<answer> a) {
    if (a) {
      std::string told;
      json_writer{told}.begin_object().field("key", key).end_object();
      a->body = joined_objects(a->body, told);
    }
    done(std::move(a));
  });
}

/// No id holds an @.
void admin_desk::with_account(const std::string& named, std::function<void(result<user_id>)> then) const {
  if (named.find('@') == std::string::npos)
    return is_readable_id(named) ? then(user_id{named}) : then(fail(errc::user_not_found));
  const auto email = normalised_email(named);
  if (!email) return then(tl::make_unexpected(email.error()));
  const auto stream = with_.email_stream(*email);
  if (!stream) return then(tl::make_unexpected(stream.error()));
  with_.claimed_by(*stream, [then = std::move(then)](result<std::optional<user_id>> claimed) {
    if (!claimed) return then(tl::make_unexpected(std::move(claimed.error())));
    if (!*claimed) return then(fail(errc::user_not_found, "nobody has registered with this address"));
    then(std::move(**claimed));
  });
}

void admin_desk::tell(const user_id& user, account::command what, const user_id& by, outcome done) const {
  domain::context context;
  context.now = with_.clock.now();
  context.user = by;
  context.cause = random_id(with_.random, "c_");
  with_.ask(make_stream(account::family, user.text),
            request<account>{std::move(what), std::move(context), {}, {}, reply{std::move(done)}});
}

} // namespace parley::gateway
