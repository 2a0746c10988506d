// GET /api/users (search), GET /api/users/:id, PATCH /api/users/me.

#include "gateway/rest/conditions.hpp"
#include "gateway/rest/fields.hpp"
#include "gateway/rest/routes/routes.hpp"
#include "gateway/rest/routes/rows.hpp"

namespace parley::gateway {
namespace {

constexpr std::size_t search_bytes_max = 128;

void search(const call_ptr& c) {
  filters f{c->request};
  auto text = f.text("search", search_bytes_max);
  if (text.empty()) text = f.text("q", search_bytes_max);
  if (f.refusal()) return c->refuse(*f.refusal());
  const auto page_asked = read_page(c->request);
  if (!page_asked) return c->refuse(page_asked.error());
  c->with.reads.users(text, *page_asked, c->at_least(), or_refuse<page<user_row>>(c, [c](const page<user_row>& p) {
                        answer_page(c, p, [](const user_row& row) { return to_json(row, false); });
                      }));
}

/// A profile changes with its presence, so it has the account's ETag only where nobody was ever seen.
void add_presence(const call_ptr& c, const user_row& row) {
  c->with.people.presence(row.id, domain::direct_conversation(row.id, c->who->user), c->at_least(),
                          or_refuse<std::optional<presence_row>>(c, [c, row](const std::optional<presence_row>& seen) {
                            const auto own = to_json(row, row.id == c->who->user);
                            if (!seen) return answer_one(c, own, row.version);
                            std::string presence;
                            json_writer{presence}
                                .begin_object()
                                .field("status", seen->status)
                                .field("lastSeen", to_iso8601(seen->since))
                                .end_object();
                            c->answer(success(200, joined_objects(own, presence)));
                          }));
}

void show(const call_ptr& c, const user_id& id) {
  c->with.reads.user(id, c->at_least(), or_refuse<std::optional<user_row>>(c, [c](const std::optional<user_row>& row) {
                       if (!row) return c->refuse({errc::user_not_found, {}, 0});
                       add_presence(c, *row);
                     }));
}

void profile(const call_ptr& c) {
  const auto& named = c->captured.at(0);
  if (!is_readable_id(named)) return c->refuse({errc::user_not_found, {}, 0});
  show(c, {named});
}

void rename(const call_ptr& c) {
  fields f{c->body};
  const auto name = f.required_text("name", domain::name_bytes_max);
  if (f.refusal()) return c->refuse(*f.refusal());
  write<domain::account>(c, make_stream(domain::account::family, c->who->user.text), domain::account::rename{name},
                         [](const answer& a) {
                           auto r = success_with(200, a.body, "user");
                           r.headers.emplace_back("ETag", etag_of(a.version));
                           return r;
                         });
}

} // namespace

void add_user_routes(router& to) {
  to.add({"GET", {"/api/users"}, access::signed_in, search});
  to.add({"GET", {"/api/users/me"}, access::signed_in, [](const call_ptr& c) { show(c, c->who->user); }});
  to.add({"GET", {"/api/users/:id"}, access::signed_in, profile});
  to.add({"PATCH", {"/api/users/me"}, access::signed_in, rename});
}

} // namespace parley::gateway
