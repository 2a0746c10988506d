#include "gateway/hub/hub.hpp"

#include "events/assertion.hpp"
#include "gateway/hub/partings.hpp"
#include "gateway/hub/run.hpp"

#include <algorithm>
#include <limits>
#include <list>
#include <unordered_map>

namespace parley::gateway {
namespace {

/// A page of the log becomes frames of up to three texts under two names; a small page always fits.
constexpr std::size_t frame_bytes_per_record_byte = 6, page_bytes_min = 4096;
constexpr std::size_t farewells_max = 64; ///< topics that one connection left and still gets the rest of
constexpr version no_end = std::numeric_limits<version>::max();

struct topic;
struct member;

enum class phase {
  live,    ///< gets its slice of every run
  full,    ///< lags: waits until its connection drained
  waiting, ///< in the queue for a read of the log
  reading,
  failed ///< the read failed: waits for retry_refills
};

struct subscription {
  member& who;
  topic& where;
  std::size_t slot; ///< in the topic's members
  version next;     ///< the seq it owes its connection next; all before is queued or was never asked for
  version arrived;  ///< what surely reached the client
  version at_ping;  ///< what was queued when the outstanding ping went out
  phase now = phase::failed;
  bool leaving = false;      ///< goes once it has what was published before it was told to
  version end = no_end;      ///< the last of that, when it is known; else it ends where the log does
  std::uint64_t read_id = 0; ///< of the read under way; an answer with another id is of the past
  std::list<subscription*>::iterator turn{};
};

struct member {
  std::shared_ptr<connection> line;
  session_id session;
  bool ping_out = false;
  partings parted;
  std::vector<std::unique_ptr<subscription>> places; // few: domain::places_max

  [[nodiscard]] subscription* in(const stream_id& id) const;
};

struct topic {
  stream_id id;
  version last = 0;                     ///< the newest seq that left in a run; 0: nothing seen yet
  version head = 0;                     ///< the newest seq noted
  bool gapped = false;                  ///< what is noted does not follow itself: members read the log instead
  std::vector<publication_ptr> pending; ///< of this turn
  std::vector<subscription*> members;   // flat, for the fan-out
};

subscription* member::in(const stream_id& id) const {
  for (const auto& s : places)
    if (s->where.id == id) return s.get();
  return nullptr;
}

} // namespace

struct hub::state : std::enable_shared_from_this<hub::state> {
  refill_source& log;
  const limits bounds;
  counters counted;
  std::unordered_map<std::uint64_t, std::unique_ptr<member>> members;
  std::unordered_multimap<session_id, member*> sessions;
  std::unordered_map<stream_id, std::unique_ptr<topic>> topics;
  std::vector<topic*> dirty;             // with something pending
  std::vector<publication_ptr> directed; // signals for one session
  std::list<subscription*> waiting;      // for a read, first come first served
  std::size_t under_way = 0;
  std::uint64_t last_read_id = 0;
  bool starting = false;

  state(refill_source& source, limits l)
    : log{source}
    , bounds{l} {}

  [[nodiscard]] member* find(std::uint64_t id) const {
    const auto found = members.find(id);
    return found == members.end() ? nullptr : found->second.get();
  }
  [[nodiscard]] bool is_full(const member& m) const { return m.line->queued_bytes() > bounds.queue_bytes_max; }

  // --- subscriptions ---

  void enter(member& m, const stream_id& id, version after) {
    m.parted.forget(id);
    auto& place = topics[id];
    if (!place) {
      place = std::make_unique<topic>();
      place->id = id;
    }
    auto& t = *place;
    auto& s = *m.places.emplace_back(new subscription{m, t, t.members.size(), after + 1, after, after});
    t.members.push_back(&s);
    ++counted.subscriptions;
    settle(s);
  }

  /// Live when the topic is known here and nothing before its next run is owed, else by way of the log.
  void settle(subscription& s) {
    const auto& t = s.where;
    if (t.head != 0 && s.next > t.last)
      s.now = phase::live;
    else
      refill(s);
  }

  void leave(subscription& s) {
    stop_reading(s);
    auto& t = s.where;
    t.members[s.slot] = t.members.back();
    t.members[s.slot]->slot = s.slot;
    t.members.pop_back();
    --counted.subscriptions;
    auto& places = s.who.places;
    std::erase_if(places, [&](const auto& p) { return p.get() == &s; });
    if (!t.members.empty()) return;
    std::erase(dirty, &t);
    topics.erase(topics.find(t.id));
  }

  /// Who is told to go (the room closed) still sees why: it was published in this turn, or is read from the log.
  void say_farewell(subscription& s) {
    auto& t = s.where;
    if (!t.pending.empty()) {
      std::erase(dirty, &t);
      flush(t);
    }
    if (s.now == phase::live || (t.head != 0 && s.next > t.head)) return part(s);
    s.leaving = true;
    if (t.head != 0) s.end = t.head;
    const auto& places = s.who.places;
    const auto is_leaving = [](const auto& p) { return p->leaving; };
    if (std::ranges::count_if(places, is_leaving) > std::ptrdiff_t{farewells_max})
      leave(**std::ranges::find_if(places, is_leaving));
  }

  /// It has all that it is owed.
  void part(subscription& s) {
    s.who.parted.add(s.where.id, s.arrived, s.at_ping, s.next - 1);
    leave(s);
  }

  void stop_reading(subscription& s) {
    if (s.now == phase::waiting) waiting.erase(s.turn);
    s.now = phase::failed; // until the caller says what comes instead
    s.read_id = 0;
  }

  // --- publishing ---

  void note(topic& t, const publication_ptr& p) {
    if (p->seq != 0) {
      if (t.head == 0)
        t.last = p->seq - 1;
      else if (p->seq <= t.head)
        return; // told twice
      else if (p->seq != t.head + 1)
        t.gapped = true;
      t.head = p->seq;
    }
    if (t.pending.empty()) dirty.push_back(&t);
    t.pending.push_back(p);
  }

  void flush(topic& t) {
    const auto pending = std::exchange(t.pending, {});
    if (t.gapped) return read_instead(t, pending);
    std::span<const publication_ptr> rest{pending};
    while (!rest.empty()) {
      run r{rest, bounds.run_bytes};
      rest = rest.subspan(r.taken());
      if (r.last_seq() != 0) t.last = r.last_seq();
      for (auto* s : t.members) deliver(*s, r);
    }
  }

  /// The durable ones are in the log; only the signals are not.
  void read_instead(topic& t, std::vector<publication_ptr> pending) {
    t.gapped = false;
    t.last = t.head;
    for (auto* s : t.members)
      if (s->now == phase::live && s->next <= t.last) refill(*s);
    std::erase_if(pending, [](const auto& p) { return p->seq != 0; });
    if (pending.empty()) return;
    run r{pending, SIZE_MAX};
    for (auto* s : t.members) deliver(*s, r);
  }

  void deliver(subscription& s, run& r) {
    const bool follows = s.now == phase::live && r.first_seq() != 0 && s.next <= r.last_seq();
    if (!follows && (!r.has_signals() || s.leaving)) return;
    const bool full = is_full(s.who);
    const bool owed = follows && s.next >= r.first_seq() && !full;
    if (follows && !owed) refill(s); // a gap, or a full queue
    if (full) {
      if (r.has_signals()) ++counted.signals_dropped;
      return;
    }
    if (!owed && !r.has_signals()) return;
    const auto& e = r.in(s.who.line->framing(), counted.encoded);
    if (r.has_signals())
      queue_chosen(s, r, e, owed);
    else
      queue_slice(s.who, e, e.offsets[s.next - r.first_seq()], e.offsets.back());
    if (!owed) return;
    counted.delivered += r.shown_from(s.next);
    s.next = r.last_seq() + 1;
  }

  /// Signals in between: each item is asked, neighbours leave as one slice.
  void queue_chosen(subscription& s, const run& r, const encoded_run& e, bool owed) {
    std::size_t begin = 0, end = 0;
    for (std::size_t i = 0; i < r.items().size(); ++i) {
      const auto& item = r.items()[i];
      const bool chosen = item.seq == 0 ? *item.told_not != s.who.session : owed && item.seq >= s.next;
      if (!chosen) continue;
      if (e.offsets[i] != end) {
        queue_slice(s.who, e, begin, end);
        begin = e.offsets[i];
      }
      end = e.offsets[i + 1];
    }
    queue_slice(s.who, e, begin, end);
  }

  static void queue_slice(member& m, const encoded_run& e, std::size_t begin, std::size_t end) {
    if (begin < end) m.line->write(e.blob, begin, end - begin);
  }

  void deliver_directed(const publication_ptr& p) {
    const auto& to = std::get<domain::relay_signal>(std::get<domain::signal>(p->what)).to;
    run r{{&p, 1}, SIZE_MAX};
    const auto [first, last] = sessions.equal_range(to);
    for (auto i = first; i != last; ++i) {
      auto& m = *i->second;
      if (is_full(m)) {
        ++counted.signals_dropped;
        continue;
      }
      const auto& e = r.in(m.line->framing(), counted.encoded);
      queue_slice(m, e, 0, e.offsets.back());
    }
  }

  // --- refilling from the log ---

  /// From here on the log says what comes next, until the subscription is live again.
  void refill(subscription& s) {
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

  void start_reads() {
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

  void read_done(std::uint64_t id, const stream_id& place, std::uint64_t read, result<std::vector<record>> page) {
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

  void read_failed(subscription& s, const error& e) {
    s.read_id = 0;
    s.now = phase::failed;
    ++counted.refills_failed;
    if (e.code == errc::corrupt)
      s.who.line->close(close_code::internal, "the log cannot be read here; try again later");
  }

  void take_page(subscription& s, const std::vector<record>& page) {
    const auto& t = s.where;
    auto next = s.next;
    auto frames = std::make_shared<std::string>();
    std::string scratch;
    for (const auto& r : page) {
      if (next > s.end) break;
      auto what = r.version == next ? content_of(r) : fail(errc::corrupt, "a stream has a gap");
      if (!what) return read_failed(s, {errc::corrupt, {}});
      const publication p{t.id, r.version, r.time, std::move(*what)};
      if (const auto shown = present(p)) {
        append_push_frames(*frames, s.who.line->framing(), *shown, scratch);
        ++counted.encoded;
        ++counted.refilled;
        ++counted.delivered;
      }
      ++next;
    }
    s.next = next;
    s.read_id = 0;
    const auto bytes = frames->size();
    if (bytes != 0) s.who.line->write(std::move(frames), 0, bytes);
    if (s.next > s.end) return part(s);
    const bool behind_known = t.head != 0 && s.next <= t.last;
    // All that came since was noted here once the topic is known; of an unknown one only the log's end is the end.
    if (!behind_known && (t.head != 0 || page.empty())) {
      if (s.leaving) return part(s);
      s.now = phase::live;
    } else if (page.empty())
      read_failed(s, {errc::unavailable, {}}); // published, and not to be read yet
    else
      refill(s);
  }
};

hub::hub(refill_source& log, limits bounds)
  : state_{std::make_shared<state>(log, bounds)} {}
hub::~hub() = default;

void hub::attach(std::shared_ptr<connection> c, session_id session) {
  const auto id = c->ref().id;
  auto& m = state_->members[id];
  PARLEY_ASSERT(!m);
  m = std::make_unique<member>();
  m->line = std::move(c);
  m->session = std::move(session);
  state_->sessions.emplace(m->session, m.get());
}

std::map<stream_id, version> hub::detach(std::uint64_t connection_id) {
  auto* m = state_->find(connection_id);
  if (!m) return {};
  std::map<stream_id, version> arrived;
  const bool all = m->line->all_acknowledged();
  for (const auto& s : m->places) arrived.emplace(s->where.id, all ? s->next - 1 : s->arrived);
  if (!all) m->parted.report(arrived);
  while (!m->places.empty()) state_->leave(*m->places.back());
  const auto [first, last] = state_->sessions.equal_range(m->session);
  state_->sessions.erase(std::find_if(first, last, [&](const auto& entry) { return entry.second == m; }));
  state_->members.erase(connection_id);
  return arrived;
}

void hub::subscribe(std::uint64_t connection_id, const stream_id& topic, version after) {
  auto* m = state_->find(connection_id);
  if (!m) return;
  auto* s = m->in(topic);
  if (!s) return state_->enter(*m, topic, after);
  if (!s->leaving && after + 1 >= s->next) return;
  state_->stop_reading(*s);
  s->leaving = false;
  s->end = no_end;
  s->next = after + 1;
  s->arrived = s->at_ping = after;
  state_->settle(*s);
}

void hub::unsubscribe(std::uint64_t connection_id, const stream_id& topic) {
  auto* m = state_->find(connection_id);
  auto* s = m ? m->in(topic) : nullptr;
  if (s && !s->leaving) state_->say_farewell(*s);
}

void hub::forget(std::uint64_t connection_id, const stream_id& topic) {
  auto* m = state_->find(connection_id);
  if (!m) return;
  if (auto* s = m->in(topic)) state_->leave(*s);
  m->parted.forget(topic);
}

void hub::drained(std::uint64_t connection_id) {
  auto* m = state_->find(connection_id);
  if (!m) return;
  for (const auto& s : m->places)
    if (s->now == phase::full || s->now == phase::failed) state_->refill(*s);
}

void hub::pinged(std::uint64_t connection_id) {
  auto* m = state_->find(connection_id);
  if (!m || m->ping_out) return; // the pong that comes first may be of the earlier one
  m->ping_out = true;
  for (const auto& s : m->places) s->at_ping = s->next - 1;
  m->parted.pinged();
}

void hub::ponged(std::uint64_t connection_id) {
  auto* m = state_->find(connection_id);
  if (!m || !m->ping_out) return;
  m->ping_out = false;
  for (const auto& s : m->places) s->arrived = s->at_ping;
  m->parted.ponged();
}

void hub::publish(std::span<const publication_ptr> published) {
  topic* at = nullptr;
  for (const auto& p : published) {
    const auto* signal = std::get_if<domain::signal>(&p->what);
    const auto* relay = signal ? std::get_if<domain::relay_signal>(signal) : nullptr;
    if (relay && !relay->to.empty()) {
      if (state_->sessions.contains(relay->to)) state_->directed.push_back(p);
      continue;
    }
    if (!at || at->id != p->topic) {
      const auto found = state_->topics.find(p->topic);
      at = found == state_->topics.end() ? nullptr : found->second.get();
    }
    if (at) state_->note(*at, p);
  }
}

bool hub::end_turn() {
  if (state_->dirty.empty() && state_->directed.empty()) return false;
  for (auto* t : std::exchange(state_->dirty, {})) state_->flush(*t);
  for (const auto& p : std::exchange(state_->directed, {})) state_->deliver_directed(p);
  return true;
}

void hub::retry_refills() {
  for (const auto& [id, m] : state_->members)
    for (const auto& s : m->places)
      if (s->now == phase::failed) state_->refill(*s);
}

hub::counters hub::count() const noexcept {
  auto c = state_->counted;
  c.connections = state_->members.size();
  c.topics = state_->topics.size();
  c.refills_under_way = state_->under_way;
  c.refills_waiting = state_->waiting.size();
  return c;
}

} // namespace parley::gateway
