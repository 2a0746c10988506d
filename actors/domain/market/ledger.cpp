#include "actors/domain/market/ledger.hpp"

#include "actors/domain/text.hpp"
#include "events/codec.hpp"
#include "events/json_writer.hpp"

#include <algorithm>

namespace parley::domain {

namespace {

using decided = decision<ledger::event>;

constexpr std::string_view wallet_prefix = "wallet:", timer_prefix = "hold:";

bool is_account(std::string_view name) {
  if (name == world.text || name == fees.text || name == escrow.text) return true;
  return name.starts_with(wallet_prefix) && is_identifier(name.substr(wallet_prefix.size()), wallet_owner_bytes_max);
}

std::string timer_of(const transfer_id& id) { return std::string{timer_prefix} + id.text; }

ledger::account account_in(const ledger::state& s, const account_name& name) {
  const auto at = s.accounts.find(name);
  return at == s.accounts.end() ? ledger::account{} : at->second;
}

// --- what an id was used for ----------------------------------------------------------------------------------------

struct first_use {
  ledger::terms terms;
  std::string currency;
  bool was_held = false;
  std::string refused;
};

template <class Command>
std::optional<first_use> first_use_of(const ledger::state& s, const Command& c) {
  if (const auto at = s.holds.find(c.id); at != s.holds.end()) return first_use{at->second.terms, c.currency, true, {}};
  if (const auto* done = s.settled.find(c.id)) return first_use{done->terms, c.currency, done->was_held, done->refused};
  if (!c.earlier) return std::nullopt;
  const auto& e = *c.earlier;
  return first_use{{e.debit, e.credit, e.amount, e.reference}, e.currency, e.pending, e.refused};
}

template <class Command>
constexpr bool in_two_phases = std::is_same_v<Command, ledger::hold>;

template <class Command>
bool is_repeat(const first_use& first, const Command& c) {
  return first.terms == c.terms && first.currency == c.currency && first.was_held == in_two_phases<Command>;
}

template <class Command>
std::string_view step_of(const Command&) {
  if constexpr (std::is_same_v<Command, ledger::transfer>) return "transfer";
  if constexpr (std::is_same_v<Command, ledger::hold>) return "hold";
  if constexpr (std::is_same_v<Command, ledger::post>) return "post";
  if constexpr (std::is_same_v<Command, ledger::void_hold>) return "void";
}

template <class Command>
stream_append claim_of(const Command& c, std::string refused) {
  const auto& t = c.terms;
  return {make_stream("transfer", c.id.text),
          0,
          {encode(events::transfer_event{events::transfer_claimed{c.currency, in_two_phases<Command>, t.debit, t.credit,
                                                                  t.amount, t.reference, std::move(refused)}})}};
}

// --- refusing
// ---------------------------------------------------------------------------------------------------------

/// Told as an event or given back, as the command says. `terms`: what was asked for.
template <class Command>
result<decided> refuse(const Command& c, const ledger::terms& terms, error why) {
  if (!c.tells_refusal) return tl::make_unexpected(std::move(why));
  decided d;
  d.events.push_back(events::transfer_refused{c.id, std::string{step_of(c)}, terms.debit, terms.credit, terms.amount,
                                              terms.reference, std::string{describe(why.code).code}});
  return d;
}

// --- beginning
// --------------------------------------------------------------------------------------------------------

/// What no saga gets wrong: neither an event nor a claim could be made of it.
template <class Command>
result<void> check_names(const Command& c) {
  if (!is_identifier(c.id.text, transfer_id_bytes_max)) return fail(errc::invalid, "id is empty, too long or no text");
  if (!is_identifier(c.terms.reference, reference_bytes_max))
    return fail(errc::invalid, "reference is empty, too long or no text");
  if (!is_account(c.terms.debit.text) || !is_account(c.terms.credit.text))
    return fail(errc::invalid, "there can be no such account");
  return {};
}

/// What a saga asks for was agreed while its currency was in force, and must end; nothing else begins in another.
template <class Command>
result<void> check_currency(const Command& c) {
  if (!c.tells_refusal && !is_currency(c.currency)) return fail(errc::wrong_currency);
  return {};
}

result<void> check_funds(const ledger::state& s, const ledger::terms& t) {
  if (t.debit == t.credit) return fail(errc::invalid, "an account cannot pay itself");
  if (t.amount < 1 || t.amount > amount_max)
    return fail(errc::invalid, "the amount must be 1 to " + std::to_string(amount_max));
  const auto from = account_in(s, t.debit), to = account_in(s, t.credit);
  const auto left = from.available() - as_signed(t.amount);
  if (!may_overdraw(t.debit) && left < 0) return fail(errc::insufficient_funds);
  const auto incoming = as_signed(to.incoming) + as_signed(t.amount);
  if (left < -signed_balance_max || std::max(incoming, to.balance + incoming) > signed_balance_max)
    return fail(errc::conflict, "no account can hold that much");
  return {};
}

template <class Command>
result<void> check_hold(const ledger::state&, const Command&, time_point) {
  return {};
}
result<void> check_hold(const ledger::state& s, const ledger::hold& c, time_point now) {
  if (c.expires_at && *c.expires_at <= now) return fail(errc::invalid, "a hold must expire in the future");
  if (s.holds.size() >= holds_max) return fail(errc::conflict, "there are too many open holds");
  return {};
}

ledger::event begun(const ledger::transfer& c) {
  return events::transferred{c.id, c.terms.debit, c.terms.credit, c.terms.amount, c.terms.reference};
}
ledger::event begun(const ledger::hold& c) {
  return events::held{c.id, c.terms.debit, c.terms.credit, c.terms.amount, c.terms.reference, c.expires_at};
}

template <class Command>
result<decided> begin(const ledger::state& s, const Command& c, const context& by) {
  if (auto named = check_names(c); !named) return tl::make_unexpected(std::move(named.error()));
  if (const auto first = first_use_of(s, c)) {
    if (!is_repeat(*first, c)) return refuse(c, c.terms, {errc::conflict, "this id was used for another transfer", 0});
    if (!first->refused.empty() && !c.tells_refusal)
      return fail(errc::conflict, "this transfer was refused before: " + first->refused);
    return decided{};
  }
  auto possible = check_currency(c);
  if (possible) possible = check_funds(s, c.terms);
  if (possible) possible = check_hold(s, c, by.now);
  result<decided> d = decided{};
  if (possible)
    d->events.push_back(begun(c));
  else
    d = refuse(c, c.terms, possible.error());
  if (d) d->claims.push_back(claim_of(c, possible ? std::string{} : std::string{describe(possible.error().code).code}));
  return d;
}

result<decided> decide_one(const ledger::state& s, const ledger::transfer& c, const context& by) {
  return begin(s, c, by);
}

result<decided> decide_one(const ledger::state& s, const ledger::hold& c, const context& by) {
  auto d = begin(s, c, by);
  const bool stands = d && !d->events.empty() && std::holds_alternative<events::held>(d->events.front());
  if (stands && c.expires_at) d->timers.push_back({true, {*c.expires_at, {}, timer_of(c.id)}});
  return d;
}

// --- settling a hold
// --------------------------------------------------------------------------------------------------

void end_timer(decided& d, const transfer_id& id, const ledger::open_hold& h) {
  if (h.expires_at) d.timers.push_back({false, {*h.expires_at, {}, timer_of(id)}});
}

bool is_over(const ledger::open_hold& h, time_point now) { return h.expires_at && *h.expires_at <= now; }

decided expire(const transfer_id& id, const ledger::open_hold& h) {
  decided d;
  d.events.push_back(events::hold_expired{id, h.terms.debit, h.terms.credit, h.terms.amount, h.terms.reference});
  end_timer(d, id, h);
  return d;
}

/// The hold is not open. Nothing is told once more of one that ended so long ago that only its claim is left.
template <class Command>
result<decided> settled_before(const ledger::state& s, const Command& c, bool as_asked) {
  if (as_asked) return decided{};
  const auto* done = s.settled.find(c.id);
  if (!done && c.earlier) return fail(errc::hold_settled);
  return refuse(c, done ? done->terms : ledger::terms{{}, {}, 0, c.reference},
                {done ? errc::hold_settled : errc::not_found, done ? "" : "there is no such hold", 0});
}

constexpr auto another_reference = "the hold is for something else";

result<decided> decide_one(const ledger::state& s, const ledger::post& c, const context& by) {
  const auto at = s.holds.find(c.id);
  if (at == s.holds.end()) {
    const auto* done = s.settled.find(c.id);
    return settled_before(s, c,
                          done && done->was_held && done->status == "posted" && done->terms.reference == c.reference &&
                              c.amount.value_or(done->posted) == done->posted);
  }
  const auto& h = at->second;
  const auto& t = h.terms;
  if (t.reference != c.reference) return refuse(c, {{}, {}, 0, c.reference}, {errc::conflict, another_reference, 0});
  if (is_over(h, by.now)) {
    auto d = expire(c.id, h);
    if (auto refused = refuse(c, t, {errc::hold_settled, "the hold has expired", 0}); refused)
      d.events.push_back(std::move(refused->events.front()));
    else
      d.refused_with = std::move(refused.error());
    return d;
  }
  const auto amount = c.amount.value_or(t.amount);
  if (amount < 1 || amount > t.amount) return refuse(c, t, {errc::invalid, "the amount must be 1 to what is held", 0});
  decided d;
  d.events.push_back(events::posted{c.id, t.debit, t.credit, amount, t.amount - amount, t.reference});
  end_timer(d, c.id, h);
  return d;
}

result<decided> decide_one(const ledger::state& s, const ledger::void_hold& c, const context& by) {
  const auto at = s.holds.find(c.id);
  if (at == s.holds.end()) {
    const auto* done = s.settled.find(c.id);
    return settled_before(
        s, c, done && (done->status == "voided" || done->status == "expired") && done->terms.reference == c.reference);
  }
  const auto& h = at->second;
  const auto& t = h.terms;
  if (t.reference != c.reference) return refuse(c, {{}, {}, 0, c.reference}, {errc::conflict, another_reference, 0});
  if (is_over(h, by.now)) return expire(c.id, h);
  decided d;
  d.events.push_back(events::voided{c.id, t.debit, t.credit, t.amount, t.reference});
  end_timer(d, c.id, h);
  return d;
}

result<decided> decide_one(const ledger::state& s, const ledger::timer_fired& c, const context& by) {
  if (!c.what.starts_with(timer_prefix)) return decided{};
  const auto at = s.holds.find(transfer_id{c.what.substr(timer_prefix.size())});
  if (at == s.holds.end() || !is_over(at->second, by.now)) return decided{};
  return expire(at->first, at->second);
}

// --- answers
// ----------------------------------------------------------------------------------------------------------

struct outcome {
  std::string_view status, code;
  std::uint64_t posted = 0;
};

outcome outcome_of(const ledger::state& s, const transfer_id& id, const ledger::claim& earlier) {
  if (s.holds.contains(id)) return {"pending", {}, 0};
  if (const auto* done = s.settled.find(id)) return {done->status, done->refused, done->posted};
  if (earlier && !earlier->refused.empty()) return {"refused", earlier->refused, 0};
  return {earlier && earlier->pending ? "settled" : "posted", {}, earlier && !earlier->pending ? earlier->amount : 0};
}

struct answer_writer {
  json_writer& out;
  const ledger::state& s;

  template <class Command>
  requires requires(const Command& c) { c.terms; }
  void operator()(const Command& c) const {
    const auto first = first_use_of(s, c);
    const auto came = first && !is_repeat(*first, c) ? outcome{"refused", describe(errc::conflict).code, 0}
                                                     : outcome_of(s, c.id, c.earlier);
    out.field("id", c.id.text).field("currency", c.currency).field("debit", c.terms.debit.text);
    out.field("credit", c.terms.credit.text).field("amountMinor", c.terms.amount).field("reference", c.terms.reference);
    out.field("status", came.status);
    if (!came.code.empty()) out.field("code", came.code);
  }
  template <class Command>
  requires requires(const Command& c) { c.reference; }
  void operator()(const Command& c) const {
    const auto came = outcome_of(s, c.id, c.earlier);
    out.field("id", c.id.text).field("status", came.status).field("amountMinor", came.posted);
  }
  void operator()(const ledger::timer_fired&) const {}
};

} // namespace

account_name wallet_of(const user_id& user) { return {std::string{wallet_prefix} + user.text}; }
stream_id ledger_of(std::string_view currency) { return make_stream(ledger::family, currency); }

std::optional<stream_id> ledger::asks_for(const state& s, const command& c) {
  return std::visit(
      [&](const auto& one) -> std::optional<stream_id> {
        if constexpr (requires { one.earlier; })
          if (!s.holds.contains(one.id) && !s.settled.find(one.id)) return make_stream("transfer", one.id.text);
        return std::nullopt;
      },
      c);
}

void ledger::tell(command& c, const parley::event& first) {
  const auto& claimed = std::get<events::transfer_claimed>(std::get<events::transfer_event>(first));
  std::visit(
      [&](auto& one) {
        if constexpr (requires { one.earlier; }) one.earlier = claimed;
      },
      c);
}

result<decision<ledger::event>> ledger::decide(const state& s, const command& c, const context& by) {
  return std::visit([&](const auto& one) { return decide_one(s, one, by); }, c);
}

std::string ledger::reply(const state& after, const command& c, const context&, version) {
  std::string text;
  json_writer out{text};
  out.begin_object();
  std::visit(answer_writer{out, after}, c);
  out.end_object();
  return text;
}

} // namespace parley::domain
