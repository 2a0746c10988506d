#include "gateway/hub/hub.hpp"

#include "events/assertion.hpp"
#include "gateway/hub/hub_state.hpp"

#include <algorithm>

namespace parley::gateway {
namespace {

constexpr std::size_t farewells_max = 64; ///< topics that one connection left and still gets the rest of

} // namespace

hub::state::subscription* hub::state::member::in(const stream_id& id) const {
  for (const auto& s : places)
    if (s->where.id == id) return s.get();
  return nullptr;
}

// --- subscriptions ---

void hub::state::enter(member& m, const stream_id& id, version after) {
  const auto before = m.parted.take(id).value_or(partings::certainty{after, after});
  auto& place = topics[id];
  if (!place) {
    place = std::make_unique<topic>();
    place->id = id;
  }
  auto& t = *place;
  auto& s = *m.places.emplace_back(new subscription{m, t, t.members.size(), after + 1, std::min(after, before.arrived),
                                                    std::min(after, before.at_ping)});
  t.members.push_back(&s);
  ++counted.subscriptions;
  settle(s);
}

void hub::state::settle(subscription& s) {
  const auto& t = s.where;
  if (t.head != 0 && s.next > t.last)
    s.now = phase::live;
  else
    refill(s);
}

void hub::state::leave(subscription& s) {
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

void hub::state::say_farewell(subscription& s, version up_to) {
  auto& t = s.where;
  if (!t.pending.empty()) {
    std::erase(dirty, &t);
    flush(t);
  }
  if (up_to != 0)
    s.end = up_to;
  else if (t.head != 0)
    s.end = t.head;
  if (s.next > s.end) return part(s);
  s.leaving = true;
  if (s.now == phase::live) refill(s); // durable, and not published here yet
  auto& places = s.who.places;
  // Who was told last stands last, so that the first one found has had the longest time.
  const auto at = std::ranges::find_if(places, [&](const auto& p) { return p.get() == &s; });
  std::rotate(at, at + 1, places.end());
  const auto is_leaving = [](const auto& p) { return p->leaving; };
  if (std::ranges::count_if(places, is_leaving) > std::ptrdiff_t{farewells_max})
    part(**std::ranges::find_if(places, is_leaving));
}

void hub::state::part(subscription& s) {
  s.who.parted.add(s.where.id, s.arrived, s.at_ping, s.next - 1);
  leave(s);
}

// --- publishing ---

void hub::state::note(topic& t, const publication_ptr& p) {
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

void hub::state::flush(topic& t) {
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

void hub::state::read_instead(topic& t, std::vector<publication_ptr> pending) {
  t.gapped = false;
  t.last = t.head;
  for (auto* s : t.members)
    if (s->now == phase::live && s->next <= t.last) refill(*s);
  std::erase_if(pending, [](const auto& p) { return p->seq != 0; });
  if (pending.empty()) return;
  run r{pending, SIZE_MAX};
  for (auto* s : t.members) deliver(*s, r);
}

void hub::state::deliver(subscription& s, run& r) {
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
  if (r.is_selective() || !e.framing->echoes_all())
    queue_chosen(s, r, e, owed);
  else
    queue_slice(s.who, e, e.offsets[s.next - r.first_seq()], e.offsets.back());
  if (!owed) return;
  counted.delivered += r.shown_from(s.next);
  s.next = r.last_seq() + 1;
  note_told(s);
}

void hub::state::note_told(subscription& s) {
  auto& m = s.who;
  s.told = true;
  if (m.unmarked || m.places.size() < 2 || !m.line->framing().marks_places()) return;
  if (!m.returning && std::ranges::count_if(m.places, [](const auto& p) { return p->told; }) < 2) return;
  m.unmarked = true;
  unmarked.push_back(m.line->ref().id);
}

void hub::state::mark_all() {
  for (const auto id : std::exchange(unmarked, {})) {
    auto* m = find(id);
    if (!m || !std::exchange(m->unmarked, false)) continue;
    std::vector<mark> marks;
    for (const auto& p : m->places) marks.push_back({p->where.id.text, p->next - 1});
    auto frame = std::make_shared<std::string>();
    m->line->framing().append_marks(*frame, marks);
    const auto bytes = frame->size();
    m->line->write(std::move(frame), 0, bytes);
  }
}

void hub::state::queue_chosen(subscription& s, const run& r, const encoded_run& e, bool owed) {
  std::size_t begin = 0, end = 0;
  for (std::size_t i = 0; i < r.items().size(); ++i) {
    const auto& item = r.items()[i];
    const bool own = item.from && *item.from == s.who.session;
    const bool is_due = item.seq == 0 ? !own : owed && item.seq >= s.next;
    const bool chosen =
        is_due && item.shown && is_for(*item.shown, s.who) && (!own || e.framing->echoes(item.shown->name));
    if (!chosen) continue;
    if (e.offsets[i] != end) {
      queue_slice(s.who, e, begin, end);
      begin = e.offsets[i];
    }
    end = e.offsets[i + 1];
  }
  queue_slice(s.who, e, begin, end);
}

void hub::state::queue_slice(member& m, const encoded_run& e, std::size_t begin, std::size_t end) {
  if (begin < end) m.line->write(e.blob, begin, end - begin);
}

void hub::state::deliver_directed(const publication_ptr& p) {
  const auto& to = *domain::directed_to(std::get<domain::signal>(p->what));
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

// --- from outside ---

hub::hub(refill_source& log, limits bounds)
  : state_{std::make_shared<state>(log, bounds)} {}
hub::~hub() = default;

void hub::attach(std::shared_ptr<connection> c, session_id session, user_id user, bool returning) {
  const auto id = c->ref().id;
  auto& m = state_->members[id];
  PARLEY_ASSERT(!m);
  m = std::make_unique<state::member>();
  m->line = std::move(c);
  m->session = std::move(session);
  m->user = std::move(user);
  m->returning = returning;
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
  s->end = state::no_end;
  s->next = after + 1;
  // Of what is queued and perhaps not there yet nothing has arrived by being asked for again.
  s->arrived = std::min(s->arrived, after);
  s->at_ping = std::min(s->at_ping, after);
  state_->settle(*s);
}

void hub::unsubscribe(std::uint64_t connection_id, const stream_id& topic, version up_to) {
  auto* m = state_->find(connection_id);
  auto* s = m ? m->in(topic) : nullptr;
  if (s && !s->leaving) state_->say_farewell(*s, up_to);
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
    if (s->now == state::phase::full || s->now == state::phase::failed) state_->refill(*s);
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
  state::topic* at = nullptr;
  for (const auto& p : published) {
    const auto* signal = std::get_if<domain::signal>(&p->what);
    if (const auto* to = signal ? domain::directed_to(*signal) : nullptr) {
      if (state_->sessions.contains(*to)) state_->directed.push_back(p);
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
  state_->mark_all();
  return true;
}

void hub::retry_refills() {
  for (const auto& [id, m] : state_->members)
    for (const auto& s : m->places)
      if (s->now == state::phase::failed) state_->refill(*s);
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
