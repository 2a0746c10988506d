// POST /api/rooms, GET, PATCH and DELETE /api/rooms/:roomId, its users and messages.
//
// A room's id is what admits to it: whoever knows the id may look, as they could come in. Who is there and what they
// say is not for whom the room would not let in (domain::room::look); they are shown what one sees at a door.

#include "gateway/rest/conditions.hpp"
#include "gateway/rest/routes/room_opening.hpp"
#include "gateway/rest/routes/routes.hpp"

namespace parley::gateway {
namespace {

using domain::room;

shape as_room(int status) {
  return [status](const answer& a) {
    auto r = success_with(status, a.body, "room");
    r.headers.emplace_back("ETag", etag_of(a.version));
    return r;
  };
}

void create(const call_ptr& c) {
  auto opening = read_opening(c->body);
  if (!opening) return c->refuse(opening.error());
  open_room(c, std::move(*opening), as_room(201));
}

void change(const call_ptr& c) { change_room(c, as_room(200)); }

void get_one(const call_ptr& c) {
  find_room(c, true, [c](const room_row& row) { answer_one(c, to_json(row, c->who), row.version); });
}

void close(const call_ptr& c) {
  const auto& named = c->captured.at(0);
  if (!is_readable_id(named)) return c->refuse({errc::room_not_found, {}, 0});
  write<room>(c, make_stream(room::family, room_id_of(named).text), room::close{},
              [](const answer& a) { return success(200, a.body); });
}

void users(const call_ptr& c) {
  const auto asked = read_page(c->request);
  if (!asked) return c->refuse(asked.error());
  find_room(c, true, [c, asked = *asked](const room_row& row) {
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
    if_may_look(c, row.id, [c, asked, answered, place = make_stream(room::family, row.id.text)] {
      c->with.reads.members(place, asked, c->at_least(), or_refuse<page<member_row>>(c, answered));
    });
  });
}

void messages(const call_ptr& c) {
  const auto asked = read_page(c->request);
  if (!asked) return c->refuse(asked.error());
  const auto newest_first = wants_newest_first(c->request);
  if (!newest_first) return c->refuse(newest_first.error());
  find_room(c, true, [c, asked = *asked, newest = *newest_first](const room_row& row) {
    const auto answered = [c, place = row.id.text](const page<message_row>& p) {
      answer_page(c, p, [&](const message_row& m) { return to_json(m, "roomId", place); });
    };
    if_may_look(c, row.id, [c, newest, asked, answered, place = make_stream(room::family, row.id.text)] {
      c->with.reads.messages(place, newest, asked, c->at_least(), or_refuse<page<message_row>>(c, answered));
    });
  });
}

} // namespace

void add_room_routes(router& to) {
  to.add({"POST", {"/api/rooms"}, access::known, create, limited::as_room_opening});
  to.add({"GET", {"/api/rooms/:roomId"}, access::known, get_one});
  to.add({"PATCH", {"/api/rooms/:roomId"}, access::signed_in, change});
  to.add({"DELETE", {"/api/rooms/:roomId"}, access::signed_in, close});
  to.add({"GET", {"/api/rooms/:roomId/users"}, access::known, users});
  to.add({"GET", {"/api/rooms/:roomId/messages"}, access::known, messages});
}

} // namespace parley::gateway
