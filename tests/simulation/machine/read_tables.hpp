#pragma once
// The tables of schema/sql in memory: what PostgreSQL would hold after the statements of projections/pg/tables.cpp.
// Plain values, so that what a projection wrote can be compared with a fold of the whole log. A contract test
// (tests/integration/projections) holds both to the same rows.

#include "events/log/event_log.hpp"
#include "projections/changes.hpp"
#include "tests/simulation/machine/booking_lines.hpp"
#include "tests/simulation/machine/column.hpp"
#include "tests/simulation/machine/market_lines.hpp"
#include "tests/simulation/machine/people_lines.hpp"

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <tuple>

namespace parley::simulation {

struct user_line {
  std::string id, name, email;
  bool guest = false;
  time_point created_at;
  parley::version version = 0;

  using key = std::string;
  static constexpr std::string_view table = "users";
  static constexpr auto columns() {
    using row = user_line;
    return std::tuple{column{"id", &row::id},
                      column{"name", &row::name},
                      column{"email", &row::email},
                      column{"guest", &row::guest},
                      column{"created_at", &row::created_at},
                      column{"version", &row::version}};
  }
  friend bool operator==(const user_line&, const user_line&) = default;
};

struct login_line {
  std::string user_id, id, device;
  time_point opened_at, refreshed_at, expires_at;
  parley::version opened_seq = 0;

  using key = std::pair<std::string, std::string>; ///< user, id
  static constexpr std::string_view table = "logins";
  static constexpr auto columns() {
    using row = login_line;
    return std::tuple{column{"user_id", &row::user_id},
                      column{"id", &row::id},
                      column{"device", &row::device},
                      column{"opened_at", &row::opened_at},
                      column{"refreshed_at", &row::refreshed_at},
                      column{"expires_at", &row::expires_at},
                      column{"opened_seq", &row::opened_seq}};
  }
  friend bool operator==(const login_line&, const login_line&) = default;
};

struct session_line {
  std::string id, user_id, login_id;
  bool guest = false;
  std::string name;
  time_point opened_at;
  std::optional<time_point> grace_until, closed_at;
  std::string reason;
  parley::version version = 0;

  using key = std::string;
  static constexpr std::string_view table = "sessions";
  static constexpr auto columns() {
    using row = session_line;
    return std::tuple{column{"id", &row::id},
                      column{"user_id", &row::user_id},
                      column{"login_id", &row::login_id},
                      column{"guest", &row::guest},
                      column{"name", &row::name},
                      column{"opened_at", &row::opened_at},
                      column{"grace_until", &row::grace_until},
                      column{"closed_at", &row::closed_at},
                      column{"reason", &row::reason},
                      column{"version", &row::version}};
  }
  friend bool operator==(const session_line&, const session_line&) = default;
};

struct room_line {
  std::string id, display_id, host, title;
  std::uint64_t capacity = 0, participants = 0;
  bool guests = false;
  std::string history;
  bool meeting = false;
  time_point created_at;
  std::optional<time_point> expires_at;
  std::optional<std::string> closed;
  position opened_position = 0;
  std::string admission;
  std::optional<time_point> starts_at;
  parley::version version = 0;

  using key = std::string;
  static constexpr std::string_view table = "rooms";
  static constexpr auto columns() {
    using row = room_line;
    return std::tuple{column{"id", &row::id},
                      column{"display_id", &row::display_id},
                      column{"host", &row::host},
                      column{"title", &row::title},
                      column{"capacity", &row::capacity},
                      column{"participants", &row::participants},
                      column{"guests", &row::guests},
                      column{"history", &row::history},
                      column{"meeting", &row::meeting},
                      column{"created_at", &row::created_at},
                      column{"expires_at", &row::expires_at},
                      column{"closed", &row::closed},
                      column{"opened_position", &row::opened_position},
                      column{"admission", &row::admission},
                      column{"starts_at", &row::starts_at},
                      column{"version", &row::version}};
  }
  friend bool operator==(const room_line&, const room_line&) = default;
};

struct lounge_line {
  std::string id, name, topic, owner;
  std::uint64_t participants = 0;
  time_point created_at;
  parley::version version = 0;
  std::uint64_t slow_mode_seconds = 0;

  using key = std::string;
  static constexpr std::string_view table = "lounges";
  static constexpr auto columns() {
    using row = lounge_line;
    return std::tuple{column{"id", &row::id},
                      column{"name", &row::name},
                      column{"topic", &row::topic},
                      column{"owner", &row::owner},
                      column{"participants", &row::participants},
                      column{"created_at", &row::created_at},
                      column{"version", &row::version},
                      column{"slow_mode_seconds", &row::slow_mode_seconds}};
  }
  friend bool operator==(const lounge_line&, const lounge_line&) = default;
};

struct member_line {
  std::string place, session_id, user_id, name;
  bool host = false, guest = false;
  time_point joined_at;
  parley::version joined_seq = 0;

  using key = std::pair<std::string, std::string>; ///< place, session
  static constexpr std::string_view table = "members";
  static constexpr auto columns() {
    using row = member_line;
    return std::tuple{column{"place", &row::place},         column{"session_id", &row::session_id},
                      column{"user_id", &row::user_id},     column{"name", &row::name},
                      column{"host", &row::host},           column{"guest", &row::guest},
                      column{"joined_at", &row::joined_at}, column{"joined_seq", &row::joined_seq}};
  }
  friend bool operator==(const member_line&, const member_line&) = default;
};

struct message_line {
  std::string place;
  parley::version seq = 0;
  std::string id, user_id, session_id, name, body, reply_to, client_time;
  time_point sent_at;

  using key = std::pair<std::string, parley::version>; ///< place, seq
  static constexpr std::string_view table = "messages";
  static constexpr auto columns() {
    using row = message_line;
    return std::tuple{column{"place", &row::place},
                      column{"seq", &row::seq},
                      column{"id", &row::id},
                      column{"user_id", &row::user_id},
                      column{"session_id", &row::session_id},
                      column{"name", &row::name},
                      column{"body", &row::body},
                      column{"reply_to", &row::reply_to},
                      column{"client_time", &row::client_time},
                      column{"sent_at", &row::sent_at}};
  }
  friend bool operator==(const message_line&, const message_line&) = default;
};

struct moderator_line {
  std::string lounge, user_id, granted_by;
  time_point granted_at;

  using key = std::pair<std::string, std::string>; ///< lounge, user
  static constexpr std::string_view table = "lounge_moderators";
  static constexpr auto columns() {
    using row = moderator_line;
    return std::tuple{column{"lounge", &row::lounge}, column{"user_id", &row::user_id},
                      column{"granted_by", &row::granted_by}, column{"granted_at", &row::granted_at}};
  }
  friend bool operator==(const moderator_line&, const moderator_line&) = default;
};

struct restriction_line {
  std::string lounge, user_id, kind, action_id;
  std::optional<time_point> until;

  using key = std::tuple<std::string, std::string, std::string>; ///< lounge, user, kind
  static constexpr std::string_view table = "lounge_restrictions";
  static constexpr auto columns() {
    using row = restriction_line;
    return std::tuple{column{"lounge", &row::lounge}, column{"user_id", &row::user_id}, column{"kind", &row::kind},
                      column{"action_id", &row::action_id}, column{"until", &row::until}};
  }
  friend bool operator==(const restriction_line&, const restriction_line&) = default;
};

struct action_line {
  std::string id, lounge;
  parley::version seq = 0;
  std::string action, actor, target, rule, reason, message_id;
  parley::version message_seq = 0;
  std::string sha256;
  std::optional<time_point> until;
  time_point acted_at;
  parley::position position = 0;
  std::optional<std::string> appeal;
  std::optional<time_point> appealed_at;
  std::optional<std::string> reversed_by, reversal_reason;
  std::optional<time_point> reversed_at;

  using key = std::string;
  static constexpr std::string_view table = "moderation_actions";
  static constexpr auto columns() {
    using row = action_line;
    return std::tuple{column{"id", &row::id},
                      column{"lounge", &row::lounge},
                      column{"seq", &row::seq},
                      column{"action", &row::action},
                      column{"actor", &row::actor},
                      column{"target", &row::target},
                      column{"rule", &row::rule},
                      column{"reason", &row::reason},
                      column{"message_id", &row::message_id},
                      column{"message_seq", &row::message_seq},
                      column{"sha256", &row::sha256},
                      column{"until", &row::until},
                      column{"acted_at", &row::acted_at},
                      column{"position", &row::position},
                      column{"appeal", &row::appeal},
                      column{"appealed_at", &row::appealed_at},
                      column{"reversed_by", &row::reversed_by},
                      column{"reversal_reason", &row::reversal_reason},
                      column{"reversed_at", &row::reversed_at}};
  }
  friend bool operator==(const action_line&, const action_line&) = default;
};

struct deletion_line {
  std::string place;
  parley::version seq = 0;
  std::string deleted_by, action_id;
  time_point deleted_at;

  using key = std::pair<std::string, parley::version>; ///< place, seq
  static constexpr std::string_view table = "message_deletions";
  static constexpr auto columns() {
    using row = deletion_line;
    return std::tuple{column{"place", &row::place}, column{"seq", &row::seq}, column{"deleted_by", &row::deleted_by},
                      column{"action_id", &row::action_id}, column{"deleted_at", &row::deleted_at}};
  }
  friend bool operator==(const deletion_line&, const deletion_line&) = default;
};

struct report_line {
  std::string id, place, reporter, target, message_id;
  parley::version message_seq = 0;
  std::string sha256, reason;
  time_point filed_at;
  parley::position position = 0;

  using key = std::string;
  static constexpr std::string_view table = "reports";
  static constexpr auto columns() {
    using row = report_line;
    return std::tuple{column{"id", &row::id},
                      column{"place", &row::place},
                      column{"reporter", &row::reporter},
                      column{"target", &row::target},
                      column{"message_id", &row::message_id},
                      column{"message_seq", &row::message_seq},
                      column{"sha256", &row::sha256},
                      column{"reason", &row::reason},
                      column{"filed_at", &row::filed_at},
                      column{"position", &row::position}};
  }
  friend bool operator==(const report_line&, const report_line&) = default;
};

struct read_tables {
  template <class Row>
  using table = std::map<typename Row::key, Row>;

  position checkpoint = 0, events = 0;
  std::tuple<table<user_line>, table<login_line>, table<session_line>, table<room_line>, table<lounge_line>,
             table<member_line>, table<message_line>, table<conversation_line>, table<mark_line>, table<block_line>,
             table<call_line>, table<notification_line>, table<presence_line>, table<account_line>, table<entry_line>,
             table<hold_line>, table<listing_line>, table<purchase_line>, table<moderator_line>,
             table<restriction_line>, table<action_line>, table<deletion_line>, table<report_line>, table<service_line>,
             table<booking_line>, table<review_line>>
      all;

  template <class Row>
  [[nodiscard]] table<Row>& rows() {
    return std::get<table<Row>>(all);
  }
  template <class Row>
  [[nodiscard]] const table<Row>& rows() const {
    return std::get<table<Row>>(all);
  }

  /// What one transaction of the projector does: the rows of a batch, and the checkpoint after it.
  void write(const change_set& changes);

  friend bool operator==(const read_tables&, const read_tables&) = default;

private:
  // As the statements of one model do.
  void write(const user_changes& changes);
  void write(const login_changes& changes);
  void write(const session_changes& changes);
  void write(const room_changes& changes);
  void write(const lounge_changes& changes);
  void write(const member_changes& changes);
  void write(const message_changes& changes);
  void write(const moderation_changes& changes);
  void write(const report_changes& changes);
  void write(const conversation_changes& changes);
  void write(const inbox_changes& changes);
};

/// All rows as PostgreSQL would name them: {"users": [{"id": …}, …], …}; times as RFC 3339, without the checkpoint.
[[nodiscard]] nlohmann::json to_json(const read_tables& tables);
/// SHA-256 of all rows and the checkpoint, hex.
[[nodiscard]] std::string digest_of(const read_tables& tables);
/// Names the first row, or the checkpoint, that is not the same in both; empty when all are.
[[nodiscard]] std::string first_difference(const read_tables& a, const read_tables& b);
/// What the log's first `until` events make of empty tables, `batch` events at a time.
[[nodiscard]] result<read_tables> fold_of(const event_log& log, position until, std::size_t batch = 1000);

} // namespace parley::simulation
