// Connections that lag or missed something get what comes next from the log, a page at a time, until they are live
// again.

#include "gateway/hub/hub_state.hpp"

#include <algorithm>

namespace parley::gateway {
namespace {

/// A page of the log becomes frames of up to three texts under two names; a small page always fits.
constexpr std::size_t frame_bytes_per_record_byte = 6, page_bytes_min = 4096;

} // namespace

void hub::state::stop_reading(subscription& s) {
  if (s.now == phase::waiting) waiting.erase(s.turn);
  s.now = phase::failed; // until the caller says what comes instead
  s.read_id = 0;
}

void hub::state::refill(subscription& s) {
  stop_reading(s);
  if (is_full(s.who)) {
    s.now = phase::full;
    ++counted.lagged;
    return;
  }
  s.now = phase::waiting;
  s.turn = waiting.insert(waiting.end(), &s);
  start_reads();
}

void hub::state::start_reads() {
  if (starting) return; // a source that answers at once: the loop below goes on
  starting = true;
  while (under_way < bounds.refills_max && !waiting.empty()) {
    auto& s = *waiting.front();
    waiting.pop_front();
    s.now = phase::reading;
    s.read_id = ++last_read_id;
    ++under_way;
    const auto queued = std::min(s.who.line->queued_bytes(), bounds.queue_bytes_max);
    const auto room = (bounds.queue_bytes_max - queued) / frame_bytes_per_record_byte;
    const auto bytes = std::min(bounds.refill_bytes, std::max(room, page_bytes_min));
    auto done = [hub = weak_from_this(), id = s.who.line->ref().id, place = s.where.id,
                 read = s.read_id](result<std::vector<record>> page) {
      if (const auto alive = hub.lock()) alive->read_done(id, place, read, std::move(page));
    };
    log.read(s.where.id, s.next - 1, bounds.refill_events, bytes, std::move(done));
  }
  starting = false;
}

void hub::state::read_done(std::uint64_t id, const stream_id& place, std::uint64_t read,
                           result<std::vector<record>> page) {
  --under_way;
  auto* m = find(id);
  auto* s = m ? m->in(place) : nullptr;
  if (s && s->now == phase::reading && s->read_id == read) {
    if (!page)
      read_failed(*s, page.error());
    else if (is_full(*m))
      refill(*s); // filled up meanwhile: the page is read again when there is room
    else
      take_page(*s, *page);
  }
  start_reads();
}

void hub::state::read_failed(subscription& s, const error& e) {
  s.read_id = 0;
  s.now = phase::failed;
  ++counted.refills_failed;
  if (e.code == errc::corrupt) s.who.line->close(close_code::internal, "the log cannot be read here; try again later");
}

void hub::state::take_page(subscription& s, const std::vector<record>& page) {
  const auto& t = s.where;
  auto next = s.next;
  auto frames = std::make_shared<std::string>();
  for (const auto& r : page) {
    if (next > s.end) break;
    auto what = r.version == next ? content_of(r) : fail(errc::corrupt, "a stream has a gap");
    if (!what) return read_failed(s, {errc::corrupt, {}});
    const publication p{t.id, r.version, r.time, std::move(*what)};
    const auto shown = present(p);
    const auto* from = cause_of(p);
    const bool echo = from && *from == s.who.session;
    if (shown && is_for(*shown, s.who) && (!echo || s.who.line->framing().echoes(shown->name))) {
      s.who.line->framing().append_push(*frames, push_of(*shown, t.id, r.version));
      ++counted.encoded;
      ++counted.refilled;
      ++counted.delivered;
    }
    ++next;
  }
  s.next = next;
  s.read_id = 0;
  const auto bytes = frames->size();
  if (bytes != 0) {
    s.who.line->write(std::move(frames), 0, bytes);
    note_told(s);
    mark_all();
  }
  if (s.next > s.end) return part(s);
  const bool behind_known = (t.head != 0 && s.next <= t.last) || s.end != no_end;
  // All that came since was noted here once the topic is known; of an unknown one only the log's end is the end.
  if (!behind_known && (t.head != 0 || page.empty())) {
    if (s.leaving) return part(s);
    s.now = phase::live;
  } else if (page.empty())
    read_failed(s, {errc::unavailable, {}}); // published, and not to be read yet
  else
    refill(s);
}

} // namespace parley::gateway
