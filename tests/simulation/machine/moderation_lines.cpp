// What the statements of moderation and reports do (projections/pg/moderation_tables.cpp).

#include "tests/simulation/machine/read_tables.hpp"

#include "projections/pg/parameters.hpp"

namespace parley::simulation {

using pg::storable;

void read_tables::write(const moderation_changes& changes) {
  for (const auto& [key, row] : changes.moderators) {
    const moderator_line::key id{storable(key.first.text), storable(key.second.text)};
    if (row)
      rows<moderator_line>()[id] = {id.first, id.second, storable(row->by.text), row->at};
    else
      rows<moderator_line>().erase(id);
  }
  for (const auto& [key, row] : changes.restrictions) {
    const auto& [lounge, user, kind] = key;
    const restriction_line::key id{storable(lounge.text), storable(user.text), kind};
    if (row)
      rows<restriction_line>()[id] = {storable(lounge.text), storable(user.text), kind, storable(row->action.text),
                                      row->until};
    else
      rows<restriction_line>().erase(id);
  }
  for (const auto& row : changes.actions) {
    const auto& e = row.event;
    action_line line;
    line.id = storable(e.id.text);
    line.lounge = storable(row.lounge.text);
    line.seq = row.seq;
    line.action = storable(e.action);
    line.actor = storable(e.by.text);
    line.target = storable(e.target.text);
    line.rule = storable(e.rule);
    line.reason = storable(e.reason);
    line.message_id = storable(e.message.text);
    line.message_seq = e.message_seq;
    line.sha256 = storable(e.sha256);
    line.until = e.until;
    line.acted_at = row.at;
    line.position = row.position;
    rows<action_line>().try_emplace(line.id, line);
  }
  for (const auto& [action, after] : changes.aftermaths) {
    const auto at = rows<action_line>().find(storable(action.text));
    if (at == rows<action_line>().end()) continue;
    auto* row = &at->second;
    if (after.appeal) {
      row->appeal = storable(after.appeal->text);
      row->appealed_at = after.appealed_at;
    }
    if (!after.reversal) continue;
    row->reversed_by = storable(after.reversal->by.text);
    row->reversal_reason = storable(after.reversal->reason);
    row->reversed_at = after.reversed_at;
  }
  for (const auto& row : changes.deletions) {
    const deletion_line::key id{storable(row.place.text), row.event.message_seq};
    rows<deletion_line>().try_emplace(
        id, deletion_line{id.first, id.second, storable(row.event.by.text), storable(row.event.action.text), row.at});
  }
}

void read_tables::write(const report_changes& changes) {
  for (const auto& row : changes.rows) {
    const auto& e = row.event;
    const auto id = storable(e.report.text);
    rows<report_line>().try_emplace(id, report_line{id, storable(e.place.text), storable(e.user.text),
                                                    storable(e.target.text), storable(e.message.text), e.message_seq,
                                                    storable(e.sha256), storable(e.reason), row.at, row.position});
  }
}

} // namespace parley::simulation
