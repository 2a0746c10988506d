#include "projections/queries/people_queries.hpp"

#include "projections/queries/lists.hpp"
#include "projections/queries/message_rows.hpp"

namespace parley {
namespace {

using pg::parameters;
using pg::rows;

/// The newest rows in which a user stands in one of two columns, each side by its own index.
std::string of_either_side(const std::string& table, const std::string& first, const std::string& second,
                           const std::string& order) {
  const auto side = [&](const std::string& column) {
    return "(SELECT * FROM " + table + " WHERE " + column + " = $1 AND " + order + " > 0 AND " + order +
           " < $2 ORDER BY " + order + " DESC LIMIT $3)";
  };
  return "(SELECT * FROM (" + side(first) + " UNION ALL " + side(second) + ") both_sides ORDER BY " + order +
         " DESC LIMIT $3)";
}

const std::string presence_status =
    "CASE WHEN p.sessions = 0 THEN 'offline' WHEN cardinality(p.away) >= p.sessions THEN 'away' ELSE 'online' END";

// What is read of a conversation is bounded before it is known whose it is: there may be any number of one's own.
const std::string unread_count =
    "(SELECT count(*) FROM (SELECT x.user_id FROM messages x WHERE x.place = 'conversation/' || c.id "
    "AND x.seq > coalesce(mine.seq, 0) ORDER BY x.seq DESC LIMIT " +
    std::to_string(unread_counted_max) + ") latest WHERE latest.user_id <> $1)";

constexpr int last_said = 4, read_marks = last_said + said_columns_count, last_position_column = read_marks + 5;
const std::string conversation_question =
    "SELECT c.id, o.id, coalesce(u.name, ''), c.about, " + said_columns +
    ", coalesce(mine.seq, 0), coalesce(theirs.seq, 0), " + unread_count + ", " + presence_status +
    ", p.since, c.last_position FROM " + of_either_side("conversations", "first", "second", "last_position") +
    " c CROSS JOIN LATERAL (SELECT CASE WHEN c.first = $1 THEN c.second ELSE c.first END AS id) o "
    "JOIN messages m ON m.place = 'conversation/' || c.id AND m.seq = c.last_seq "
    "LEFT JOIN users u ON u.id = o.id "
    "LEFT JOIN conversation_marks mine ON mine.conversation = c.id AND mine.user_id = $1 "
    "LEFT JOIN conversation_marks theirs ON theirs.conversation = c.id AND theirs.user_id = o.id "
    "LEFT JOIN presence p ON p.user_id = o.id AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.conversation = c.id) "
    "ORDER BY c.last_position DESC";

std::optional<presence_row> read_presence(const rows& r, std::size_t i, int at) {
  const auto since = r.optional_time(i, at + 1);
  if (!since) return std::nullopt;
  return presence_row{r.text(i, at), *since};
}

conversation_row read_conversation(const rows& r, std::size_t i) {
  conversation_row row;
  row.id = {r.text(i, 0)};
  row.other = {r.text(i, 1)};
  row.other_name = r.text(i, 2);
  row.about = r.text(i, 3);
  row.last = read_said(r, i, last_said);
  row.read_seq = r.int8(i, read_marks);
  row.other_read_seq = r.int8(i, read_marks + 1);
  row.unread = r.int8(i, read_marks + 2);
  row.presence = read_presence(r, i, read_marks + 3);
  return row;
}

constexpr int started_position_column = 10;
const std::string call_question =
    "SELECT c.id, c.conversation, c.caller, c.callee, coalesce(a.name, ''), coalesce(b.name, ''), "
    "c.started_at, c.accepted_at, c.ended_at, c.reason, c.started_position FROM " +
    of_either_side("calls", "caller", "callee", "started_position") +
    " c LEFT JOIN users a ON a.id = c.caller LEFT JOIN users b ON b.id = c.callee ORDER BY c.started_position DESC";
call_row read_call(const rows& r, std::size_t i) {
  return {{r.text(i, 0)}, {r.text(i, 1)}, {r.text(i, 2)},        {r.text(i, 3)},        r.text(i, 4),
          r.text(i, 5),   r.time(i, 6),   r.optional_time(i, 7), r.optional_time(i, 8), r.text(i, 9)};
}

constexpr int notification_seq_column = 7;
const std::string notification_columns =
    "SELECT id, kind, title, body, data, unread, created_at, seq FROM notifications WHERE user_id = $1 ";
notification_row read_notification(const rows& r, std::size_t i) {
  return {{r.text(i, 0)}, r.text(i, 1), r.text(i, 2), r.text(i, 3), r.text(i, 4), r.boolean(i, 5), r.time(i, 6)};
}

block_row read_block(const rows& r, std::size_t i) { return {{r.text(i, 0)}, r.text(i, 1), r.time(i, 2)}; }

} // namespace

void people_queries::conversations(const user_id& of, page_request p, position at_least,
                                   answer_to<page<conversation_row>> done) {
  const auto asked = page_of("conversations", {of.text}, p, greatest_first);
  if (!asked) return desk_.refuse(std::move(done), asked.error());
  desk_.ask(at_least, conversation_question, parameters{}.text(of.text).int8(asked->after.number).int8(asked->rows()),
            std::move(done), paged<conversation_row>(*asked, read_conversation, at_number(last_position_column)));
}

void people_queries::calls(const user_id& of, page_request p, position at_least, answer_to<page<call_row>> done) {
  const auto asked = page_of("calls", {of.text}, p, greatest_first);
  if (!asked) return desk_.refuse(std::move(done), asked.error());
  desk_.ask(at_least, call_question, parameters{}.text(of.text).int8(asked->after.number).int8(asked->rows()),
            std::move(done), paged<call_row>(*asked, read_call, at_number(started_position_column)));
}

void people_queries::notifications(const user_id& of, bool unread_only, page_request p, position at_least,
                                   answer_to<page<notification_row>> done) {
  const auto asked = page_of(unread_only ? "unread" : "notifications", {of.text}, p, greatest_first);
  if (!asked) return desk_.refuse(std::move(done), asked.error());
  desk_.ask(at_least,
            notification_columns + "AND seq < $2 " + (unread_only ? "AND unread " : "") + "ORDER BY seq DESC LIMIT $3",
            parameters{}.text(of.text).int8(asked->after.number).int8(asked->rows()), std::move(done),
            paged<notification_row>(*asked, read_notification, at_number(notification_seq_column)));
}

void people_queries::notification(const user_id& of, const notification_id& id, position at_least,
                                  answer_to<std::optional<notification_row>> done) {
  if (!is_sql_text(of.text) || !is_sql_text(id.text)) return desk_.refuse(std::move(done), not_sql_text);
  desk_.ask(at_least, notification_columns + "AND id = $2", parameters{}.text(of.text).text(id.text), std::move(done),
            one<notification_row>(read_notification));
}

void people_queries::blocks(const user_id& by, page_request p, position at_least, answer_to<page<block_row>> done) {
  const auto asked = page_of("blocks", {by.text}, p);
  if (!asked) return desk_.refuse(std::move(done), asked.error());
  desk_.ask(at_least,
            "SELECT o.id, coalesce(u.name, ''), b.since, b.conversation FROM blocks b "
            "JOIN conversations c ON c.id = b.conversation "
            "CROSS JOIN LATERAL (SELECT CASE WHEN c.first = $1 THEN c.second ELSE c.first END AS id) o "
            "LEFT JOIN users u ON u.id = o.id "
            "WHERE b.by_user = $1 AND b.conversation > $2 ORDER BY b.conversation LIMIT $3",
            parameters{}.text(by.text).text(asked->after.text).int8(asked->rows()), std::move(done),
            paged<block_row>(*asked, read_block, [](const rows& r, std::size_t i) {
              return cursor{0, r.text(i, 3), {}};
            }));
}

void people_queries::presence(const user_id& of, const conversation_id& between, position at_least,
                              answer_to<std::optional<presence_row>> done) {
  if (!is_sql_text(of.text) || !is_sql_text(between.text)) return desk_.refuse(std::move(done), not_sql_text);
  desk_.ask(at_least,
            "SELECT " + presence_status +
                ", p.since FROM presence p WHERE p.user_id = $1 "
                "AND NOT EXISTS (SELECT 1 FROM blocks WHERE conversation = $2)",
            parameters{}.text(of.text).text(between.text), std::move(done),
            [](const rows& r) -> result<std::optional<presence_row>> {
              if (r.size() == 0) return std::optional<presence_row>{};
              return read_presence(r, 0, 0);
            });
}

} // namespace parley
