#include "gateway/rest/routes/find_person.hpp"

#include "gateway/rest/ids_in_paths.hpp"

namespace parley::gateway {

void find_person(const call_ptr& c, const user_id& who, std::function<void()> then) {
  if (!is_readable_id(who.text)) return c->refuse({errc::user_not_found, {}, 0});
  request<domain::account> question{domain::account::look_up{}, c->by(), {}, {}, {}};
  question.respond = reply{[c, then = std::move(then)](const result<answer>& found) {
    if (!found) return c->refuse(found.error());
    then();
  }};
  c->with.entities.ask(make_stream(domain::account::family, who.text), std::move(question));
}

} // namespace parley::gateway
