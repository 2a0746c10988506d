#pragma once
// Read models: who moderates a lounge, who is muted or banned there, what moderators did and what became of it, and
// which messages are tombstones (from `lounge/…`).

#include "events/record.hpp"

#include <map>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

namespace parley {

struct moderation_changes {
  struct granted {
    user_id by;
    time_point at;
  };
  /// Nothing: the row is deleted.
  std::map<std::pair<lounge_id, user_id>, std::optional<granted>> moderators;

  struct restriction {
    action_id action;
    std::optional<time_point> until;
  };
  /// By lounge, user and kind (mute, ban). Nothing: the row is deleted.
  std::map<std::tuple<lounge_id, user_id, std::string>, std::optional<restriction>> restrictions;

  struct acted {
    lounge_id lounge;
    parley::version seq = 0;
    parley::position position = 0;
    time_point at;
    events::moderation_action event;
  };
  std::vector<acted> actions; ///< new ones, in the log's order

  /// What became of an action, perhaps one of this batch. Applied after `actions`.
  struct aftermath {
    std::optional<events::moderation_appealed> appeal;
    time_point appealed_at;
    std::optional<events::moderation_reversed> reversal;
    time_point reversed_at;
  };
  std::map<action_id, aftermath> aftermaths;

  struct deleted {
    stream_id place;
    time_point at;
    events::message_deleted event;
  };
  std::vector<deleted> deletions;

  void fold(const record& r, const events::role_changed& e);
  void fold(const record& r, const events::moderation_action& e);
  void fold(const record& r, const events::moderation_expired& e);
  void fold(const record& r, const events::moderation_appealed& e);
  void fold(const record& r, const events::moderation_reversed& e);
  void fold(const record& r, const events::message_deleted& e);

private:
  void lift(const record& r, const user_id& user, std::string_view kind);
};

} // namespace parley
