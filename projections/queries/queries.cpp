#include "projections/queries/queries.hpp"

#include "projections/queries/message_rows.hpp"

#include <limits>

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
  return {{r.text(i, 0)},
          r.text(i, 1),
          r.text(i, 2),
          r.text(i, 3),
          {r.text(i, 4)},
          static_cast<std::uint32_t>(r.int8(i, 5)),
          static_cast<std::uint32_t>(r.int8(i, 6)),
          r.boolean(i, 7),
          r.boolean(i, 8),
          r.time(i, 9),
          r.optional_time(i, 10),
          r.optional_text(i, 11),
          r.text(i, 12),
          r.optional_time(i, 13),
          r.int8(i, 14)};
}

const std::string lounge_columns =
    "SELECT id, name, topic, owner, participants, created_at, version, slow_mode_seconds FROM lounges ";
lounge_row read_lounge(const rows& r, std::size_t i) {
  return {{r.text(i, 0)},
          r.text(i, 1),
          r.text(i, 2),
          {r.text(i, 3)},
          static_cast<std::uint32_t>(r.int8(i, 4)),
          r.time(i, 5),
          r.int8(i, 6),
          static_cast<std::uint32_t>(r.int8(i, 7))};
}

} // namespace

// --- one by its id ---------------------------------------------------------------------------------------------------

void queries::user(const user_id& id, position at_least, answer_to<std::optional<user_row>> done) {
  if (!is_sql_text(id.text)) return desk_.refuse(std::move(done), {errc::malformed, "this is no id"});
  desk_.ask(at_least, user_columns + "WHERE id = $1", parameters{}.text(id.text), std::move(done),
            one<user_row>(read_user));
}

void queries::room(const room_id& id, position at_least, answer_to<std::optional<room_row>> done) {
  if (!is_sql_text(id.text)) return desk_.refuse(std::move(done), {errc::malformed, "this is no id"});
  desk_.ask(at_least, room_columns + "WHERE id = $1", parameters{}.text(id.text), std::move(done),
            one<room_row>(read_room));
}

void queries::is_admitted(const room_id& room, const user_id& user, position at_least, answer_to<bool> done) {
  if (!is_sql_text(room.text) || !is_sql_text(user.text))
    return desk_.refuse(std::move(done), {errc::malformed, "this is no id"});
  desk_.ask(at_least, "SELECT 1 FROM admissions WHERE room_id = $1 AND user_id = $2",
            parameters{}.text(room.text).text(user.text), std::move(done),
            [](const rows& r) -> result<bool> { return r.size() != 0; });
}

void queries::lounge(const lounge_id& id, position at_least, answer_to<std::optional<lounge_row>> done) {
  if (!is_sql_text(id.text)) return desk_.refuse(std::move(done), {errc::malformed, "this is no id"});
  desk_.ask(at_least, lounge_columns + "WHERE id = $1", parameters{}.text(id.text), std::move(done),
            one<lounge_row>(read_lounge));
}

// --- lists -----------------------------------------------------------------------------------------------------------

void queries::logins(const user_id& id, position at_least, answer_to<std::vector<login_row>> done) {
  if (!is_sql_text(id.text)) return desk_.refuse(std::move(done), {errc::malformed, "this is no id"});
  desk_.ask(at_least,
            "SELECT id, device, opened_at, refreshed_at, expires_at FROM logins WHERE user_id = $1 "
            "ORDER BY opened_seq",
            parameters{}.text(id.text), std::move(done), [](const rows& r) -> result<std::vector<login_row>> {
              return read_all<login_row>(r, [](const rows& all, std::size_t i) {
                return login_row{{all.text(i, 0)}, all.text(i, 1), all.time(i, 2), all.time(i, 3), all.time(i, 4)};
              });
            });
}

void queries::users(std::string_view search, page_request p, position at_least, answer_to<page<user_row>> done) {
  if (!is_sql_text(search)) return desk_.refuse(std::move(done), {errc::malformed, "this is no text to search for"});
  auto list = "users|" + std::string{search};
  auto after = start_of(list, p, {});
  if (!after) return desk_.refuse(std::move(done), after.error());
  const auto limit = bounded(p.limit);
  // Case is folded by ICU, so that it does not depend on the database's locale.
  desk_.ask(at_least,
            user_columns + "WHERE NOT guest AND (name, id) > ($1, $2) AND ($3 = '' OR "
                           "strpos(lower(name COLLATE \"und-x-icu\"), lower($3 COLLATE \"und-x-icu\")) > 0) "
                           "ORDER BY name, id LIMIT $4",
            parameters{}.text(after->text).text(after->more).text(search).int8(limit + 1), std::move(done),
            [limit, list](const rows& r) -> result<page<user_row>> {
              return read_page<user_row>(r, limit, list, read_user, [](const rows& all, std::size_t i) {
                return cursor{0, all.text(i, 1), all.text(i, 0)};
              });
            });
}

void queries::meetings(const user_id& host, page_request p, position at_least, answer_to<page<room_row>> done) {
  if (!is_sql_text(host.text)) return desk_.refuse(std::move(done), {errc::malformed, "this is no id"});
  auto list = "meetings|" + host.text;
  auto after = start_of(list, p, {std::uint64_t{std::numeric_limits<std::int64_t>::max()}, {}, {}});
  if (!after) return desk_.refuse(std::move(done), after.error());
  const auto limit = bounded(p.limit);
  desk_.ask(at_least,
            room_columns +
                "WHERE meeting AND host = $1 AND opened_position < $2 ORDER BY opened_position DESC LIMIT $3",
            parameters{}.text(host.text).int8(after->number).int8(limit + 1), std::move(done),
            [limit, list](const rows& r) -> result<page<room_row>> {
              return read_page<room_row>(r, limit, list, read_room, [](const rows& all, std::size_t i) {
                return cursor{all.int8(i, opened_position_column), {}, {}};
              });
            });
}

void queries::lounges(page_request p, position at_least, answer_to<page<lounge_row>> done) {
  const std::string list = "lounges";
  auto after = start_of(list, p, {});
  if (!after) return desk_.refuse(std::move(done), after.error());
  const auto limit = bounded(p.limit);
  desk_.ask(at_least, lounge_columns + "WHERE (name, id) > ($1, $2) ORDER BY name, id LIMIT $3",
            parameters{}.text(after->text).text(after->more).int8(limit + 1), std::move(done),
            [limit, list](const rows& r) -> result<page<lounge_row>> {
              return read_page<lounge_row>(r, limit, list, read_lounge, [](const rows& all, std::size_t i) {
                return cursor{0, all.text(i, 1), all.text(i, 0)};
              });
            });
}

void queries::members(const stream_id& place, page_request p, position at_least, answer_to<page<member_row>> done) {
  if (!is_sql_text(place.text)) return desk_.refuse(std::move(done), {errc::malformed, "this is no place"});
  auto list = "members|" + place.text;
  auto after = start_of(list, p, {});
  if (!after) return desk_.refuse(std::move(done), after.error());
  const auto limit = bounded(p.limit);
  desk_.ask(at_least,
            "SELECT session_id, user_id, name, host, guest, joined_at, joined_seq FROM members "
            "WHERE place = $1 AND joined_seq > $2 ORDER BY joined_seq LIMIT $3",
            parameters{}.text(place.text).int8(after->number).int8(limit + 1), std::move(done),
            [limit, list](const rows& r) -> result<page<member_row>> {
              return read_page<member_row>(
                  r, limit, list,
                  [](const rows& all, std::size_t i) {
                    return member_row{{all.text(i, 0)},  {all.text(i, 1)},  all.text(i, 2),
                                      all.boolean(i, 3), all.boolean(i, 4), all.time(i, 5)};
                  },
                  [](const rows& all, std::size_t i) {
                    return cursor{all.int8(i, 6), {}, {}};
                  });
            });
}

void queries::messages(const stream_id& place, bool newest_first, page_request p, position at_least,
                       answer_to<page<message_row>> done) {
  if (!is_sql_text(place.text)) return desk_.refuse(std::move(done), {errc::malformed, "this is no place"});
  auto list = (newest_first ? "newest|" : "oldest|") + place.text;
  auto after = start_of(list, p, {newest_first ? std::uint64_t{std::numeric_limits<std::int64_t>::max()} : 0, {}, {}});
  if (!after) return desk_.refuse(std::move(done), after.error());
  const auto limit = bounded(p.limit);
  const std::string where = newest_first ? "WHERE m.place = $1 AND m.seq < $2 ORDER BY m.seq DESC LIMIT $3"
                                         : "WHERE m.place = $1 AND m.seq > $2 ORDER BY m.seq LIMIT $3";
  desk_.ask(at_least, message_columns + "FROM messages m" + with_deletions + where,
            parameters{}.text(place.text).int8(after->number).int8(limit + 1), std::move(done),
            [limit, list](const rows& r) -> result<page<message_row>> {
              return read_page<message_row>(r, limit, list, read_message, [](const rows& all, std::size_t i) {
                return cursor{all.int8(i, message_seq_column), {}, {}};
              });
            });
}

} // namespace parley
