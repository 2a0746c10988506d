#pragma once
// The read models of people as REST sees them; as read_models.hpp says. Implemented over PostgreSQL by
// people_queries.hpp.

#include "projections/reads/read_models.hpp"

namespace parley {

/// Whether somebody is there, and since when; who is offline was last seen then. Nothing: never seen, or not to be seen
/// by who asks, because one of the two blocks the other.
struct presence_row {
  std::string status = "offline"; ///< online, away (no device is looked at), offline
  time_point since;
};

/// A conversation as one of its two people sees it.
struct conversation_row {
  conversation_id id;
  user_id other;
  std::string other_name;
  std::string about; ///< the booking's id; empty: direct
  message_row last;
  parley::version read_seq = 0, other_read_seq = 0;
  std::uint64_t unread = 0; ///< messages of the other, among the latest unread_counted_max beyond `read_seq`
  std::optional<presence_row> presence;
};
inline constexpr std::uint64_t unread_counted_max = 200;

struct call_row {
  call_id id;
  conversation_id conversation;
  user_id caller, callee;
  std::string caller_name, callee_name;
  time_point started_at;
  std::optional<time_point> accepted_at, ended_at;
  std::string reason; ///< empty while it lasts
};

struct notification_row {
  notification_id id;
  std::string kind, title, body, data;
  bool unread = false;
  time_point created_at;
};

struct block_row {
  user_id user;
  std::string name;
  time_point since;
};

class people_reads {
public:
  virtual ~people_reads() = default;
  /// Those of a user with a message in them, the newest first.
  virtual void conversations(const user_id& of, page_request p, position at_least,
                             answer_to<page<conversation_row>> done) = 0;
  /// Those of a user, made and taken, the newest first.
  virtual void calls(const user_id& of, page_request p, position at_least, answer_to<page<call_row>> done) = 0;
  /// The newest first.
  virtual void notifications(const user_id& of, bool unread_only, page_request p, position at_least,
                             answer_to<page<notification_row>> done) = 0;
  virtual void notification(const user_id& of, const notification_id& id, position at_least,
                            answer_to<std::optional<notification_row>> done) = 0;
  virtual void blocks(const user_id& by, page_request p, position at_least, answer_to<page<block_row>> done) = 0;
  /// `between`: the direct conversation with who asks; empty when they ask about themselves.
  virtual void presence(const user_id& of, const conversation_id& between, position at_least,
                        answer_to<std::optional<presence_row>> done) = 0;
};

} // namespace parley
