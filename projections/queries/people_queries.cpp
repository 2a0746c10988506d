#include "projections/queries/people_queries.hpp"

#include <limits>

namespace parley {
namespace {

using pg::parameters;
using pg::rows;

const cursor newest{std::uint64_t{std::numeric_limits<std::int64_t>::max()}, {}, {}};

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

const std::string conversation_question =
    "SELECT c.id, o.id, coalesce(u.name, ''), c.about, m.id, m.user_id, m.session_id, m.name, m.body, m.reply_to, "
    "m.client_time, m.seq, m.sent_at, coalesce(mine.seq, 0), coalesce(theirs.seq, 0), "
    "(SELECT count(*) FROM (SELECT 1 FROM messages x WHERE x.place = 'conversation/' || c.id "
    "AND x.seq > coalesce(mine.seq, 0) AND x.user_id <> $1 LIMIT 1000) counted), " +
    presence_status + ", p.since, c.last_position FROM " +
    of_either_side("conversations", "first", "second", "last_position") +
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
  row.last = {{r.text(i, 4)},
              {r.text(i, 5)},
              {r.text(i, 6)},
              r.text(i, 7),
              r.text(i, 8),
              r.text(i, 9),
              r.text(i, 10),
              r.int8(i, 11),
              r.time(i, 12),
              {},
              {}};
  row.read_seq = r.int8(i, 13);
  row.other_read_seq = r.int8(i, 14);
  row.unread = r.int8(i, 15);
  row.presence = read_presence(r, i, 16);
  return row;
}

notification_row read_notification(const rows& r, std::size_t i) {
  return {{r.text(i, 0)}, r.text(i, 1), r.text(i, 2), r.text(i, 3), r.text(i, 4), r.boolean(i, 5), r.time(i, 6)};
}

const std::string notification_columns =
    "SELECT id, kind, title, body, data, unread, created_at, seq FROM notifications WHERE user_id = $1 ";

} // namespace

void people_queries::conversations(const user_id& of, page_request p, position at_least,
                                   answer_to<page<conversation_row>> done) {
  if (!is_sql_text(of.text)) return desk_.refuse(std::move(done), {errc::malformed, "this is no id"});
  auto list = "conversations|" + of.text;
  auto after = start_of(list, p, newest);
  if (!after) return desk_.refuse(std::move(done), after.error());
  const auto limit = bounded(p.limit);
  desk_.ask(at_least, conversation_question, parameters{}.text(of.text).int8(after->number).int8(limit + 1),
            std::move(done), [limit, list](const rows& r) -> result<page<conversation_row>> {
              return read_page<conversation_row>(r, limit, list, read_conversation, [](const rows& all, std::size_t i) {
                return cursor{all.int8(i, 18), {}, {}};
              });
            });
}

void people_queries::calls(const user_id& of, page_request p, position at_least, answer_to<page<call_row>> done) {
  if (!is_sql_text(of.text)) return desk_.refuse(std::move(done), {errc::malformed, "this is no id"});
  auto list = "calls|" + of.text;
  auto after = start_of(list, p, newest);
  if (!after) return desk_.refuse(std::move(done), after.error());
  const auto limit = bounded(p.limit);
  const auto read = [](const rows& r, std::size_t i) {
    return call_row{{r.text(i, 0)}, {r.text(i, 1)}, {r.text(i, 2)},        {r.text(i, 3)},        r.text(i, 4),
                    r.text(i, 5),   r.time(i, 6),   r.optional_time(i, 7), r.optional_time(i, 8), r.text(i, 9)};
  };
  desk_.ask(at_least,
            "SELECT c.id, c.conversation, c.caller, c.callee, coalesce(a.name, ''), coalesce(b.name, ''), "
            "c.started_at, c.accepted_at, c.ended_at, c.reason, c.started_position FROM " +
                of_either_side("calls", "caller", "callee", "started_position") +
                " c LEFT JOIN users a ON a.id = c.caller LEFT JOIN users b ON b.id = c.callee "
                "ORDER BY c.started_position DESC",
            parameters{}.text(of.text).int8(after->number).int8(limit + 1), std::move(done),
            [limit, list, read](const rows& r) -> result<page<call_row>> {
              return read_page<call_row>(r, limit, list, read, [](const rows& all, std::size_t i) {
                return cursor{all.int8(i, 10), {}, {}};
              });
            });
}

void people_queries::notifications(const user_id& of, bool unread_only, page_request p, position at_least,
                                   answer_to<page<notification_row>> done) {
  if (!is_sql_text(of.text)) return desk_.refuse(std::move(done), {errc::malformed, "this is no id"});
  auto list = (unread_only ? "unread|" : "notifications|") + of.text;
  auto after = start_of(list, p, newest);
  if (!after) return desk_.refuse(std::move(done), after.error());
  const auto limit = bounded(p.limit);
  desk_.ask(at_least,
            notification_columns + "AND seq < $2 " + (unread_only ? "AND unread " : "") + "ORDER BY seq DESC LIMIT $3",
            parameters{}.text(of.text).int8(after->number).int8(limit + 1), std::move(done),
            [limit, list](const rows& r) -> result<page<notification_row>> {
              return read_page<notification_row>(r, limit, list, read_notification, [](const rows& all, std::size_t i) {
                return cursor{all.int8(i, 7), {}, {}};
              });
            });
}

void people_queries::notification(const user_id& of, const notification_id& id, position at_least,
                                  answer_to<std::optional<notification_row>> done) {
  if (!is_sql_text(of.text) || !is_sql_text(id.text))
    return desk_.refuse(std::move(done), {errc::malformed, "this is no id"});
  desk_.ask(at_least, notification_columns + "AND id = $2", parameters{}.text(of.text).text(id.text), std::move(done),
            one<notification_row>(read_notification));
}

void people_queries::blocks(const user_id& by, page_request p, position at_least, answer_to<page<block_row>> done) {
  if (!is_sql_text(by.text)) return desk_.refuse(std::move(done), {errc::malformed, "this is no id"});
  auto list = "blocks|" + by.text;
  auto after = start_of(list, p, {});
  if (!after) return desk_.refuse(std::move(done), after.error());
  const auto limit = bounded(p.limit);
  const auto read = [](const rows& r, std::size_t i) { return block_row{{r.text(i, 0)}, r.text(i, 1), r.time(i, 2)}; };
  desk_.ask(at_least,
            "SELECT o.id, coalesce(u.name, ''), b.since, b.conversation FROM blocks b "
            "JOIN conversations c ON c.id = b.conversation "
            "CROSS JOIN LATERAL (SELECT CASE WHEN c.first = $1 THEN c.second ELSE c.first END AS id) o "
            "LEFT JOIN users u ON u.id = o.id "
            "WHERE b.by_user = $1 AND b.conversation > $2 ORDER BY b.conversation LIMIT $3",
            parameters{}.text(by.text).text(after->text).int8(limit + 1), std::move(done),
            [limit, list, read](const rows& r) -> result<page<block_row>> {
              return read_page<block_row>(r, limit, list, read, [](const rows& all, std::size_t i) {
                return cursor{0, all.text(i, 3), {}};
              });
            });
}

void people_queries::presence(const user_id& of, const conversation_id& between, position at_least,
                              answer_to<std::optional<presence_row>> done) {
  if (!is_sql_text(of.text) || !is_sql_text(between.text))
    return desk_.refuse(std::move(done), {errc::malformed, "this is no id"});
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
