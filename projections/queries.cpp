#include "projections/queries.hpp"

#include "events/json_writer.hpp"
#include "projections/cursor.hpp"
#include "projections/pg/pool.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <limits>
#include <set>

namespace parley {
namespace {

namespace asio = boost::asio;
using pg::parameters;
using pg::rows;

constexpr std::size_t page_rows_max = 200;

// --- rows ------------------------------------------------------------------------------------------------------------

const std::string user_columns = "SELECT id, name, email, guest, created_at, version FROM users ";
user_row read_user(const rows& r, std::size_t i) {
  return {{r.text(i, 0)}, r.text(i, 1), r.text(i, 2), r.boolean(i, 3), r.time(i, 4), r.int8(i, 5)};
}

const std::string room_columns =
    "SELECT id, display_id, title, history, host, capacity, participants, guests, meeting, created_at, expires_at, "
    "closed, version, opened_position FROM rooms ";
constexpr int opened_position_column = 13;
room_row read_room(const rows& r, std::size_t i) {
  return {{r.text(i, 0)},
          r.text(i, 1),
          r.text(i, 2),
          r.text(i, 3),
          {r.text(i, 4)},
          static_cast<std::uint32_t>(r.int8(i, 5)),
          static_cast<std::uint32_t>(r.int8(i, 6)),
          r.boolean(i, 7),
          r.boolean(i, 8),
          r.time(i, 9),
          r.optional_time(i, 10),
          r.optional_text(i, 11),
          r.int8(i, 12)};
}

const std::string lounge_columns = "SELECT id, name, topic, owner, participants, created_at, version FROM lounges ";
lounge_row read_lounge(const rows& r, std::size_t i) {
  return {{r.text(i, 0)}, r.text(i, 1), r.text(i, 2), {r.text(i, 3)}, static_cast<std::uint32_t>(r.int8(i, 4)),
          r.time(i, 5),   r.int8(i, 6)};
}

template <class Row, class Read>
std::vector<Row> read_all(const rows& r, Read read) {
  std::vector<Row> all;
  all.reserve(r.size());
  for (std::size_t i = 0; i < r.size(); ++i) all.push_back(read(r, i));
  return all;
}

/// A page was asked with one row more than its limit: that row only says that there is a next page.
template <class Row, class Read, class At>
page<Row> read_page(const rows& r, std::size_t limit, std::string_view list, Read read, At cursor_at) {
  page<Row> out;
  const auto count = std::min(limit, r.size());
  out.rows.reserve(count);
  for (std::size_t i = 0; i < count; ++i) out.rows.push_back(read(r, i));
  if (r.size() > limit) out.next = encode_cursor(list, cursor_at(r, count - 1));
  return out;
}

std::size_t bounded(std::size_t limit) { return std::clamp<std::size_t>(limit, 1, page_rows_max); }

/// PostgreSQL's text holds neither: no row can match such a text, and it is nobody's id.
bool is_text(std::string_view text) { return is_utf8(text) && text.find('\0') == std::string_view::npos; }

} // namespace

struct queries::impl : std::enable_shared_from_this<queries::impl> {
  impl(asio::io_context& loop, const query_options& o, projection_progress& p)
    : io{loop}
    , options{o}
    , progress{p}
    , database{loop, pool_options_of(o)} {}

  static pg::pool_options pool_options_of(const query_options& o) {
    pg::pool_options p;
    p.connect.url = o.database_url;
    p.connect.application = "parley queries";
    p.connections = o.connections;
    p.queue_max = o.queue_max;
    p.timeout = o.timeout;
    p.backoff_min = o.backoff_min;
    p.backoff_max = o.backoff_max;
    return p;
  }

  /// Asks once `at_least` is applied, and answers with what `read` makes of the rows.
  template <class T, class Read>
  void ask(position at_least, std::string sql, parameters values, answer_to<T> done, Read read) {
    auto answer = [done = std::move(done), read = std::move(read)](result<rows> r) {
      if (r)
        done(read(*r));
      else
        done(tl::make_unexpected(r.error()));
    };
    when_applied(at_least, [this, sql = std::move(sql), values = std::move(values),
                            answer = std::move(answer)](std::optional<error> failed) mutable {
      if (failed)
        answer(tl::make_unexpected(std::move(*failed)));
      else
        database.ask(std::move(sql), std::move(values), std::move(answer));
    });
  }

  template <class T>
  void refuse(answer_to<T> done, error why) {
    asio::post(io, [done = std::move(done), why = std::move(why)] { done(tl::make_unexpected(why)); });
  }

  void close() {
    if (closed) return;
    closed = true;
    for (auto& w : std::exchange(waiting, {})) settle(w, error{errc::unavailable, "the server is shutting down", 1});
    database.close();
  }

private:
  /// A question that waits for the projector. It is settled once: by the projector, by its timer, or by `close`.
  struct wait {
    explicit wait(asio::io_context& loop)
      : timer{loop} {}
    asio::steady_timer timer;
    std::function<void(std::optional<error>)> then;
    projection_progress::ticket ticket = 0;
  };
  using wait_ptr = std::shared_ptr<wait>;

  void when_applied(position at_least, std::function<void(std::optional<error>)> then) {
    if (progress.applied() >= at_least && !closed) return then(std::nullopt);
    if (closed || waiting.size() >= options.queue_max) {
      asio::post(io, [then = std::move(then)] { then(error{errc::unavailable, "too many readers wait", 1}); });
      return;
    }
    auto w = std::make_shared<wait>(io);
    w->then = std::move(then);
    waiting.insert(w);
    w->timer.expires_after(options.read_wait);
    w->timer.async_wait([weak = weak_from_this(), w](const boost::system::error_code& failed) {
      if (const auto self = weak.lock(); self && !failed && self->waiting.erase(w) != 0)
        self->settle(w, error{errc::read_model_behind, "the read models have not come that far yet", 1});
    });
    w->ticket = progress.when_applied(at_least, [weak = weak_from_this(), w, &loop = io] {
      asio::post(loop, [weak, w] {
        if (const auto self = weak.lock(); self && self->waiting.erase(w) != 0) self->settle(w, std::nullopt);
      });
    });
  }

  void settle(const wait_ptr& w, std::optional<error> outcome) {
    progress.cancel(w->ticket);
    w->timer.cancel();
    auto then = std::move(w->then);
    if (closed)
      asio::post(io, [then = std::move(then), outcome = std::move(outcome)] { then(outcome); });
    else
      then(std::move(outcome));
  }

  asio::io_context& io;
  const query_options options;
  projection_progress& progress;
  std::set<wait_ptr> waiting;
  bool closed = false;
  pg::pool database; // closed first
};

queries::queries(asio::io_context& io, const query_options& options, projection_progress& progress)
  : impl_{std::make_shared<impl>(io, options, progress)} {}

queries::~queries() { close(); }

void queries::close() { impl_->close(); }

// --- one by its id ---------------------------------------------------------------------------------------------------

namespace {

template <class Row, class Read>
auto one(Read read) {
  return [read](const rows& r) -> result<std::optional<Row>> {
    if (r.size() == 0) return std::optional<Row>{};
    return std::optional<Row>{read(r, 0)};
  };
}

/// The cursor of a page's request: the given start when it is the first page.
result<cursor> start_of(std::string_view list, const page_request& p, cursor first) {
  if (p.after.empty()) return first;
  return decode_cursor(list, p.after);
}

} // namespace

void queries::user(const user_id& id, position at_least, answer_to<std::optional<user_row>> done) {
  if (!is_text(id.text)) return impl_->refuse(std::move(done), {errc::malformed, "this is no id"});
  impl_->ask(at_least, user_columns + "WHERE id = $1", parameters{}.text(id.text), std::move(done),
             one<user_row>(read_user));
}

void queries::room(const room_id& id, position at_least, answer_to<std::optional<room_row>> done) {
  if (!is_text(id.text)) return impl_->refuse(std::move(done), {errc::malformed, "this is no id"});
  impl_->ask(at_least, room_columns + "WHERE id = $1", parameters{}.text(id.text), std::move(done),
             one<room_row>(read_room));
}

void queries::lounge(const lounge_id& id, position at_least, answer_to<std::optional<lounge_row>> done) {
  if (!is_text(id.text)) return impl_->refuse(std::move(done), {errc::malformed, "this is no id"});
  impl_->ask(at_least, lounge_columns + "WHERE id = $1", parameters{}.text(id.text), std::move(done),
             one<lounge_row>(read_lounge));
}

// --- lists -----------------------------------------------------------------------------------------------------------

void queries::logins(const user_id& id, position at_least, answer_to<std::vector<login_row>> done) {
  if (!is_text(id.text)) return impl_->refuse(std::move(done), {errc::malformed, "this is no id"});
  impl_->ask(at_least,
             "SELECT id, device, opened_at, refreshed_at, expires_at FROM logins WHERE user_id = $1 "
             "ORDER BY opened_seq",
             parameters{}.text(id.text), std::move(done), [](const rows& r) -> result<std::vector<login_row>> {
               return read_all<login_row>(r, [](const rows& all, std::size_t i) {
                 return login_row{{all.text(i, 0)}, all.text(i, 1), all.time(i, 2), all.time(i, 3), all.time(i, 4)};
               });
             });
}

void queries::users(std::string_view search, page_request p, position at_least, answer_to<page<user_row>> done) {
  if (!is_text(search)) return impl_->refuse(std::move(done), {errc::malformed, "this is no text to search for"});
  auto list = "users|" + std::string{search};
  auto after = start_of(list, p, {});
  if (!after) return impl_->refuse(std::move(done), after.error());
  const auto limit = bounded(p.limit);
  // Case is folded by ICU, so that it does not depend on the database's locale.
  impl_->ask(at_least,
             user_columns + "WHERE NOT guest AND (name, id) > ($1, $2) AND ($3 = '' OR "
                            "strpos(lower(name COLLATE \"und-x-icu\"), lower($3 COLLATE \"und-x-icu\")) > 0) "
                            "ORDER BY name, id LIMIT $4",
             parameters{}.text(after->text).text(after->more).text(search).int8(limit + 1), std::move(done),
             [limit, list](const rows& r) -> result<page<user_row>> {
               return read_page<user_row>(r, limit, list, read_user, [](const rows& all, std::size_t i) {
                 return cursor{0, all.text(i, 1), all.text(i, 0)};
               });
             });
}

void queries::meetings(const user_id& host, page_request p, position at_least, answer_to<page<room_row>> done) {
  if (!is_text(host.text)) return impl_->refuse(std::move(done), {errc::malformed, "this is no id"});
  auto list = "meetings|" + host.text;
  auto after = start_of(list, p, {std::uint64_t{std::numeric_limits<std::int64_t>::max()}, {}, {}});
  if (!after) return impl_->refuse(std::move(done), after.error());
  const auto limit = bounded(p.limit);
  impl_->ask(at_least,
             room_columns +
                 "WHERE meeting AND host = $1 AND opened_position < $2 ORDER BY opened_position DESC LIMIT $3",
             parameters{}.text(host.text).int8(after->number).int8(limit + 1), std::move(done),
             [limit, list](const rows& r) -> result<page<room_row>> {
               return read_page<room_row>(r, limit, list, read_room, [](const rows& all, std::size_t i) {
                 return cursor{all.int8(i, opened_position_column), {}, {}};
               });
             });
}

void queries::lounges(page_request p, position at_least, answer_to<page<lounge_row>> done) {
  const std::string list = "lounges";
  auto after = start_of(list, p, {});
  if (!after) return impl_->refuse(std::move(done), after.error());
  const auto limit = bounded(p.limit);
  impl_->ask(at_least, lounge_columns + "WHERE (name, id) > ($1, $2) ORDER BY name, id LIMIT $3",
             parameters{}.text(after->text).text(after->more).int8(limit + 1), std::move(done),
             [limit, list](const rows& r) -> result<page<lounge_row>> {
               return read_page<lounge_row>(r, limit, list, read_lounge, [](const rows& all, std::size_t i) {
                 return cursor{0, all.text(i, 1), all.text(i, 0)};
               });
             });
}

void queries::members(const stream_id& place, page_request p, position at_least, answer_to<page<member_row>> done) {
  if (!is_text(place.text)) return impl_->refuse(std::move(done), {errc::malformed, "this is no place"});
  auto list = "members|" + place.text;
  auto after = start_of(list, p, {});
  if (!after) return impl_->refuse(std::move(done), after.error());
  const auto limit = bounded(p.limit);
  impl_->ask(at_least,
             "SELECT session_id, user_id, name, host, guest, joined_at, joined_seq FROM members "
             "WHERE place = $1 AND joined_seq > $2 ORDER BY joined_seq LIMIT $3",
             parameters{}.text(place.text).int8(after->number).int8(limit + 1), std::move(done),
             [limit, list](const rows& r) -> result<page<member_row>> {
               return read_page<member_row>(
                   r, limit, list,
                   [](const rows& all, std::size_t i) {
                     return member_row{{all.text(i, 0)},  {all.text(i, 1)},  all.text(i, 2),
                                       all.boolean(i, 3), all.boolean(i, 4), all.time(i, 5)};
                   },
                   [](const rows& all, std::size_t i) {
                     return cursor{all.int8(i, 6), {}, {}};
                   });
             });
}

void queries::messages(const stream_id& place, bool newest_first, page_request p, position at_least,
                       answer_to<page<message_row>> done) {
  if (!is_text(place.text)) return impl_->refuse(std::move(done), {errc::malformed, "this is no place"});
  auto list = (newest_first ? "newest|" : "oldest|") + place.text;
  auto after = start_of(list, p, {newest_first ? std::uint64_t{std::numeric_limits<std::int64_t>::max()} : 0, {}, {}});
  if (!after) return impl_->refuse(std::move(done), after.error());
  const auto limit = bounded(p.limit);
  const std::string where = newest_first ? "WHERE place = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3"
                                         : "WHERE place = $1 AND seq > $2 ORDER BY seq LIMIT $3";
  impl_->ask(at_least,
             "SELECT id, user_id, session_id, name, body, reply_to, client_time, seq, sent_at FROM messages " + where,
             parameters{}.text(place.text).int8(after->number).int8(limit + 1), std::move(done),
             [limit, list](const rows& r) -> result<page<message_row>> {
               return read_page<message_row>(
                   r, limit, list,
                   [](const rows& all, std::size_t i) {
                     return message_row{{all.text(i, 0)}, {all.text(i, 1)}, {all.text(i, 2)},
                                        all.text(i, 3),   all.text(i, 4),   all.text(i, 5),
                                        all.text(i, 6),   all.int8(i, 7),   all.time(i, 8)};
                   },
                   [](const rows& all, std::size_t i) {
                     return cursor{all.int8(i, 7), {}, {}};
                   });
             });
}

} // namespace parley
