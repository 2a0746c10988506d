// POST /api/rooms, GET and DELETE /api/rooms/:roomId, its users and messages.
//
// A room's id is what admits to it: whoever knows the id may look, as they could come in; where guests may not come in,
// only somebody signed in reads.

#include "gateway/rest/conditions.hpp"
#include "gateway/rest/room_opening.hpp"
#include "gateway/rest/routes.hpp"

namespace parley::gateway {
namespace {

using domain::room;

void create(const call_ptr& c) {
  auto opening = read_opening(c->body);
  if (!opening) return c->refuse(opening.error());
  const auto shaped = [](const answer& a) {
    auto r = success_with(201, a.body, "room");
    r.headers.emplace_back("ETag", etag_of(a.version));
    return r;
  };
  open_room(c, std::move(*opening), shaped);
}

void get_one(const call_ptr& c) {
  find_room(c, true, [c](const room_row& row) { answer_one(c, to_json(row), row.version); });
}

void close(const call_ptr& c) {
  const auto& named = c->captured.at(0);
  if (!is_readable_id(named)) return c->refuse({errc::room_not_found, {}, 0});
  write<room>(c, make_stream(room::family, room_id_of(named).text), room::close{},
              [](const answer& a) { return success(200, a.body); });
}

/// False when the room is not for the caller's eyes, and the answer is out.
bool may_look(const call_ptr& c, const room_row& row) {
  if (row.guests || (c->who && !c->who->guest)) return true;
  c->refuse({c->who ? errc::guests_not_allowed : errc::unauthenticated, {}, 0});
  return false;
}

void users(const call_ptr& c) {
  const auto asked = read_page(c->request);
  if (!asked) return c->refuse(asked.error());
  find_room(c, true, [c, asked = *asked](const room_row& row) {
    if (!may_look(c, row)) return;
    const auto answered = [c, row](const page<member_row>& p) {
      std::string out;
      json_writer json{out};
      json.begin_object().field("roomId", row.id.text).key("users").begin_array();
      for (const auto& member : p.rows) json.raw(to_json(member));
      // The whole room on one page is counted as listed; else the room says how many there are.
      const bool all = p.next.empty() && c->request.parameter("cursor").empty();
      json.end_array().field("count", all ? p.rows.size() : row.participants).end_object();
      auto r = success(200, out);
      if (!p.next.empty()) r.headers.emplace_back("Link", next_link(c->request, p.next));
      c->answer(std::move(r));
    };
    c->with.reads.members(make_stream(room::family, row.id.text), asked, c->at_least(),
                          or_refuse<page<member_row>>(c, answered));
  });
}

void messages(const call_ptr& c) {
  const auto asked = read_page(c->request);
  if (!asked) return c->refuse(asked.error());
  const auto newest_first = wants_newest_first(c->request);
  if (!newest_first) return c->refuse(newest_first.error());
  find_room(c, true, [c, asked = *asked, newest = *newest_first](const room_row& row) {
    if (!may_look(c, row)) return;
    const auto answered = [c, place = row.id.text](const page<message_row>& p) {
      answer_page(c, p, [&](const message_row& m) { return to_json(m, "roomId", place); });
    };
    c->with.reads.messages(make_stream(room::family, row.id.text), newest, asked, c->at_least(),
                           or_refuse<page<message_row>>(c, answered));
  });
}

} // namespace

void add_room_routes(router& to) {
  to.add({"POST", {"/api/rooms"}, access::known, create, limited::as_room_opening});
  to.add({"GET", {"/api/rooms/:roomId"}, access::known, get_one});
  to.add({"DELETE", {"/api/rooms/:roomId"}, access::signed_in, close});
  to.add({"GET", {"/api/rooms/:roomId/users"}, access::known, users});
  to.add({"GET", {"/api/rooms/:roomId/messages"}, access::known, messages});
}

} // namespace parley::gateway
