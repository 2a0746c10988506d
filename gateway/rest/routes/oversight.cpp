#include "gateway/rest/routes/oversight.hpp"

namespace parley::gateway {

using domain::lounge;

bool oversees(const call& c) { return c.who && c.who->roles.may_audit(); }
bool operates(const call& c) { return c.who && c.who->roles.has(domain::role::operator_); }

void if_moderator(const call_ptr& c, const lounge_id& id, std::function<void()> then) {
  request<lounge> r{lounge::check_moderator{}, c->by(), {}, {}, {}};
  r.respond = reply{[c, then = std::move(then)](result<answer> a) {
    if (!a) return c->refuse(a.error());
    then();
  }};
  c->with.entities.ask(make_stream(lounge::family, id.text), std::move(r));
}

position all_that_was_told(const call& c) { return std::max(c.at_least(), c.with.head ? c.with.head() : position{0}); }

} // namespace parley::gateway
