#pragma once
// The rows of the read models of people, as read_tables.hpp has those of places.

#include "events/clock.hpp"
#include "tests/simulation/machine/column.hpp"

#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

namespace parley::simulation {

struct conversation_line {
  std::string id, first, second, about;
  time_point opened_at;
  std::uint64_t last_position = 0, last_seq = 0, version = 0;

  using key = std::string;
  static constexpr std::string_view table = "conversations";
  static constexpr auto columns() {
    using row = conversation_line;
    return std::tuple{column{"id", &row::id},
                      column{"first", &row::first},
                      column{"second", &row::second},
                      column{"about", &row::about},
                      column{"opened_at", &row::opened_at},
                      column{"last_position", &row::last_position},
                      column{"last_seq", &row::last_seq},
                      column{"version", &row::version}};
  }
  friend bool operator==(const conversation_line&, const conversation_line&) = default;
};

struct mark_line {
  std::string conversation, user_id;
  std::uint64_t seq = 0;

  using key = std::pair<std::string, std::string>;
  static constexpr std::string_view table = "conversation_marks";
  static constexpr auto columns() {
    using row = mark_line;
    return std::tuple{column{"conversation", &row::conversation}, column{"user_id", &row::user_id},
                      column{"seq", &row::seq}};
  }
  friend bool operator==(const mark_line&, const mark_line&) = default;
};

struct block_line {
  std::string conversation, by_user;
  time_point since;

  using key = std::pair<std::string, std::string>;
  static constexpr std::string_view table = "blocks";
  static constexpr auto columns() {
    using row = block_line;
    return std::tuple{column{"conversation", &row::conversation}, column{"by_user", &row::by_user},
                      column{"since", &row::since}};
  }
  friend bool operator==(const block_line&, const block_line&) = default;
};

struct call_line {
  std::string id, conversation, caller, callee;
  time_point started_at;
  std::optional<time_point> accepted_at, ended_at;
  std::string reason;
  std::uint64_t started_position = 0;

  using key = std::string;
  static constexpr std::string_view table = "calls";
  static constexpr auto columns() {
    using row = call_line;
    return std::tuple{column{"id", &row::id},
                      column{"conversation", &row::conversation},
                      column{"caller", &row::caller},
                      column{"callee", &row::callee},
                      column{"started_at", &row::started_at},
                      column{"accepted_at", &row::accepted_at},
                      column{"ended_at", &row::ended_at},
                      column{"reason", &row::reason},
                      column{"started_position", &row::started_position}};
  }
  friend bool operator==(const call_line&, const call_line&) = default;
};

struct notification_line {
  std::string user_id, id;
  std::uint64_t seq = 0;
  std::string kind, title, body, data;
  bool unread = false;
  time_point created_at;

  using key = std::pair<std::string, std::string>;
  static constexpr std::string_view table = "notifications";
  static constexpr auto columns() {
    using row = notification_line;
    return std::tuple{
        column{"user_id", &row::user_id}, column{"id", &row::id},         column{"seq", &row::seq},
        column{"kind", &row::kind},       column{"title", &row::title},   column{"body", &row::body},
        column{"data", &row::data},       column{"unread", &row::unread}, column{"created_at", &row::created_at}};
  }
  friend bool operator==(const notification_line&, const notification_line&) = default;
};

struct presence_line {
  std::string user_id;
  std::uint64_t sessions = 0;
  std::set<std::string> away;
  time_point since;

  using key = std::string;
  static constexpr std::string_view table = "presence";
  static constexpr auto columns() {
    using row = presence_line;
    return std::tuple{column{"user_id", &row::user_id}, column{"sessions", &row::sessions}, column{"away", &row::away},
                      column{"since", &row::since}};
  }
  friend bool operator==(const presence_line&, const presence_line&) = default;
};

} // namespace parley::simulation
