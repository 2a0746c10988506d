// POST /api/rooms, GET, PATCH and DELETE /api/rooms/:roomId, its users and messages.
//
// A room's id is what admits to it: whoever knows the id may look, as they could come in; where guests may not come in,
// only somebody signed in reads. Where the host is asked, who is there and what they say is for the host and for whom
// the host let in; anybody else is shown what one sees at a door.

#include "gateway/rest/conditions.hpp"
#include "gateway/rest/room_opening.hpp"
#include "gateway/rest/routes.hpp"

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

/// Goes on when the room is for the caller's eyes; else the answer is out.
void if_may_look(const call_ptr& c, const room_row& row, std::function<void()> then) {
  const bool is_host = c->who && c->who->user == row.host;
  if (!is_host && !row.guests && (!c->who || c->who->guest))
    return c->refuse({c->who ? errc::guests_not_allowed : errc::unauthenticated, {}, 0});
  if (is_host || row.admission == "open") return then();
  if (!c->who) return c->refuse({errc::unauthenticated, {}, 0});
  const auto answered = [c, then = std::move(then)](bool is_admitted) {
    if (!is_admitted) return c->refuse({errc::not_member, {}, 0});
    then();
  };
  c->with.reads.is_admitted(row.id, c->who->user, c->at_least(), or_refuse<bool>(c, answered));
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
    if_may_look(c, row, [c, asked, answered, place = make_stream(room::family, row.id.text)] {
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
    if_may_look(c, row, [c, newest, asked, answered, place = make_stream(room::family, row.id.text)] {
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
