#include "projections/queries/queries.hpp"

#include "projections/queries/lists.hpp"
#include "projections/queries/member_rows.hpp"
#include "projections/queries/message_rows.hpp"
#include "projections/queries/search.hpp"

namespace parley {
namespace {

using pg::parameters;
using pg::rows;

// --- rows ------------------------------------------------------------------------------------------------------------

const std::string user_columns = "SELECT id, name, email, guest, created_at, version FROM users ";
user_row read_user(const rows& r, std::size_t i) {
  return {{r.text(i, 0)}, r.text(i, 1), r.text(i, 2), r.boolean(i, 3), r.time(i, 4), r.int8(i, 5)};
}

const std::string room_columns =
    "SELECT id, display_id, title, history, host, capacity, participants, guests, meeting, created_at, expires_at, "
    "closed, admission, starts_at, version, opened_position FROM rooms ";
constexpr int opened_position_column = 15;
room_row read_room(const rows& r, std::size_t i) {
  return {{r.text(i, 0)},         r.text(i, 1),           r.text(i, 2),    r.text(i, 3),           {r.text(i, 4)},
          small(r, i, 5),         small(r, i, 6),         r.boolean(i, 7), r.boolean(i, 8),        r.time(i, 9),
          r.optional_time(i, 10), r.optional_text(i, 11), r.text(i, 12),   r.optional_time(i, 13), r.int8(i, 14)};
}

const std::string lounge_columns =
    "SELECT id, name, topic, owner, participants, created_at, version, slow_mode_seconds FROM lounges ";
lounge_row read_lounge(const rows& r, std::size_t i) {
  return {{r.text(i, 0)}, r.text(i, 1), r.text(i, 2), {r.text(i, 3)},
          small(r, i, 4), r.time(i, 5), r.int8(i, 6), small(r, i, 7)};
}

} // namespace

// --- one by its id ---------------------------------------------------------------------------------------------------

void queries::user(const user_id& id, position at_least, answer_to<std::optional<user_row>> done) {
  if (!is_sql_text(id.text)) return desk_.refuse(std::move(done), not_sql_text);
  desk_.ask(at_least, user_columns + "WHERE id = $1", parameters{}.text(id.text), std::move(done),
            one<user_row>(read_user));
}

void queries::room(const room_id& id, position at_least, answer_to<std::optional<room_row>> done) {
  if (!is_sql_text(id.text)) return desk_.refuse(std::move(done), not_sql_text);
  desk_.ask(at_least, room_columns + "WHERE id = $1", parameters{}.text(id.text), std::move(done),
            one<room_row>(read_room));
}

void queries::lounge(const lounge_id& id, position at_least, answer_to<std::optional<lounge_row>> done) {
  if (!is_sql_text(id.text)) return desk_.refuse(std::move(done), not_sql_text);
  desk_.ask(at_least, lounge_columns + "WHERE id = $1", parameters{}.text(id.text), std::move(done),
            one<lounge_row>(read_lounge));
}

// --- lists -----------------------------------------------------------------------------------------------------------

void queries::logins(const user_id& id, position at_least, answer_to<std::vector<login_row>> done) {
  if (!is_sql_text(id.text)) return desk_.refuse(std::move(done), not_sql_text);
  const auto read = [](const rows& r, std::size_t i) {
    return login_row{{r.text(i, 0)}, r.text(i, 1), r.time(i, 2), r.time(i, 3), r.time(i, 4)};
  };
  desk_.ask(at_least,
            "SELECT id, device, opened_at, refreshed_at, expires_at FROM logins WHERE user_id = $1 "
            "ORDER BY opened_seq",
            parameters{}.text(id.text), std::move(done), all<login_row>(read));
}

void queries::users(std::string_view search, page_request p, position at_least, answer_to<page<user_row>> done) {
  const auto asked = page_of("users", {search}, p);
  if (!asked) return desk_.refuse(std::move(done), asked.error());
  parameters values;
  values.text(asked->after.text).text(asked->after.more).text(sought_pattern(search)).int8(asked->rows());
  desk_.ask(at_least,
            user_columns + "WHERE NOT guest AND (name, id) > ($1, $2) AND " + sought_like(3) +
                " ORDER BY name, id LIMIT $4",
            std::move(values), std::move(done), paged<user_row>(*asked, read_user, at_name(1, 0)));
}

void queries::meetings(const user_id& host, page_request p, position at_least, answer_to<page<room_row>> done) {
  const auto asked = page_of("meetings", {host.text}, p, greatest_first);
  if (!asked) return desk_.refuse(std::move(done), asked.error());
  desk_.ask(at_least,
            room_columns +
                "WHERE meeting AND host = $1 AND opened_position < $2 ORDER BY opened_position DESC LIMIT $3",
            parameters{}.text(host.text).int8(asked->after.number).int8(asked->rows()), std::move(done),
            paged<room_row>(*asked, read_room, at_number(opened_position_column)));
}

void queries::lounges(page_request p, position at_least, answer_to<page<lounge_row>> done) {
  const auto asked = page_of("lounges", {}, p);
  if (!asked) return desk_.refuse(std::move(done), asked.error());
  desk_.ask(at_least, lounge_columns + "WHERE (name, id) > ($1, $2) ORDER BY name, id LIMIT $3",
            parameters{}.text(asked->after.text).text(asked->after.more).int8(asked->rows()), std::move(done),
            paged<lounge_row>(*asked, read_lounge, at_name(1, 0)));
}

void queries::members(const stream_id& place, page_request p, position at_least, answer_to<page<member_row>> done) {
  const auto asked = page_of("members", {place.text}, p);
  if (!asked) return desk_.refuse(std::move(done), asked.error());
  desk_.ask(at_least,
            member_columns + " FROM members m WHERE m.place = $1 AND m.joined_seq > $2 ORDER BY m.joined_seq LIMIT $3",
            parameters{}.text(place.text).int8(asked->after.number).int8(asked->rows()), std::move(done),
            paged<member_row>(*asked, read_member, at_number(joined_seq_column)));
}

void queries::messages(const stream_id& place, bool newest_first, page_request p, position at_least,
                       answer_to<page<message_row>> done) {
  const auto asked =
      page_of(newest_first ? "newest" : "oldest", {place.text}, p, newest_first ? greatest_first : cursor{});
  if (!asked) return desk_.refuse(std::move(done), asked.error());
  const std::string where = newest_first ? "WHERE m.place = $1 AND m.seq < $2 ORDER BY m.seq DESC LIMIT $3"
                                         : "WHERE m.place = $1 AND m.seq > $2 ORDER BY m.seq LIMIT $3";
  desk_.ask(at_least, message_columns + "FROM messages m" + with_deletions + where,
            parameters{}.text(place.text).int8(asked->after.number).int8(asked->rows()), std::move(done),
            paged<message_row>(*asked, read_message, at_number(message_seq_column)));
}

} // namespace parley
