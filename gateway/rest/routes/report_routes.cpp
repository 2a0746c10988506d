// POST and GET /api/reports: what people tell the moderators of a lounge, or the host of a room.

#include "gateway/rest/fields.hpp"
#include "gateway/rest/routes/find_person.hpp"
#include "gateway/rest/routes/moderation_rows.hpp"
#include "gateway/rest/routes/oversight.hpp"
#include "gateway/rest/routes/room_opening.hpp"
#include "gateway/rest/routes/routes.hpp"

#include "actors/domain/lounges/reports.hpp"
#include "events/record.hpp"

#include <limits>

namespace parley::gateway {
namespace {

using domain::lounge;
using domain::reports;
using domain::room;

/// Exactly one of loungeId and roomId; errc::malformed.
result<stream_id> place_named(const std::string& in_lounge, const std::string& in_room) {
  if (in_lounge.empty() == in_room.empty()) return fail(errc::malformed, "loungeId or roomId is needed, one of them");
  if (!in_lounge.empty() && !is_readable_id(in_lounge)) return fail(errc::lounge_not_found);
  if (!in_room.empty() && !is_readable_id(in_room)) return fail(errc::room_not_found);
  return in_lounge.empty() ? make_stream(room::family, room_id_of(in_room).text)
                           : make_stream(lounge::family, in_lounge);
}

struct found_place {
  user_id host;         ///< a room's; a lounge's owner
  version readable = 0; ///< the caller may know what was said up to this seq
};
constexpr auto everything = std::numeric_limits<version>::max();

/// Goes on with the seq up to which the caller may know what was said in a room. Whoever was removed from it may: that
/// must not silence who has something to report.
void ask_to_look_back(const call_ptr& c, const room_id& id, std::function<void(version readable)> then) {
  request<room> r{room::look_back{}, c->by(), {}, {}, {}};
  r.respond = reply{[c, then = std::move(then)](const result<answer>& a) {
    if (!a) return c->refuse(a.error());
    const auto told = nlohmann::json::parse(a->body, nullptr, false);
    const auto seq = told.find("seq");
    if (seq == told.end() || !seq->is_number_unsigned()) return c->refuse({errc::internal, {}, 0});
    then(seq->get<version>());
  }};
  c->with.entities.ask(make_stream(room::family, id.text), std::move(r));
}

/// Goes on when there is such a place, and the caller may look into it or look back at it.
void find_place(const call_ptr& c, const stream_id& place, std::function<void(const found_place&)> then) {
  if (place.family() == room::family)
    return c->with.reads.room(
        {std::string{place.key()}}, all_that_was_told(*c),
        or_refuse<std::optional<room_row>>(c, [c, then](const std::optional<room_row>& row) {
          if (!row) return c->refuse({errc::room_not_found, {}, 0});
          ask_to_look_back(c, row->id, [then, host = row->host](version readable) { then({host, readable}); });
        }));
  c->with.reads.lounge({std::string{place.key()}}, all_that_was_told(*c),
                       or_refuse<std::optional<lounge_row>>(c, [c, then](const std::optional<lounge_row>& row) {
                         if (!row) return c->refuse({errc::lounge_not_found, {}, 0});
                         then({row->owner, everything});
                       }));
}

void file(const call_ptr& c, reports::file command) {
  command.id = {c->new_id("rp_", c->who->user.text)};
  write<reports>(c, make_stream(reports::family, c->who->user.text), std::move(command),
                 [](const answer& a) { return success(201, a.body); });
}

/// About a message that the caller may know: `readable` as of find_place.
void file_about_message(const call_ptr& c, reports::file command, version seq, version readable) {
  const message_name name{command.message, seq};
  const auto place = command.place;
  const auto found = [c, command, readable](std::vector<message_row> rows) {
    const auto is_not_meant = [&](const message_row& row) {
      return row.seq > readable || (!command.target.empty() && row.user != command.target);
    };
    std::erase_if(rows, is_not_meant);
    if (rows.empty()) return c->refuse({errc::not_found, "no such message there", 0});
    if (rows.size() > 1) return c->refuse({errc::conflict, "several messages have this id: name the seq of one", 0});
    const auto& row = rows.front();
    auto known = command;
    known.target = row.user;
    known.message = row.id;
    known.message_seq = row.seq;
    known.sha256 = to_hex(sha256(row.text));
    file(c, std::move(known));
  };
  c->with.moderation.messages_named(place, name, all_that_was_told(*c), or_refuse<std::vector<message_row>>(c, found));
}

void report(const call_ptr& c) {
  fields f{c->body};
  const auto in_lounge = f.optional_text("loungeId", domain::place_id_bytes_max);
  const auto in_room = f.optional_text("roomId", domain::place_id_bytes_max);
  reports::file command;
  command.target.text = f.optional_text("targetId", domain::user_id_bytes_max);
  command.message.text = f.optional_text("messageId", domain::message_id_bytes_max);
  const auto seq = f.optional_integer("seq", 1, std::numeric_limits<std::int64_t>::max());
  command.reason = f.required_text("reason", domain::report_reason_bytes_max);
  if (command.target.empty() && command.message.empty() && !seq)
    f.refuse(errc::malformed, "targetId or messageId is needed");
  if (f.refusal()) return c->refuse(*f.refusal());
  auto place = place_named(in_lounge, in_room);
  if (!place) return c->refuse(place.error());
  command.place = *place;
  const bool about_message = seq || !command.message.empty();
  const auto named = static_cast<version>(seq.value_or(0));
  find_place(c, *place, [c, command, about_message, named](const found_place& in) {
    if (about_message) return file_about_message(c, command, named, in.readable);
    if (domain::needs_no_account(command.target)) return file(c, command);
    find_person(c, command.target, [c, command] { file(c, command); });
  });
}

void list_reports(const call_ptr& c) {
  const auto asked = read_page(c->request);
  if (!asked) return c->refuse(asked.error());
  const auto place =
      place_named(std::string{c->request.parameter("loungeId")}, std::string{c->request.parameter("roomId")});
  if (!place) return c->refuse(place.error());
  auto list = [c, place = *place, asked = *asked] {
    const auto answered = [c](const page<report_row>& p) {
      answer_page(c, p, [&](const report_row& row) { return to_json(row, c->who->user); });
    };
    c->with.moderation.reports(place, asked, c->at_least(), or_refuse<page<report_row>>(c, answered));
  };
  if (oversees(*c)) return list();
  if (place->family() == lounge::family) return if_moderator(c, {std::string{place->key()}}, std::move(list));
  find_place(c, *place, [c, list](const found_place& in) {
    if (in.host != c->who->user) return c->refuse({errc::forbidden, "only a room's host sees its reports", 0});
    list();
  });
}

} // namespace

void add_report_routes(router& to) {
  to.add({"POST", {"/api/reports"}, access::signed_in, report});
  to.add({"GET", {"/api/reports"}, access::signed_in, list_reports});
}

} // namespace parley::gateway
