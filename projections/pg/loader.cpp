#include "projections/pg/loader.hpp"

#include "projections/pg/migrations.hpp"
#include "projections/pg/store.hpp"

#include <unordered_set>

namespace parley::pg {
namespace {

auto failure(const auto& r) { return tl::make_unexpected(r.error()); }

constexpr std::string_view room_prefix = "room/";

/// The rooms that messages were sent in, each once.
array rooms_of(const message_changes& changes) {
  auto rooms = array::of_text();
  std::unordered_set<std::string_view> seen;
  for (const auto& row : changes.rows)
    if (row.place.text.starts_with(room_prefix) && seen.insert(row.place.text).second) rooms.text(row.place.key());
  return rooms;
}

constexpr std::size_t row_bytes_about = 400;

void append_row(std::string& out, const message_changes::sent& row) {
  out.append("\0\12", 2); // ten fields, in the order of the COPY below
  append_text(out, row.place.text);
  append_int8(out, row.seq);
  append_text(out, row.event.message.text);
  append_text(out, row.event.user.text);
  append_text(out, row.event.session.text);
  append_text(out, row.event.name);
  append_text(out, row.event.text);
  append_text(out, row.event.reply_to);
  append_text(out, row.event.client_time);
  append_time(out, row.at);
}

} // namespace

result<void> loader::open() {
  auto opened = connection::open(options_);
  if (!opened) return failure(opened);
  db_ = std::move(*opened);
  if (auto made = migrate(*db_, options_.schema); !made) return failure(made);
  const auto key = db_->ask("SELECT quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint "
                            "WHERE conrelid = 'messages'::regclass AND contype = 'p'");
  if (!key) return failure(key);
  if (key->size() != 1) return fail(errc::corrupt, "the fresh table of messages has no key");
  key_name_ = key->text(0, 0);
  key_ = key->text(0, 1);
  return db_->run("ALTER TABLE messages DROP CONSTRAINT " + key_name_);
}

result<void> loader::apply(const change_set& changes) {
  if (auto q = db_->queue("BEGIN"); !q) return q;
  if (auto q = queue_states(*db_, changes); !q) return q;
  // As for the projector, rooms come first: they say which of them keep no messages.
  if (auto q = db_->queue("SELECT id FROM rooms WHERE history = 'none' AND id = ANY ($1)",
                          parameters{}.column(rooms_of(changes.messages)));
      !q)
    return q;
  const auto silent = db_->flush();
  if (!silent) return failure(silent);
  if (auto copied = copy(changes.messages, *silent); !copied) return copied;
  if (auto q = db_->queue("UPDATE checkpoint SET position = $1, events = events + $2",
                          parameters{}.int8(changes.to).int8(changes.to - changes.from));
      !q)
    return q;
  if (auto q = db_->queue("COMMIT"); !q) return q;
  if (auto done = db_->flush(); !done) return failure(done);
  return {};
}

result<void> loader::copy(const message_changes& changes, const rows& silent) {
  std::unordered_set<std::string> skipped;
  for (std::size_t i = 0; i < silent.size(); ++i) skipped.insert(std::string{room_prefix} + silent.text(i, 0));
  std::string copied;
  copied.reserve(changes.rows.size() * row_bytes_about);
  for (const auto& row : changes.rows)
    if (skipped.empty() || !skipped.contains(row.place.text)) append_row(copied, row);
  if (copied.empty()) return {};
  return db_->copy("COPY messages (place, seq, id, user_id, session_id, name, body, reply_to, client_time, sent_at) "
                   "FROM STDIN (FORMAT binary)",
                   copied);
}

result<void> loader::finish() {
  return db_->run("SET maintenance_work_mem = '256MB'; ALTER TABLE messages ADD CONSTRAINT " + key_name_ + " " + key_ +
                  "; ANALYZE");
}

} // namespace parley::pg
