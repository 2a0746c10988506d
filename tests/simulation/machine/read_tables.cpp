#include "tests/simulation/machine/read_tables.hpp"

#include "projections/pg/parameters.hpp"

#include <nlohmann/json.hpp>

namespace parley::simulation {
namespace {

using pg::storable;

// --- columns as text
// -----------------------------------------------------------------------------------------------

nlohmann::json value_of(const std::string& v) { return v; }
nlohmann::json value_of(bool v) { return v; }
nlohmann::json value_of(std::uint64_t v) { return v; }
nlohmann::json value_of(std::int64_t v) { return v; }
nlohmann::json value_of(time_point v) { return to_iso8601(v); }
nlohmann::json value_of(const std::set<std::string>& v) { return v; }
template <class T>
nlohmann::json value_of(const std::optional<T>& v) {
  return v ? value_of(*v) : nlohmann::json{};
}

template <class Row>
nlohmann::json row_of(const Row& row) {
  auto found = nlohmann::json::object();
  std::apply([&](const auto&... c) { ((found[std::string{c.name}] = value_of(row.*c.member)), ...); }, Row::columns());
  return found;
}

template <class Row>
std::string name_of(const Row* row) {
  return row == nullptr ? "no row" : row_of(*row).dump();
}

template <class Key, class Row>
std::string first_difference(const std::map<Key, Row>& a, const std::map<Key, Row>& b) {
  const auto told = [](const Row* in_a, const Row* in_b) {
    return std::string{Row::table} + ": " + name_of(in_a) + " against " + name_of(in_b);
  };
  auto at_a = a.begin();
  auto at_b = b.begin();
  while (at_a != a.end() || at_b != b.end()) {
    if (at_b == b.end() || (at_a != a.end() && at_a->first < at_b->first)) return told(&at_a->second, nullptr);
    if (at_a == a.end() || at_b->first < at_a->first) return told(nullptr, &at_b->second);
    if (at_a->second != at_b->second) return told(&at_a->second, &at_b->second);
    ++at_a;
    ++at_b;
  }
  return {};
}

std::string checkpoint_of(const read_tables& t) {
  return "position " + std::to_string(t.checkpoint) + ", " + std::to_string(t.events) + " events";
}

/// The row of `key`; null when there is none to update.
template <class Row>
Row* find(read_tables& tables, const typename Row::key& key) {
  const auto at = tables.rows<Row>().find(key);
  return at == tables.rows<Row>().end() ? nullptr : &at->second;
}

} // namespace

// --- what the statements do
// ----------------------------------------------------------------------------------------

void read_tables::write(const user_changes& changes) {
  for (const auto& [user, change] : changes.rows) {
    const auto id = storable(user.text);
    if (change.created) {
      rows<user_line>()[id] = {id,
                               storable(change.name.value_or("")),
                               storable(change.created->email),
                               change.created->guest,
                               change.created->at,
                               change.version};
    } else if (auto* row = find<user_line>(*this, id)) {
      if (change.name) row->name = storable(*change.name);
      row->version = change.version;
    }
  }
}

void read_tables::write(const login_changes& changes) {
  for (const auto& [key, change] : changes.rows) {
    const login_line::key id{storable(key.first.text), storable(key.second.text)};
    if (change.revoked) {
      rows<login_line>().erase(id);
    } else if (change.made) {
      rows<login_line>()[id] = {id.first,        id.second,           storable(change.made->device),
                                change.made->at, change.refreshed_at, change.expires_at,
                                change.made->seq};
    } else if (auto* row = find<login_line>(*this, id)) {
      row->refreshed_at = change.refreshed_at;
      row->expires_at = change.expires_at;
    }
  }
}

void read_tables::write(const session_changes& changes) {
  for (const auto& [session, change] : changes.rows) {
    const auto id = storable(session.text);
    if (change.made) {
      auto& row = rows<session_line>()[id];
      row.id = id;
      row.user_id = storable(change.made->user.text);
      row.login_id = storable(change.made->login.text);
      row.guest = change.made->guest;
      row.name = storable(change.made->name);
      row.opened_at = change.made->at;
    }
    auto* row = find<session_line>(*this, id);
    if (row == nullptr) continue;
    row->version = change.version;
    if (!change.now) continue;
    row->grace_until = change.now->grace_until;
    row->closed_at = change.now->closed_at;
    row->reason = storable(change.now->reason);
  }
}

void read_tables::write(const room_changes& changes) {
  for (const auto& [room, change] : changes.rows) {
    const auto id = storable(room.text);
    if (change.made) {
      const auto& e = change.made->event;
      auto& row = rows<room_line>()[id];
      row.id = id;
      row.display_id = storable(e.display_id);
      row.host = storable(e.host.text);
      row.title = storable(e.title);
      row.capacity = e.capacity;
      row.guests = e.guests;
      row.history = storable(e.history);
      row.meeting = !e.title.empty();
      row.created_at = change.made->at;
      row.expires_at = e.expires_at;
      row.closed = std::nullopt;
      row.opened_position = change.made->position;
      row.admission = e.admission;
      row.starts_at = e.starts_at;
    }
    auto* row = find<room_line>(*this, id);
    if (row == nullptr) continue;
    if (change.participants) row->participants = *change.participants;
    if (change.closed) row->closed = storable(*change.closed);
    if (change.changed) {
      row->title = storable(change.changed->title);
      row->starts_at = change.changed->starts_at;
    }
    row->version = change.version;
  }
}

void read_tables::write(const lounge_changes& changes) {
  for (const auto& [lounge, change] : changes.rows) {
    const auto id = storable(lounge.text);
    if (change.made) {
      const auto& e = change.made->event;
      auto& row = rows<lounge_line>()[id];
      row.id = id;
      row.name = storable(e.name);
      row.topic = storable(e.topic);
      row.owner = storable(e.owner.text);
      row.created_at = change.made->at;
    }
    auto* row = find<lounge_line>(*this, id);
    if (row == nullptr) continue;
    if (change.settings) {
      row->name = storable(change.settings->name);
      row->topic = storable(change.settings->topic);
      row->slow_mode_seconds = change.settings->slow_mode_seconds;
    }
    if (change.participants) row->participants = *change.participants;
    row->version = change.version;
  }
}

void read_tables::write(const member_changes& changes) {
  auto& members = rows<member_line>();
  for (const auto& place : changes.emptied) {
    const auto name = storable(place.text);
    std::erase_if(members, [&](const auto& m) { return m.first.first == name; });
  }
  for (const auto& [key, now] : changes.rows) {
    const member_line::key id{storable(key.first.text), storable(key.second.text)};
    if (now)
      members[id] = {id.first, id.second, storable(now->user.text), storable(now->name), now->host, now->guest,
                     now->at,  now->seq};
    else
      members.erase(id);
  }
}

void read_tables::write(const message_changes& changes) {
  constexpr std::string_view room_prefix = "room/";
  const auto silent = [this, room_prefix](const std::string& place) {
    if (!place.starts_with(room_prefix)) return false;
    const auto* room = find<room_line>(*this, place.substr(room_prefix.size()));
    return room != nullptr && room->history == "none";
  };
  for (const auto& sent : changes.rows) {
    const auto place = storable(sent.place.text);
    if (silent(place)) continue;
    const auto& e = sent.event;
    rows<message_line>().try_emplace({place, sent.seq},
                                     message_line{place, sent.seq, storable(e.message.text), storable(e.user.text),
                                                  storable(e.session.text), storable(e.name), storable(e.text),
                                                  storable(e.reply_to), storable(e.client_time), sent.at});
  }
}

void read_tables::write(const conversation_changes& changes) {
  for (const auto& [conversation, change] : changes.rows) {
    const auto id = storable(conversation.text);
    if (change.made) {
      const auto& e = change.made->event;
      auto& row = rows<conversation_line>()[id];
      row.id = id;
      row.first = storable(e.first.text);
      row.second = storable(e.second.text);
      row.about = storable(e.about);
      row.opened_at = change.made->at;
    }
    auto* row = find<conversation_line>(*this, id);
    if (row == nullptr) continue;
    row->last_position = std::max(row->last_position, change.last_position);
    row->last_seq = std::max(row->last_seq, change.last_seq);
    row->version = change.version;
  }
  for (const auto& [key, seq] : changes.marks) {
    const mark_line::key id{storable(key.first.text), storable(key.second.text)};
    rows<mark_line>()[id] = {id.first, id.second, seq};
  }
  for (const auto& [key, since] : changes.blocks) {
    const block_line::key id{storable(key.first.text), storable(key.second.text)};
    if (since)
      rows<block_line>()[id] = {id.first, id.second, *since};
    else
      rows<block_line>().erase(id);
  }
  for (const auto& [call, change] : changes.calls) {
    const auto id = storable(call.text);
    if (change.started) {
      auto& row = rows<call_line>()[id];
      row.id = id;
      row.conversation = storable(change.conversation.text);
      row.caller = storable(change.started->event.caller.text);
      row.callee = storable(change.started->event.callee.text);
      row.started_at = change.started->at;
      row.started_position = change.started->position;
    }
    auto* row = find<call_line>(*this, id);
    if (row == nullptr) continue;
    if (change.accepted_at) row->accepted_at = change.accepted_at;
    if (change.ended_at) row->ended_at = change.ended_at;
    if (!change.reason.empty()) row->reason = storable(change.reason);
  }
}

void read_tables::write(const inbox_changes& changes) {
  for (const auto& [key, change] : changes.notifications) {
    const notification_line::key id{storable(key.first.text), storable(key.second.text)};
    if (change.made) {
      const auto& e = change.made->event;
      rows<notification_line>()[id] = {id.first,          id.second,        change.made->seq, storable(e.kind),
                                       storable(e.title), storable(e.body), storable(e.data), true,
                                       change.made->at};
    }
    if (auto* row = find<notification_line>(*this, id); row != nullptr && change.read) row->unread = false;
  }
  for (const auto& [who, now] : changes.presence) {
    const auto id = storable(who.text);
    auto* row = find<presence_line>(*this, id);
    if (row == nullptr && !now.sessions) continue;
    if (row == nullptr) row = &(rows<presence_line>()[id] = {id, 0, {}, {}});
    if (now.sessions) row->sessions = *now.sessions;
    row->since = now.since;
    for (const auto& [session, is_away] : now.away)
      is_away ? void(row->away.insert(storable(session.text))) : void(row->away.erase(storable(session.text)));
  }
}

void read_tables::write(const change_set& changes) {
  write(changes.users);
  write(changes.logins);
  write(changes.sessions);
  write(changes.rooms);
  write(changes.lounges);
  write(changes.members);
  write(changes.moderation);
  write(changes.reports);
  write(changes.conversations);
  write(changes.inboxes);
  write(changes.messages); // after the rooms, which say whether they keep them
  write_accounts(rows<account_line>(), rows<entry_line>(), changes.accounts);
  write_holds(rows<hold_line>(), changes.holds);
  write_listings(rows<listing_line>(), changes.listings);
  write_purchases(rows<purchase_line>(), changes.purchases);
  write_services(rows<service_line>(), changes.services);
  write_bookings(rows<booking_line>(), changes.bookings);
  write_reviews(rows<review_line>(), changes.reviews);
  events += changes.to - checkpoint;
  checkpoint = changes.to;
}

// --- comparing
// -----------------------------------------------------------------------------------------------------

nlohmann::json to_json(const read_tables& tables) {
  nlohmann::json found;
  const auto add = [&found](const auto& table) {
    using row = typename std::decay_t<decltype(table)>::mapped_type;
    auto& lines = found[std::string{row::table}] = nlohmann::json::array();
    for (const auto& [key, line] : table) lines.push_back(row_of(line));
  };
  std::apply([&add](const auto&... table) { (add(table), ...); }, tables.all);
  return found;
}

std::string digest_of(const read_tables& tables) {
  return to_hex(sha256(checkpoint_of(tables) + to_json(tables).dump()));
}

std::string first_difference(const read_tables& a, const read_tables& b) {
  std::string found;
  const auto look = [&]<class Row>(const read_tables::table<Row>& in_a) {
    if (found.empty()) found = first_difference(in_a, b.rows<Row>());
  };
  std::apply(
      [&](const auto&... table) {
        (look.template operator()<typename std::decay_t<decltype(table)>::mapped_type>(table), ...);
      },
      a.all);
  if (found.empty() && checkpoint_of(a) != checkpoint_of(b))
    found = "checkpoint: " + checkpoint_of(a) + " against " + checkpoint_of(b);
  return found;
}

result<read_tables> fold_of(const event_log& log, position until, std::size_t batch) {
  constexpr std::size_t bytes_max = 4 * 1024 * 1024;
  read_tables tables;
  while (tables.checkpoint < until) {
    const auto limit = std::min<std::uint64_t>(batch, until - tables.checkpoint);
    const auto records = log.read(tables.checkpoint, limit, bytes_max);
    if (!records) return tl::make_unexpected(records.error());
    if (records->empty()) return fail(errc::not_found, "the log ends at " + std::to_string(tables.checkpoint));
    const auto changes = fold(tables.checkpoint, *records);
    if (!changes) return tl::make_unexpected(changes.error());
    tables.write(*changes);
  }
  return tables;
}

} // namespace parley::simulation
