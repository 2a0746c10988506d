#include "actors/domain/member.hpp"

#include "actors/domain/people/account.hpp"
#include "actors/domain/text.hpp"

namespace parley::domain {
namespace {

using more_of = std::function<void(json_writer&, const member&)>;

void write_member(json_writer& out, const session_id& session, const member& m, const user_id& host,
                  const more_of& more) {
  out.begin_object()
      .field("id", session.text)
      .field("socketId", session.text)
      .field("userId", m.user.text)
      .field("username", m.name)
      .field("name", m.name)
      .field("isHost", m.user == host)
      .field("guest", m.guest)
      .field("joinedAt", to_iso8601(m.joined_at));
  if (more) more(out, m);
  out.end_object();
}

} // namespace

result<std::string> member_name(std::string_view asked, const context& by) {
  if (by.guest) {
    auto name = clean_line(asked, name_bytes_max, "name");
    if (!name || !name->empty()) return name;
  }
  auto own = clipped_line(by.name, name_bytes_max);
  return own.empty() ? std::string{"Guest"} : std::move(own);
}

void write_members(json_writer& out, const members& present, const user_id& host, const session_id& self,
                   const more_of& more) {
  std::string list;
  json_writer each{list};
  each.begin_array();
  const auto own = present.find(self);
  if (own != present.end()) write_member(each, own->first, own->second, host, more);
  std::size_t listed = own != present.end() ? 1 : 0;
  for (auto at = present.begin(); at != present.end() && listed < listed_members_max; ++at) {
    if (at == own) continue;
    write_member(each, at->first, at->second, host, more);
    ++listed;
  }
  each.end_array();
  out.key("users").raw(list).key("participants").raw(list);
}

} // namespace parley::domain
