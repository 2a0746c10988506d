#pragma once
// What may be asked of moderation and reports; answered as read_models.hpp says. Implemented over PostgreSQL by
// moderation_queries.hpp; faked in tests.

#include "projections/reads/read_models.hpp"

namespace parley {

/// A session present in a lounge, and what its user is there.
struct lounge_member_row {
  member_row present;
  bool moderator = false;
  bool muted = false;
  std::optional<time_point> muted_until; ///< past: it is over, though its event is still to come
};

/// Something a moderator did, and what became of it.
struct action_row {
  action_id id;
  lounge_id lounge;
  parley::version seq = 0;
  std::string action;
  user_id by, target;
  std::string rule, reason;
  message_id message; ///< empty: not about a message
  parley::version message_seq = 0;
  std::string sha256;
  std::optional<time_point> until;
  time_point at;
  std::optional<std::string> appeal;
  std::optional<time_point> appealed_at;
  user_id reversed_by; ///< empty: it stands
  std::string reversal_reason;
  std::optional<time_point> reversed_at;
  bool in_force = false; ///< a mute or ban; `until` may be past nevertheless
};

struct report_row {
  report_id id;
  stream_id place;
  user_id reporter, target;
  message_id message; ///< empty: about the person
  parley::version message_seq = 0;
  std::string sha256, reason;
  time_point at;
};

/// Which actions are listed; what is empty does not narrow.
struct action_filter {
  lounge_id lounge;
  user_id target;
};

/// A message as somebody names it: by its seq, by its id among the last `named_messages_max`, or by both.
struct message_name {
  message_id id;
  parley::version seq = 0;
};
inline constexpr std::size_t named_messages_max = 10'000;

class moderation_reads {
public:
  virtual ~moderation_reads() = default;
  /// Who is present, in the order of joining.
  virtual void lounge_members(const lounge_id& id, page_request p, position at_least,
                              answer_to<page<lounge_member_row>> done) = 0;
  /// Newest first.
  virtual void actions(const action_filter& which, page_request p, position at_least,
                       answer_to<page<action_row>> done) = 0;
  virtual void action(const action_id& id, position at_least, answer_to<std::optional<action_row>> done) = 0;
  /// Newest first.
  virtual void reports(const stream_id& place, page_request p, position at_least, answer_to<page<report_row>> done) = 0;
  /// At most two, newest first: with two, the name does not say which is meant.
  virtual void messages_named(const stream_id& place, const message_name& name, position at_least,
                              answer_to<std::vector<message_row>> done) = 0;
};

} // namespace parley
