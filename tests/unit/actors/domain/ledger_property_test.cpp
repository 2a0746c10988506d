// Random transfers and holds, many with ids used before. A failure prints its seed; PARLEY_SEED=<n> runs that one.

#include "actors/domain/market/ledger.hpp"
#include "tests/support/given_when_then.hpp"

#include <cstdlib>
#include <random>

using namespace parley;
using namespace parley::test;
using domain::ledger;

namespace {

class chooser {
public:
  explicit chooser(std::uint64_t seed)
    : engine_{seed} {}
  std::uint64_t below(std::uint64_t n) { return engine_() % n; } // the engine is the same everywhere, distributions not
  account_name account() {
    const std::array all{domain::world, domain::fees, domain::wallet_of({"a"}), domain::wallet_of({"b"}),
                         domain::wallet_of({"c"})};
    return all[below(all.size())];
  }
  ledger::command command(time_point now) {
    const transfer_id id{"t" + std::to_string(below(60))};
    const auto reference = "booking:" + std::to_string(below(3));
    const ledger::terms terms{account(), account(), below(8) == 0 ? domain::amount_max : below(200), reference};
    const bool tells = below(2) == 0;
    std::optional<time_point> expires;
    if (below(2)) expires = now + std::chrono::seconds{below(20)};
    std::optional<std::uint64_t> part;
    if (below(3) == 0) part = below(100);
    switch (below(6)) {
    case 0:
    case 1: return ledger::transfer{id, "EUR", terms, tells};
    case 2: return ledger::hold{id, "EUR", terms, expires, tells};
    case 3: return ledger::post{id, reference, part, tells};
    case 4: return ledger::void_hold{id, reference, tells};
    default: return ledger::timer_fired{"hold:" + id.text};
    }
  }

private:
  std::mt19937_64 engine_;
};

/// Balances and holds once more, by nothing but the sums in the events.
struct plain_books {
  std::map<account_name, std::int64_t> balance, held;
  std::map<transfer_id, int> begun, ended;

  template <class Event>
  void move(const Event& e, std::uint64_t amount) {
    balance[e.debit] -= static_cast<std::int64_t>(amount);
    balance[e.credit] += static_cast<std::int64_t>(amount);
  }
  void operator()(const events::transferred& e) {
    ++begun[e.transfer];
    move(e, e.amount);
  }
  void operator()(const events::held& e) {
    ++begun[e.transfer];
    held[e.debit] += static_cast<std::int64_t>(e.amount);
  }
  void end(const auto& e, std::uint64_t all) {
    REQUIRE(++ended[e.transfer] == 1);
    held[e.debit] -= static_cast<std::int64_t>(all);
  }
  void operator()(const events::posted& e) {
    end(e, e.amount + e.released);
    move(e, e.amount);
  }
  void operator()(const events::voided& e) { end(e, e.amount); }
  void operator()(const events::hold_expired& e) { end(e, e.amount); }
  void operator()(const events::transfer_refused& e) {
    if (e.code != "conflict" && (e.step == "transfer" || e.step == "hold")) ++begun[e.transfer];
  }

  void agree_with(const ledger::state& s) const {
    std::int64_t sum = 0;
    for (const auto& [name, amount] : balance) {
      const auto at = s.accounts.find(name);
      const auto account = at == s.accounts.end() ? ledger::account{} : at->second;
      REQUIRE(account.balance == amount);
      const auto on_hold = held.find(name);
      REQUIRE(static_cast<std::int64_t>(account.outgoing) == (on_hold == held.end() ? 0 : on_hold->second));
      if (name != domain::world) REQUIRE(account.available() >= 0);
      sum += amount;
    }
    REQUIRE(sum == 0);
    for (const auto& [id, times] : begun) REQUIRE(times == 1);
  }
};

using claims = std::map<std::string, events::transfer_event>;

/// As the shell does: what the state does not know is read from the claim.
result<domain::decision<ledger::event>> ask(const ledger::state& s, ledger::command c, const claims& log,
                                            const domain::context& by) {
  if (const auto asked = ledger::asks_for(s, c))
    if (const auto known = log.find(asked->text); known != log.end()) ledger::tell(c, known->second);
  return ledger::decide(s, c, by);
}

events::transfer_event claimed(const stream_append& claim) {
  const auto content = nlohmann::json::parse(claim.events.front().data);
  return std::get<events::transfer_event>(
      decode("transfer", claim.events.front().type, 1, content, nlohmann::json::object()).value());
}

/// A fold of all events, and one that went through a snapshot half-way, are as the state that decided them.
void check_replay(const std::vector<std::pair<ledger::event, time_point>>& log, const ledger::state& live) {
  ledger::state all, half;
  for (std::size_t i = 0; i < log.size(); ++i) {
    ledger::evolve(all, log[i].first, log[i].second);
    ledger::evolve(half, log[i].first, log[i].second);
    if (i == log.size() / 2) half = ledger::restore(ledger::snapshot(half)).value();
  }
  REQUIRE(ledger::snapshot(all) == ledger::snapshot(live));
  REQUIRE(ledger::snapshot(half) == ledger::snapshot(live));
}

void run(std::uint64_t seed) {
  INFO("replay with PARLEY_SEED=" << seed);
  chooser choose{seed};
  ledger::state s;
  claims known;
  plain_books books;
  std::vector<std::pair<ledger::event, time_point>> log;
  auto now = noon;
  for (int step = 0; step < 400; ++step) {
    now += std::chrono::milliseconds{choose.below(2000)};
    const auto by = caller("op", "", now);
    const auto c = choose.command(now);
    const auto d = ask(s, c, known, by);
    if (!d) continue;
    for (const auto& claim : d->claims) REQUIRE(known.emplace(claim.stream.text, claimed(claim)).second);
    for (const auto& e : d->events) {
      ledger::evolve(s, e, now);
      std::visit(books, e);
      log.emplace_back(e, now);
    }
    books.agree_with(s);
    // A crash: the ledger comes back from its snapshot and has forgotten which ids it has seen.
    if (choose.below(20) == 0) s = ledger::restore(ledger::snapshot(s)).value();
    const auto again = ask(s, c, known, by);
    const bool moves = again && std::any_of(again->events.begin(), again->events.end(), [](const auto& e) {
                         return !std::holds_alternative<events::transfer_refused>(e);
                       });
    REQUIRE_FALSE(moves);
  }
  check_replay(log, s);
}

} // namespace

TEST_CASE("whatever is asked of a ledger: sums conserved, no overdraft, each id once, a replay is equal") {
  if (const char* one = std::getenv("PARLEY_SEED")) return run(std::strtoull(one, nullptr, 10));
  for (std::uint64_t seed = 1; seed <= 100; ++seed) run(seed);
}
