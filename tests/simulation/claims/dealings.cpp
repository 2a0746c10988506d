#include "tests/simulation/claims/dealings.hpp"

#include <fmt/format.h>

namespace parley::simulation {
namespace {

/// Nobody else can have that time.
bool holds(const events::booking& b) { return b.status == "requested" || b.status == "confirmed"; }

bool may_become(std::string_view was, std::string_view status) {
  using steps = std::set<std::string_view>;
  static const std::map<std::string_view, steps> machine{
      {"requested", {"confirmed", "declined", "expired", "cancelled", "requested"}},
      {"confirmed", {"completed", "no-show", "cancelled", "requested"}}};
  const auto from = machine.find(was);
  return from != machine.end() && from->second.contains(status);
}

} // namespace

void dealings::take(const record& r, const event& content) {
  at_ = r.position;
  version_ = r.version;
  key_ = r.stream.key();
  const auto read = books_.take(r);
  verdict_.check("the books add up", read && books_.findings().empty(), [&] {
    return read ? fmt::format("position {}: {}", books_.findings().front().at, books_.findings().front().what)
                : std::string{text_of(read.error())};
  });
  if (const auto* said = std::get_if<events::conversation_event>(&content)) see(*said);
  if (const auto* told = std::get_if<events::inbox_event>(&content)) see(*told);
  if (const auto* sold = std::get_if<events::listing_event>(&content)) see(*sold);
  if (const auto* booked = std::get_if<events::calendar_event>(&content)) see(*booked);
  if (const auto* moved = std::get_if<events::ledger_event>(&content)) see(*moved);
}

// --- messages and calls ---------------------------------------------------------------------------------------------

void dealings::see(const events::conversation_event& event) {
  auto& c = chats_[{key_}];
  const auto where = [&] { return fmt::format("conversation {} at position {}", key_, at_); };
  if (const auto* said = std::get_if<events::direct_message_sent>(&event)) {
    verdict_.check("nobody who is blocked is heard", c.blocked_by.empty(), where);
    c.messages.emplace(version_, sent_message{*said, {}});
  } else if (const auto* by = std::get_if<events::blocked>(&event)) {
    c.blocked_by.insert(by->by);
  } else if (const auto* again = std::get_if<events::unblocked>(&event)) {
    c.blocked_by.erase(again->by);
  } else if (const auto* began = std::get_if<events::call_started>(&event)) {
    verdict_.check("two people have one call", !c.call, where);
    verdict_.check("nobody who is blocked is heard", c.blocked_by.empty(), where);
    c.call = began->call;
    c.calls.emplace(began->call, false);
  } else if (const auto* taken = std::get_if<events::call_accepted>(&event)) {
    verdict_.check("a call is answered while it lasts", c.call == taken->call, where);
  } else if (const auto* over = std::get_if<events::call_ended>(&event)) {
    const auto call = c.calls.find(over->call);
    verdict_.check("a call ends once", call != c.calls.end() && !std::exchange(call->second, true), where);
    c.call.reset();
  }
}

void dealings::see(const events::inbox_event& event) {
  auto& in = inboxes_[{key_}];
  const auto where = [&] { return fmt::format("inbox {} at position {}", key_, at_); };
  if (const auto* delivered = std::get_if<events::message_delivered>(&event)) return deliver(*delivered);
  if (const auto* told = std::get_if<events::notified>(&event)) {
    verdict_.check("a notification comes once", in.notifications.insert(told->notification).second, where);
  } else if (const auto* call = std::get_if<events::engaged>(&event)) {
    verdict_.check("nobody is in two calls", !in.engaged || in.engaged == call->call, where);
    in.engaged = call->call;
  } else if (const auto* free = std::get_if<events::disengaged>(&event)) {
    if (in.engaged == free->call) in.engaged.reset();
  }
}

void dealings::deliver(const events::message_delivered& e) {
  const user_id owner{key_};
  const auto where = [&] {
    return fmt::format("{} of {} to {} at position {}", e.seq, e.conversation.text, key_, at_);
  };
  auto& of = chats_[e.conversation].messages;
  const auto said = of.find(e.seq);
  const bool as_said = said != of.end() && said->second.said.text == e.text && said->second.said.user == e.user &&
                       (owner == e.user || owner == said->second.said.to);
  verdict_.check("a direct message arrives as it was said", as_said, where);
  verdict_.check("a direct message arrives once", !as_said || said->second.delivered.insert(owner).second, where);
  auto& last = inboxes_[owner].last[e.conversation];
  verdict_.check("direct messages arrive in their order", e.seq > last, where);
  last = e.seq;
}

// --- the market -----------------------------------------------------------------------------------------------------

void dealings::see(const events::listing_event& event) {
  auto& s = stalls_[key_];
  const auto where = [&] { return fmt::format("listing {} at position {}", key_, at_); };
  if (const auto* created = std::get_if<events::listing_created>(&event)) {
    s.stock = created->stock;
  } else if (const auto* changed = std::get_if<events::listing_changed>(&event)) {
    s.stock = changed->stock.value_or(s.stock);
  } else if (const auto* wanted = std::get_if<events::purchase_requested>(&event)) {
    verdict_.check("nothing is sold that is not there", s.stock >= wanted->quantity, where);
    verdict_.check("a purchase is asked for once",
                   !s.ended.contains(wanted->purchase) && s.open.emplace(wanted->purchase, *wanted).second, where);
    s.stock -= std::min(s.stock, wanted->quantity);
  } else if (const auto* paid = std::get_if<events::purchase_completed>(&event)) {
    end_purchase(paid->purchase, true);
  } else if (const auto* failed = std::get_if<events::purchase_failed>(&event)) {
    s.stock += failed->quantity;
    end_purchase(failed->purchase, false);
  }
}

void dealings::end_purchase(const purchase_id& id, bool paid) {
  auto& s = stalls_[key_];
  verdict_.check("a purchase ends once", s.open.erase(id) == 1 && s.ended.insert(id).second,
                 [&] { return fmt::format("{} at position {}", id.text, at_); });
  verdict_.check("what is bought is paid, and only that", transferred_.contains("purchase:" + id.text) == paid,
                 [&] { return fmt::format("{} at position {}", id.text, at_); });
}

void dealings::see(const events::ledger_event& event) {
  if (const auto* moved = std::get_if<events::transferred>(&event)) transferred_.insert(moved->transfer.text);
}

// --- bookings -------------------------------------------------------------------------------------------------------

void dealings::see(const events::calendar_event& event) {
  const auto where = [&] { return fmt::format("calendar {} at position {}", key_, at_); };
  if (const auto* wanted = std::get_if<events::booking_requested>(&event)) {
    verdict_.check("a booking is asked for once", !bookings_.contains(wanted->id), where);
    stands(*wanted);
  } else if (const auto* changed = std::get_if<events::booking_changed>(&event)) {
    const auto b = bookings_.find(changed->id);
    verdict_.check(
        "a booking takes the steps there are",
        b != bookings_.end() && b->second.status == changed->was && may_become(changed->was, changed->status), where);
    stands(*changed);
  } else if (const auto* moved = std::get_if<events::booking_rescheduled>(&event)) {
    stands(*moved);
  } else if (const auto* settled = std::get_if<events::booking_settled>(&event)) {
    stands(*settled);
  } else if (const auto* review = std::get_if<events::review_written>(&event)) {
    const auto b = bookings_.find(review->booking);
    const bool may = b != bookings_.end() && b->second.status == "completed" && b->second.customer == review->customer;
    verdict_.check("a completed booking has one review", may && reviewed_.insert(review->booking).second, where);
  }
}

void dealings::stands(const events::booking& b) {
  auto& taken = taken_[b.provider];
  if (const auto was = bookings_.find(b.id); was != bookings_.end() && holds(was->second))
    taken.erase(was->second.starts_at);
  bookings_[b.id] = b;
  if (!holds(b)) return;
  const auto next = taken.lower_bound(b.starts_at);
  const bool before_next = next == taken.end() || next->first >= b.ends_at;
  const bool after_last = next == taken.begin() || bookings_.at(std::prev(next)->second).ends_at <= b.starts_at;
  verdict_.check("bookings of a provider do not overlap", before_next && after_last,
                 [&] { return fmt::format("{} at position {}", b.id.text, at_); });
  taken.emplace(b.starts_at, b.id);
}

const events::booking* dealings::a_booking(std::size_t which, std::string_view status) const {
  std::vector<const events::booking*> those;
  for (const auto& [id, b] : bookings_)
    if (status.empty() || b.status == status) those.push_back(&b);
  return those.empty() ? nullptr : those[which % those.size()];
}

// --- the end --------------------------------------------------------------------------------------------------------

void dealings::check_at_rest() {
  for (const auto& [id, c] : chats_)
    for (const auto& [seq, m] : c.messages)
      verdict_.check("a direct message arrives at both", m.delivered.size() == 2, [&, &id = id, &seq = seq, &m = m] {
        return fmt::format("{} of {} was delivered to {}", seq, id.text, m.delivered.size());
      });
  for (const auto& [id, s] : stalls_)
    verdict_.check("every purchase ends", s.open.empty(),
                   [&, &s = s] { return fmt::format("{} does not", s.open.begin()->first.text); });
  std::size_t held = 0;
  for (const auto& [id, b] : bookings_) {
    const bool open = holds(b);
    verdict_.check("every booking is settled", b.payment != "pending" && (open || b.payment != "held"),
                   [&, &b = b] { return fmt::format("{} is {} and {}", b.id.text, b.status, b.payment); });
    if (b.payment == "held") ++held;
  }
  verdict_.check("what is on hold is for a booking", books_.open_holds() == held,
                 [&] { return fmt::format("{} holds, {} bookings have one", books_.open_holds(), held); });
}

void dealings::check_calls_are_over() {
  for (const auto& [id, c] : chats_)
    verdict_.check("every call ends", !c.call, [&, &id = id] { return fmt::format("one of {} does not", id.text); });
  for (const auto& [who, in] : inboxes_)
    verdict_.check("nobody is busy with a call that is over", !in.engaged,
                   [&, &who = who, &in = in] { return fmt::format("{} with {}", who.text, in.engaged->text); });
}

} // namespace parley::simulation
