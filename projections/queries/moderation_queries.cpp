#include "projections/queries/moderation_queries.hpp"

#include "projections/queries/lists.hpp"
#include "projections/queries/member_rows.hpp"
#include "projections/queries/message_rows.hpp"

namespace parley {
namespace {

using pg::parameters;
using pg::rows;

const std::string action_columns =
    "SELECT a.id, a.lounge, a.seq, a.action, a.actor, a.target, a.rule, a.reason, a.message_id, a.message_seq, "
    "a.sha256, a.until, a.acted_at, a.appeal, a.appealed_at, coalesce(a.reversed_by, ''), "
    "coalesce(a.reversal_reason, ''), a.reversed_at, r.action_id IS NOT NULL, a.position FROM moderation_actions a "
    "LEFT JOIN lounge_restrictions r ON r.lounge = a.lounge AND r.user_id = a.target AND r.kind = a.action "
    "AND r.action_id = a.id ";
constexpr int action_position_column = 19;

action_row read_action(const rows& r, std::size_t i) {
  action_row row;
  row.id = {r.text(i, 0)};
  row.lounge = {r.text(i, 1)};
  row.seq = r.int8(i, 2);
  row.action = r.text(i, 3);
  row.by = {r.text(i, 4)};
  row.target = {r.text(i, 5)};
  row.rule = r.text(i, 6);
  row.reason = r.text(i, 7);
  row.message = {r.text(i, 8)};
  row.message_seq = r.int8(i, 9);
  row.sha256 = r.text(i, 10);
  row.until = r.optional_time(i, 11);
  row.at = r.time(i, 12);
  row.appeal = r.optional_text(i, 13);
  row.appealed_at = r.optional_time(i, 14);
  row.reversed_by = {r.text(i, 15)};
  row.reversal_reason = r.text(i, 16);
  row.reversed_at = r.optional_time(i, 17);
  row.in_force = r.boolean(i, 18);
  return row;
}

constexpr int of_moderation = joined_seq_column + 1; ///< the first column after the member's
lounge_member_row read_lounge_member(const rows& r, std::size_t i) {
  return {read_member(r, i), r.boolean(i, of_moderation), r.boolean(i, of_moderation + 1),
          r.optional_time(i, of_moderation + 2)};
}

constexpr int report_position_column = 9;
report_row read_report(const rows& r, std::size_t i) {
  return {{r.text(i, 0)}, {r.text(i, 1)}, {r.text(i, 2)}, {r.text(i, 3)}, {r.text(i, 4)},
          r.int8(i, 5),   r.text(i, 6),   r.text(i, 7),   r.time(i, 8)};
}

} // namespace

void moderation_queries::lounge_members(const lounge_id& id, page_request p, position at_least,
                                        answer_to<page<lounge_member_row>> done) {
  const auto asked = page_of("lounge members", {id.text}, p);
  if (!asked) return desk_.refuse(std::move(done), asked.error());
  desk_.ask(at_least,
            member_columns +
                ", o.user_id IS NOT NULL, r.user_id IS NOT NULL, r.until FROM members m "
                "LEFT JOIN lounge_moderators o ON o.lounge = $1 AND o.user_id = m.user_id "
                "LEFT JOIN lounge_restrictions r ON r.lounge = $1 AND r.user_id = m.user_id AND r.kind = 'mute' "
                "WHERE m.place = 'lounge/' || $1 AND m.joined_seq > $2 ORDER BY m.joined_seq LIMIT $3",
            parameters{}.text(id.text).int8(asked->after.number).int8(asked->rows()), std::move(done),
            paged<lounge_member_row>(*asked, read_lounge_member, at_number(joined_seq_column)));
}

void moderation_queries::actions(const action_filter& which, page_request p, position at_least,
                                 answer_to<page<action_row>> done) {
  const auto asked = page_of("actions", {which.lounge.text, which.target.text}, p, greatest_first);
  if (!asked) return desk_.refuse(std::move(done), asked.error());
  // A statement for each filter, so that each has its index.
  std::string where = "WHERE a.position < $1";
  parameters values;
  values.int8(asked->after.number).int8(asked->rows());
  if (!which.lounge.empty()) {
    values.text(which.lounge.text);
    where += " AND a.lounge = $3";
  }
  if (!which.target.empty()) {
    values.text(which.target.text);
    where += which.lounge.empty() ? " AND a.target = $3" : " AND a.target = $4";
  }
  desk_.ask(at_least, action_columns + where + " ORDER BY a.position DESC LIMIT $2", std::move(values), std::move(done),
            paged<action_row>(*asked, read_action, at_number(action_position_column)));
}

void moderation_queries::action(const action_id& id, position at_least, answer_to<std::optional<action_row>> done) {
  if (!is_sql_text(id.text)) return desk_.refuse(std::move(done), not_sql_text);
  desk_.ask(at_least, action_columns + "WHERE a.id = $1", parameters{}.text(id.text), std::move(done),
            one<action_row>(read_action));
}

void moderation_queries::reports(const stream_id& place, page_request p, position at_least,
                                 answer_to<page<report_row>> done) {
  const auto asked = page_of("reports", {place.text}, p, greatest_first);
  if (!asked) return desk_.refuse(std::move(done), asked.error());
  desk_.ask(at_least,
            "SELECT id, place, reporter, target, message_id, message_seq, sha256, reason, filed_at, position "
            "FROM reports WHERE place = $1 AND position < $2 ORDER BY position DESC LIMIT $3",
            parameters{}.text(place.text).int8(asked->after.number).int8(asked->rows()), std::move(done),
            paged<report_row>(*asked, read_report, at_number(report_position_column)));
}

void moderation_queries::messages_named(const stream_id& place, const message_name& name, position at_least,
                                        answer_to<std::vector<message_row>> done) {
  if (!is_sql_text(place.text) || !is_sql_text(name.id.text)) return desk_.refuse(std::move(done), not_sql_text);
  // By its key, or among the last ones only: there is no index on the clients' ids.
  const std::string found = name.seq != 0
                                ? "(SELECT * FROM messages WHERE place = $1 AND seq = $2)"
                                : "(SELECT * FROM messages WHERE place = $1 AND seq > $2 ORDER BY seq DESC LIMIT " +
                                      std::to_string(named_messages_max) + ")";
  desk_.ask(at_least,
            message_columns + "FROM " + found + " m" + with_deletions +
                "WHERE $3 = '' OR m.id = $3 ORDER BY m.seq DESC LIMIT 2",
            parameters{}.text(place.text).int8(name.seq).text(name.id.text), std::move(done),
            all<message_row>(read_message));
}

} // namespace parley
