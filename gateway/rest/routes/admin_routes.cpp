// POST /admin/roles/grant, /admin/roles/revoke, /admin/keys/create, /admin/keys/revoke. Served on the socket in the
// data directory only: who can open that is let do everything, and its address says who that is
// (network::listen_local).

#include "gateway/rest/admin_desk.hpp"
#include "gateway/rest/routes/routes.hpp"

namespace parley::gateway {
namespace {

void perform(const call_ptr& c, std::string_view task) {
  const auto& with = c->with;
  const admin_desk desk{
      {[&with](const stream_id& who, request<domain::account> r) { with.entities.ask(who, std::move(r)); },
       with.claimed_by, [&with](std::string_view email) { return with.tokens.email_stream(email); }, with.clock,
       with.random}};
  desk.perform(task, c->body, {c->request.address}, [c](result<answer> a) {
    if (!a) return c->refuse(a.error());
    auto r = success(200, a->body);
    r.headers.emplace_back("Cache-Control", "no-store"); // it may hold a key
    c->answer(std::move(r));
  });
}

} // namespace

void add_admin_routes(router& to) {
  for (const auto task : admin_desk::tasks())
    to.add({"POST",
            {std::string{"/admin/"}.append(task)},
            access::open,
            [task](const call_ptr& c) { perform(c, task); },
            limited::not_at_all});
  add_operation_routes(to); // `parley jobs` asks how far the read models are
}

} // namespace parley::gateway
