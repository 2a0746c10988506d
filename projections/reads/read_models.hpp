#pragma once
// The read models as REST sees them: rows and the questions one may ask. Implemented over PostgreSQL by
// projections/pg (queries.hpp); faked in tests. One instance an io loop; handlers run on that loop.
//
// Every question takes `at_least`: it is answered once the projections have applied that position, or with
// errc::read_model_behind after the configured wait (default 2 s). errc::unavailable when PostgreSQL is not reachable
// or the queue of questions is full.

#include "events/clock.hpp"
#include "events/errors.hpp"
#include "events/ids.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace parley {

struct user_row {
  user_id id;
  std::string name, email; ///< email empty for guests
  bool guest = false;
  time_point created_at;
  parley::version version = 0;
};

/// A signed-in device.
struct login_row {
  login_id id;
  std::string device;
  time_point opened_at, refreshed_at, expires_at;
};

struct room_row {
  room_id id;
  std::string display_id, title, history;
  user_id host;
  std::uint32_t capacity = 0;
  std::uint32_t participants = 0; ///< sessions present
  bool guests = true;
  bool meeting = false; ///< opened with a title: listed as a meeting of its host
  time_point created_at;
  std::optional<time_point> expires_at;
  std::optional<std::string> closed; ///< the reason, when closed
  std::string admission = "open";    ///< open, ask
  std::optional<time_point> starts_at;
  parley::version version = 0;
};

struct lounge_row {
  lounge_id id;
  std::string name, topic;
  user_id owner;
  std::uint32_t participants = 0;
  time_point created_at;
  parley::version version = 0;
  std::uint32_t slow_mode_seconds = 0;
};

/// A session present in a place.
struct member_row {
  session_id session;
  user_id user;
  std::string name;
  bool host = false, guest = false;
  time_point joined_at;
};

struct message_row {
  message_id id;
  user_id user;
  session_id session;
  std::string name, text, reply_to, client_time;
  parley::version seq = 0;
  time_point sent_at;
  std::optional<time_point> deleted_at; ///< a tombstone: its text is not shown
  user_id deleted_by;
};

/// A page of a list: `limit` 1 to 200; `after` is the `next` of the page before, empty for the first.
struct page_request {
  std::size_t limit = 50;
  std::string after;
};
template <class Row>
struct page {
  std::vector<Row> rows;
  std::string next; ///< opaque cursor, URL-safe; empty: this was the last page
};

template <class T>
using answer_to = std::function<void(result<T>)>;

class read_models {
public:
  virtual ~read_models() = default;
  virtual void user(const user_id& id, position at_least, answer_to<std::optional<user_row>> done) = 0;
  /// By part of the name, without case (queries/search.hpp says what of short ones); all when `search` is empty.
  /// Guests are left out. Ordered by name, id.
  virtual void users(std::string_view search, page_request p, position at_least, answer_to<page<user_row>> done) = 0;
  virtual void logins(const user_id& id, position at_least, answer_to<std::vector<login_row>> done) = 0;
  virtual void room(const room_id& id, position at_least, answer_to<std::optional<room_row>> done) = 0;
  /// Meetings hosted by a user, newest first.
  virtual void meetings(const user_id& host, page_request p, position at_least, answer_to<page<room_row>> done) = 0;
  virtual void lounge(const lounge_id& id, position at_least, answer_to<std::optional<lounge_row>> done) = 0;
  /// Ordered by name, id.
  virtual void lounges(page_request p, position at_least, answer_to<page<lounge_row>> done) = 0;
  /// Who is present in a place (`room/…` or `lounge/…`), in the order of joining.
  virtual void members(const stream_id& place, page_request p, position at_least, answer_to<page<member_row>> done) = 0;
  /// Oldest first; with `newest_first` the other way round. Messages of rooms with history "none" are never listed.
  virtual void messages(const stream_id& place, bool newest_first, page_request p, position at_least,
                        answer_to<page<message_row>> done) = 0;
};

} // namespace parley
