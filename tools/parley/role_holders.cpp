#include "tools/parley/role_holders.hpp"

#include "events/codec.hpp"

namespace parley::tool {
namespace {

struct collector {
  std::map<user_id, role_holder>& holders;
  user_id user;
  time_point at;

  void operator()(const events::service_registered& e) const {
    auto& h = holders[user];
    h.name = e.name;
    h.service = h.key_in_force = true;
    h.made = {e.by, at};
  }
  void operator()(const events::key_revoked&) const { holders[user].key_in_force = false; }
  void operator()(const events::role_granted& e) const {
    if (const auto r = domain::role_named(e.role)) holders[user].roles[*r] = {e.by, at};
  }
  void operator()(const events::role_revoked& e) const {
    if (const auto r = domain::role_named(e.role)) holders[user].roles.erase(*r);
  }
  template <class Other>
  void operator()(const Other&) const {}
};

struct namer {
  role_holder& holder;

  void operator()(const events::registered& e) const {
    holder.name = e.name;
    holder.email = e.email;
  }
  void operator()(const events::renamed& e) const { holder.name = e.name; }
  template <class Other>
  void operator()(const Other&) const {}
};

/// Calls `use` with each event of an account that `visit` comes by.
template <class Visit, class Use>
result<void> each_account_event(Visit visit, Use use) {
  result<void> readable;
  const auto visited = visit([&](const record& r, std::string_view) {
    if (r.stream.family() != "account") return true;
    const auto content = content_of(r);
    if (!content)
      readable = tl::make_unexpected(content.error());
    else if (const auto* e = std::get_if<events::account_event>(&*content))
      std::visit([&](const auto& one) { use(r, one); }, *e);
    return readable.has_value();
  });
  return visited ? readable : visited;
}

} // namespace

result<std::map<user_id, role_holder>> read_role_holders(const log_view& log) {
  std::map<user_id, role_holder> holders;
  const auto collected = each_account_event([&](const auto& visitor) { return log.visit(0, visitor); },
                                            [&](const record& r, const auto& e) {
                                              collector{holders, {std::string{r.stream.key()}}, r.time}(e);
                                            });
  if (!collected) return tl::make_unexpected(collected.error());
  std::erase_if(holders, [](const auto& each) { return each.second.roles.empty() && !each.second.service; });
  for (auto& [user, holder] : holders) {
    const auto stream = make_stream("account", user.text);
    const auto named = each_account_event([&](const auto& visitor) { return log.visit_stream(stream, 0, visitor); },
                                          [&holder = holder](const record&, const auto& e) { namer{holder}(e); });
    if (!named) return tl::make_unexpected(named.error());
  }
  return holders;
}

} // namespace parley::tool
