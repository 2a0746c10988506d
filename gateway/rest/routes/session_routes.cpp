// The caller's own login and devices: GET /api/auth/me, POST /api/auth/logout, GET and DELETE /api/auth/sessions.

#include "events/json_writer.hpp"
#include "gateway/rest/conditions.hpp"
#include "gateway/rest/routes/routes.hpp"
#include "gateway/rest/routes/rows.hpp"
#include "gateway/rest/routes/sign_in.hpp"

namespace parley::gateway {
namespace {

using domain::account;

void me(const call_ptr& c) {
  c->with.reads.user(c->who->user, c->at_least(),
                     or_refuse<std::optional<user_row>>(c, [c](const std::optional<user_row>& row) {
                       if (!row) return c->refuse({errc::user_not_found, {}, 0});
                       const auto own = to_json(*row, true);
                       answer_one(c, joined_objects(own, R"({"user":)" + own + '}'), row->version);
                     }));
}

void logout(const call_ptr& c) {
  write<account>(c, make_stream(account::family, c->who->user.text), account::revoke_login{c->who->login, "logout"},
                 [c](const answer&) {
                   auto r = success(200, "{}");
                   r.headers.emplace_back("Set-Cookie", token_cookie(c->with.settings, {}));
                   r.headers.emplace_back("Cache-Control", "no-store");
                   return r;
                 });
}

void list_sessions(const call_ptr& c) {
  c->with.reads.logins(c->who->user, c->at_least(),
                       or_refuse<std::vector<login_row>>(c, [c](const std::vector<login_row>& rows) {
                         std::string out;
                         json_writer json{out};
                         json.begin_array();
                         for (const auto& row : rows) json.raw(to_json(row, row.id == c->who->login));
                         json.end_array();
                         c->answer(list(std::move(out)));
                       }));
}

void end_session(const call_ptr& c) {
  const login_id ended{c->captured.at(0)};
  write<account>(c, make_stream(account::family, c->who->user.text), account::revoke_login{ended, "revoked", true},
                 [c, own = ended == c->who->login](const answer&) {
                   auto r = success(200, "{}");
                   if (own) r.headers.emplace_back("Set-Cookie", token_cookie(c->with.settings, {}));
                   return r;
                 });
}

} // namespace

void add_session_routes(router& to) {
  to.add({"GET", {"/api/auth/me"}, access::signed_in, me});
  to.add({"POST", {"/api/auth/logout"}, access::signed_in, logout});
  to.add({"GET", {"/api/auth/sessions"}, access::signed_in, list_sessions});
  to.add({"DELETE", {"/api/auth/sessions/:id"}, access::signed_in, end_session});
}

} // namespace parley::gateway
