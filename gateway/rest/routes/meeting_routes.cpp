// POST, GET /api/meetings and GET, PATCH /api/meetings/:roomId: a meeting is a room with a host and a title. What is
// over stays in its host's list.

#include "gateway/rest/conditions.hpp"
#include "gateway/rest/routes/room_opening.hpp"
#include "gateway/rest/routes/routes.hpp"

namespace parley::gateway {
namespace {

constexpr std::string_view untitled = "Meeting";
/// The room's answer as a meeting's: {id, …} and the same as `meeting`.
shape as_meeting(int status) {
  return [status](const answer& a) {
    const auto room = nlohmann::json::parse(a.body, nullptr, false);
    const auto id = room.is_object() ? room.find("roomId") : room.end();
    std::string named;
    json_writer json{named};
    json.begin_object();
    if (room.is_object() && id != room.end() && id->is_string()) json.field("id", id->get<std::string>());
    json.end_object();
    auto r = success_with(status, joined_objects(named, a.body), "meeting");
    r.headers.emplace_back("ETag", etag_of(a.version));
    return r;
  };
}

void create(const call_ptr& c) {
  auto opening = read_opening(c->body);
  if (!opening) return c->refuse(opening.error());
  if (opening->title.empty()) opening->title = untitled;
  open_room(c, std::move(*opening), as_meeting(201));
}

void change(const call_ptr& c) { change_room(c, as_meeting(200)); }

void list_mine(const call_ptr& c) {
  const auto asked = read_page(c->request);
  if (!asked) return c->refuse(asked.error());
  const auto answered = [c](const page<room_row>& p) {
    answer_page(c, p, [&](const room_row& row) { return meeting_json(row, c->who); });
  };
  c->with.reads.meetings(c->who->user, *asked, c->at_least(), or_refuse<page<room_row>>(c, answered));
}

void get_one(const call_ptr& c) {
  find_room(c, false, [c](const room_row& row) {
    if (!row.meeting) return c->refuse({errc::room_not_found, {}, 0});
    answer_one(c, meeting_json(row, c->who), row.version);
  });
}

} // namespace

void add_meeting_routes(router& to) {
  to.add({"POST", {"/api/meetings"}, access::signed_in, create, limited::as_room_opening});
  to.add({"GET", {"/api/meetings"}, access::signed_in, list_mine});
  to.add({"GET", {"/api/meetings/:roomId"}, access::known, get_one});
  to.add({"PATCH", {"/api/meetings/:roomId"}, access::signed_in, change});
}

} // namespace parley::gateway
