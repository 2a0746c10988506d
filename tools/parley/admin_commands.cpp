// parley admin grant | revoke | roles | key create | list | revoke: who may do more than everybody may. Beside a
// running server they go through it, by the socket in its data directory; without one, they write the log themselves.

#include "events/log/directory_storage.hpp"
#include "gateway/app/jwt_secret.hpp"
#include "gateway/auth/tokens.hpp"
#include "gateway/net/system_user.hpp"
#include "gateway/rest/admin_desk.hpp"
#include "tools/parley/account_log.hpp"
#include "tools/parley/admin_socket.hpp"
#include "tools/parley/commands.hpp"
#include "tools/parley/role_holders.hpp"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <unistd.h>

namespace parley::tool {
namespace {

using nlohmann::json;

struct admin_flags {
  std::string data = "./var";
  std::string role, account, name;

  [[nodiscard]] std::filesystem::path log() const { return std::filesystem::path{data} / "log"; }
};

template <class T>
T or_finish(result<T> r) {
  if (!r) {
    fmt::print(stderr, "parley: admin: {}\n", text_of(r.error()));
    throw CLI::RuntimeError{1};
  }
  if constexpr (!std::is_void_v<T>) return std::move(*r);
}

/// The server's secret, which the claims on addresses are kept under: as parleyd takes it, but none is made.
result<std::string> secret_of(const std::string& data) {
  for (const auto* variable : {"PARLEY_JWT_SECRET", "JWT_SECRET"})
    if (const auto* value = std::getenv(variable); value && *value != '\0') return std::string{value};
  if (::access((data + "/jwt.secret").c_str(), F_OK) != 0)
    return fail(errc::not_found, "without the server's JWT_SECRET nobody can be found by address: set it, start the "
                                 "server, or name the account by its id");
  secure_random random;
  return gateway::load_jwt_secret(data, random);
}

/// What another user writes into the log, the server could not read.
result<void> check_owner(const std::filesystem::path& log) {
  struct stat info {};
  if (::stat((log / "LOCK").c_str(), &info) != 0)
    return fail(errc::not_found,
                "there is no log in " + log.string() + "; name the server's data directory with --data");
  if (info.st_uid != ::geteuid())
    return fail(
        errc::forbidden,
        fmt::format("the log in {} is another user's: run this as that user, or while the server runs", log.string()));
  return {};
}

/// No server runs: this process is the one that owns the log for a moment.
json perform_alone(const admin_flags& flags, std::string_view task, const json& body) {
  or_finish(check_owner(flags.log()));
  const auto log = or_finish(open_log_in(flags.log()));
  account_log accounts{*log};
  const system_clock_source clock;
  secure_random random;
  const gateway::admin_desk desk{
      {[&](const stream_id& who, request<domain::account> r) { accounts.ask(who, std::move(r)); },
       [&](const stream_id& email, auto done) { done(accounts.claimed_by(email)); },
       [&](std::string_view email) -> result<stream_id> {
         return secret_of(flags.data).map([&](const std::string& secret) {
           return gateway::token_service{secret}.email_stream(email);
         });
       },
       clock, random}};
  result<answer> outcome = fail(errc::internal);
  desk.perform(task, body, {gateway::system_user(::geteuid())}, [&](result<answer> a) { outcome = std::move(a); });
  return json::parse(or_finish(std::move(outcome)).body);
}

json perform(const admin_flags& flags, std::string_view task, const json& body) {
  const auto served = or_finish(ask_server(flags.data, fmt::format("/admin/{}", task), body.dump()));
  if (!served) return perform_alone(flags, task, body);
  if (served->status == 200) return served->body;
  return or_finish<json>(fail(errc::internal, served->body.value("message", "the server refuses")));
}

void say_roles(const json& account) {
  const auto roles = account.at("roles").get<std::vector<std::string>>();
  fmt::print("{} ({}): {}\n", account.at("id").get<std::string>(), account.at("name").get<std::string>(),
             roles.empty() ? "no roles" : fmt::format("{}", fmt::join(roles, ", ")));
}

void change_role(const admin_flags& flags, std::string_view task) {
  say_roles(perform(flags, task, {{"account", flags.account}, {"role", flags.role}}));
}

void create_key(const admin_flags& flags) {
  const auto made = perform(flags, "keys/create", {{"name", flags.name}, {"role", flags.role}});
  fmt::print(stderr, "{} ({}) is let in by this key, which is kept nowhere and shown only now:\n",
             made.at("id").get<std::string>(), made.at("name").get<std::string>());
  fmt::print("{}\n", made.at("key").get<std::string>());
}

std::map<user_id, role_holder> holders(const admin_flags& flags) {
  const auto view = or_finish(log_view::open(flags.log(), log_view::kind::frozen));
  return or_finish(read_role_holders(view));
}

constexpr auto line = "{:<28} {:<10} {:<24} {:<24} {}\n";

void list_roles(const admin_flags& flags) {
  fmt::print(line, "ACCOUNT", "ROLE", "GRANTED", "BY", "NAME");
  for (const auto& [user, holder] : holders(flags))
    for (const auto& [role, grant] : holder.roles)
      fmt::print(line, user.text, text_of(role), to_iso8601(grant.at), grant.by,
                 holder.email.empty() ? holder.name : fmt::format("{} <{}>", holder.name, holder.email));
}

void list_keys(const admin_flags& flags) {
  fmt::print(line, "ACCOUNT", "STATE", "MADE", "BY", "NAME");
  for (const auto& [user, holder] : holders(flags))
    if (holder.service)
      fmt::print(line, user.text, holder.key_in_force ? "in force" : "revoked", to_iso8601(holder.made.at),
                 holder.made.by, holder.name);
}

CLI::App* add(CLI::App& to, admin_flags& flags, const char* name, const char* what, std::function<void()> run) {
  auto* command = to.add_subcommand(name, what);
  command->add_option("--data", flags.data, "the server's data directory")->capture_default_str();
  command->callback(std::move(run));
  return command;
}

void add_role_to(CLI::Option* option) { option->check(CLI::IsMember({"operator", "service", "auditor"})); }

} // namespace

void add_admin_commands(CLI::App& app) {
  // Lives as long as the program: the options write into it, the callbacks read it.
  static admin_flags flags;
  auto* admin = app.add_subcommand("admin", "Who may do more than everybody: roles of people, and keys of services. "
                                            "Works beside the running server and without it; every change is an event "
                                            "that names who made it");
  admin->require_subcommand(1);
  const auto about_role = [](CLI::App* command) {
    add_role_to(command->add_option("role", flags.role, "operator, service or auditor")->required());
    command->add_option("account", flags.account, "its id, or its e-mail address")->required();
  };
  about_role(
      add(*admin, flags, "grant", "Gives somebody a role. Holds at once", [] { change_role(flags, "roles/grant"); }));
  about_role(
      add(*admin, flags, "revoke", "Takes a role away. Holds at once", [] { change_role(flags, "roles/revoke"); }));
  add(*admin, flags, "roles", "Who holds which role, since when, and by whom. Reads the whole log",
      [] { list_roles(flags); });

  auto* key = admin->add_subcommand("key", "API keys, by which services are let in: Authorization: Bearer pk_…");
  key->require_subcommand(1);
  auto* creating = add(*key, flags, "create", "Makes a service and prints its key, once, on standard output",
                       [] { create_key(flags); });
  creating->add_option("name", flags.name, "what the service is called")->required();
  add_role_to(creating->add_option("--role", flags.role, "what it may do")->required());
  add(*key, flags, "list", "All services and whether their keys are in force. Reads the whole log",
      [] { list_keys(flags); });
  add(*key, flags, "revoke", "Ends a service's key and roles. Holds at once",
      [] {
        say_roles(perform(flags, "keys/revoke", {{"account", flags.account}}));
      })
      ->add_option("account", flags.account, "the service's id, as listed")
      ->required();
}

} // namespace parley::tool
