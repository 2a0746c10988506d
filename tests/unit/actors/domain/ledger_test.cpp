#include "actors/domain/market/ledger.hpp"
#include "tests/support/given_when_then.hpp"

using namespace parley;
using namespace parley::test;
using namespace std::chrono_literals;
using domain::ledger;

namespace {

const account_name ann = domain::wallet_of({"ann"}), bob = domain::wallet_of({"bob"});
const auto teller = caller("operator");

ledger::terms terms(const account_name& from, const account_name& to, std::uint64_t amount, std::string reference) {
  return {from, to, amount, std::move(reference)};
}
const ledger::terms deposit = terms(domain::world, ann, 1000, "deposit:d1");
const ledger::terms booking = terms(ann, bob, 600, "booking:b1");

ledger::transfer move(const ledger::terms& t, std::string id = "t1") { return {{std::move(id)}, "EUR", t}; }
ledger::hold hold(const ledger::terms& t, std::string id = "h1") { return {{std::move(id)}, "EUR", t}; }
ledger::post post(std::optional<std::uint64_t> amount = {}) { return {{"h1"}, "booking:b1", amount}; }
const ledger::void_hold void_it{{"h1"}, "booking:b1"};

template <class Command>
Command telling(Command c) {
  c.tells_refusal = true;
  return c;
}
/// As the shell asks it: with what the claim on the id says.
template <class Command>
Command knowing(Command c, events::transfer_claimed claim) {
  c.earlier = std::move(claim);
  return c;
}

const events::transferred deposited{{"d1"}, domain::world, ann, 1000, "deposit:d1"};
const events::held ann_held{{"h1"}, ann, bob, 600, "booking:b1", {}};
const events::held held_till{{"h1"}, ann, bob, 600, "booking:b1", noon + 1h};
const events::posted all_posted{{"h1"}, ann, bob, 600, 0, "booking:b1"};
const events::voided ann_voided{{"h1"}, ann, bob, 600, "booking:b1"};
const events::hold_expired ann_expired{{"h1"}, ann, bob, 600, "booking:b1"};

events::transfer_refused refused(std::string step, const ledger::terms& t, std::string code, std::string id) {
  return {{std::move(id)}, std::move(step), t.debit, t.credit, t.amount, t.reference, std::move(code)};
}

ledger::account account(const ledger::state& s, const account_name& name) {
  const auto at = s.accounts.find(name);
  return at == s.accounts.end() ? ledger::account{} : at->second;
}

} // namespace

TEST_CASE("a deposit comes from the world, whose balance is what everybody else has, below zero") {
  const auto o = given<ledger>({}).when(move(deposit, "d1"), teller).then({deposited});
  CHECK(account(o.after(), ann).balance == 1000);
  CHECK(account(o.after(), domain::world).balance == -1000);
  o.answers(R"({"id":"d1","currency":"EUR","debit":"world","credit":"wallet:ann","amountMinor":1000,)"
            R"("reference":"deposit:d1","status":"posted"})");
}

TEST_CASE("a transfer claims its id in the same commit") {
  const auto o = given<ledger>({}).when(move(deposit, "d1"), teller);
  REQUIRE(o.decision().claims.size() == 1);
  const auto& claim = o.decision().claims.front();
  CHECK(claim.stream.text == "transfer/d1");
  CHECK(claim.expected == 0);
  CHECK(claim.events.front().data ==
        R"({"currency":"EUR","pending":false,"debit":"world","credit":"wallet:ann","amountMinor":1000,)"
        R"("reference":"deposit:d1","refused":""})");
}

TEST_CASE(
    "the same transfer again changes nothing and is answered as the first time; another under its id is refused") {
  const auto g = given<ledger>({deposited});
  const auto first = given<ledger>({}).when(move(deposit, "d1"), teller);
  g.when(move(deposit, "d1"), teller).nothing().answers(first.reply());
  auto other = deposit;
  other.amount = 1001;
  g.when(move(other, "d1"), teller).refused(errc::conflict);
  g.when(hold(deposit, "d1"), teller).refused(errc::conflict);
  other = deposit;
  other.reference = "deposit:d2";
  g.when(move(other, "d1"), teller).refused(errc::conflict);
}

TEST_CASE("what an id was used for is found in its claim when the ledger has forgotten it") {
  const auto g = given<ledger>({deposited});
  const auto c = move(booking, "old");
  CHECK(ledger::asks_for(g.state(), c)->text == "transfer/old");
  CHECK_FALSE(ledger::asks_for(g.state(), move(deposit, "d1")).has_value());
  const events::transfer_claimed claim{"EUR", false, ann, bob, 600, "booking:b1", ""};
  g.when(knowing(c, claim), teller).nothing();
  auto other = claim;
  other.amount = 599;
  g.when(knowing(c, other), teller).refused(errc::conflict);
  other = claim;
  other.currency = "USD";
  g.when(knowing(c, other), teller).refused(errc::conflict);
  other = claim;
  other.refused = "insufficient_funds";
  g.when(knowing(c, other), teller).refused(errc::conflict);
  g.when(knowing(telling(c), other), teller).nothing();
  ledger::command told = c;
  ledger::tell(told, events::transfer_event{claim});
  CHECK(std::get<ledger::transfer>(told).earlier == claim);
}

TEST_CASE("no wallet falls below zero, nor do fees and escrow") {
  const auto g = given<ledger>({deposited});
  g.when(move(terms(ann, bob, 1001, "x")), teller).refused(errc::insufficient_funds);
  g.when(move(terms(bob, ann, 1, "x")), teller).refused(errc::insufficient_funds);
  g.when(move(terms(domain::fees, ann, 1, "x")), teller).refused(errc::insufficient_funds);
  g.when(move(terms(domain::escrow, ann, 1, "x")), teller).refused(errc::insufficient_funds);
  const auto o = g.when(move(terms(ann, bob, 1000, "x")), teller);
  CHECK(account(o.after(), bob).balance == 1000);
  CHECK_FALSE(o.after().accounts.contains(ann)); // an empty account takes no memory
}

TEST_CASE("a transfer out of bounds is refused") {
  const auto g = given<ledger>({deposited});
  g.when(move(terms(ann, ann, 1, "x")), teller).refused(errc::invalid);
  g.when(move(terms(ann, bob, 0, "x")), teller).refused(errc::invalid);
  g.when(move(terms(domain::world, bob, domain::amount_max + 1, "x")), teller).refused(errc::invalid);
  g.when(move(terms(ann, bob, std::uint64_t(-1), "x")), teller).refused(errc::invalid);
  g.when(move(terms(ann, {"bob"}, 1, "x")), teller).refused(errc::invalid);
  g.when(move(terms({"wallet:"}, bob, 1, "x")), teller).refused(errc::invalid);
  g.when(move(terms(ann, bob, 1, "")), teller).refused(errc::invalid);
  g.when(move(terms(ann, bob, 1, "x"), ""), teller).refused(errc::invalid);
  g.when(move(terms(ann, bob, 1, "x"), std::string(129, 'x')), teller).refused(errc::invalid);
  auto c = move(terms(ann, bob, 1, "x"));
  for (const auto* currency : {"", "eur", "EURO", "XXX"}) {
    c.currency = currency;
    g.when(c, teller).refused(errc::wrong_currency);
  }
}

TEST_CASE("no account comes to hold more than can be told exactly, what is held for it included") {
  ledger::state s;
  const auto full = static_cast<std::int64_t>(domain::balance_max);
  s.accounts[bob] = {full - 10, 0, 8};
  s.accounts[ann] = {100, 8, 0};
  CHECK(ledger::decide(s, move(terms(ann, bob, 2, "x")), teller).has_value());
  CHECK(ledger::decide(s, move(terms(ann, bob, 3, "x")), teller).error().code == errc::conflict);
  CHECK(ledger::decide(s, hold(terms(ann, bob, 3, "x")), teller).error().code == errc::conflict);
  s.accounts[domain::world] = {-full + 1, 0, 0};
  CHECK(ledger::decide(s, move(terms(domain::world, ann, 2, "x")), teller).error().code == errc::conflict);
  s.accounts[domain::world] = {-full, 0, domain::balance_max - 1}; // far below zero, it still is owed only so much
  CHECK(ledger::decide(s, hold(terms(ann, domain::world, 1, "x")), teller).has_value());
  CHECK(ledger::decide(s, hold(terms(ann, domain::world, 2, "x")), teller).error().code == errc::conflict);
}

TEST_CASE("what is held is neither the one's to spend nor the other's yet") {
  const auto o = given<ledger>({deposited}).when(hold(booking), teller).then({ann_held}).timers(0);
  CHECK(account(o.after(), ann).available() == 400);
  CHECK(account(o.after(), ann).balance == 1000);
  CHECK(account(o.after(), bob).available() == 0);
  const auto g = given<ledger>({deposited, ann_held});
  g.when(move(terms(ann, bob, 401, "x")), teller).refused(errc::insufficient_funds);
  g.when(move(terms(bob, ann, 1, "x")), teller).refused(errc::insufficient_funds);
  g.when(hold(terms(ann, bob, 401, "x"), "h2"), teller).refused(errc::insufficient_funds);
  g.when(hold(booking), teller)
      .nothing()
      .answers(R"({"id":"h1","currency":"EUR","debit":"wallet:ann","credit":"wallet:bob","amountMinor":600,)"
               R"("reference":"booking:b1","status":"pending"})");
}

TEST_CASE("a hold is posted whole, or a part of it while the rest is released") {
  const auto g = given<ledger>({deposited, ann_held});
  const auto whole = g.when(post(), teller).then({all_posted});
  CHECK(account(whole.after(), bob).balance == 600);
  const auto part = g.when(post(250), teller).then({events::posted{{"h1"}, ann, bob, 250, 350, "booking:b1"}});
  part.answers(R"({"id":"h1","status":"posted","amountMinor":250})");
  CHECK(account(part.after(), ann).available() == 750);
  CHECK(account(part.after(), bob).balance == 250);
  CHECK(part.after().holds.empty());
  g.when(post(0), teller).refused(errc::invalid);
  g.when(post(601), teller).refused(errc::invalid);
}

TEST_CASE("a hold ends once: the same end again changes nothing, another is refused") {
  const auto was_posted = given<ledger>({deposited, ann_held, all_posted});
  was_posted.when(post(), teller).nothing();
  was_posted.when(post(600), teller).nothing().answers(R"({"id":"h1","status":"posted","amountMinor":600})");
  was_posted.when(post(599), teller).refused(errc::hold_settled);
  was_posted.when(void_it, teller).refused(errc::hold_settled);
  was_posted.when(hold(booking), teller).nothing();
  const auto was_voided = given<ledger>({deposited, ann_held, ann_voided});
  was_voided.when(void_it, teller).nothing();
  was_voided.when(post(), teller).refused(errc::hold_settled);
  const auto expired = given<ledger>({deposited, ann_held, ann_expired});
  expired.when(void_it, teller).nothing();
  expired.when(post(), teller).refused(errc::hold_settled);
  given<ledger>({deposited}).when(post(), teller).refused(errc::not_found);
  given<ledger>({deposited}).when(void_it, teller).refused(errc::not_found);
}

TEST_CASE("nobody settles a hold that is for something else") {
  const auto g = given<ledger>({deposited, ann_held});
  const ledger::post posting{{"h1"}, "booking:b2"};
  const ledger::void_hold voiding{{"h1"}, "booking:b2"};
  g.when(posting, teller).refused(errc::conflict);
  g.when(voiding, teller).refused(errc::conflict);
  g.when(telling(voiding), teller).then({refused("void", terms({}, {}, 0, "booking:b2"), "conflict", "h1")});
}

TEST_CASE("a voided hold leaves everything as it was") {
  const auto g = given<ledger>({deposited});
  const auto o = given<ledger>({deposited, ann_held}).when(void_it, teller).then({ann_voided});
  CHECK(ledger::snapshot(o.after()) == ledger::snapshot(g.state()));
}

TEST_CASE("a hold expires by its timer, which goes when it ends otherwise") {
  auto c = hold(booking);
  c.expires_at = noon + 1h;
  given<ledger>({deposited}).when(c, teller).then({held_till}).sets(noon + 1h, "hold:h1");
  const auto g = given<ledger>({deposited, held_till});
  g.when(post(), teller).then({all_posted}).cancels(noon + 1h, "hold:h1");
  g.when(void_it, teller).then({ann_voided}).cancels(noon + 1h, "hold:h1");
  const ledger::timer_fired fired{"hold:h1"};
  g.when(fired, caller("", "", noon + 1h)).then({ann_expired}).cancels(noon + 1h, "hold:h1");
  g.when(fired, caller("", "", noon + 59min)).nothing();
  g.when(ledger::timer_fired{"hold:h2"}, caller("", "", noon + 1h)).nothing();
  g.when(ledger::timer_fired{"else"}, caller("", "", noon + 1h)).nothing();
  given<ledger>({deposited, ann_held}).when(fired, caller("", "", noon + 100h)).nothing();
  c.expires_at = noon;
  given<ledger>({deposited}).when(c, teller).refused(errc::invalid);
}

TEST_CASE("a hold that is over cannot be posted although its timer is late") {
  const auto g = given<ledger>({deposited, held_till});
  const auto late = caller("", "", noon + 2h);
  g.when(post(), late).then({ann_expired}).and_refused(errc::hold_settled);
  g.when(telling(post()), late).then({ann_expired, refused("post", booking, "hold_settled", "h1")});
  g.when(void_it, late).then({ann_expired});
}

TEST_CASE("a saga reads a refusal in the log, and what was refused to it cannot happen later") {
  const auto broke = refused("transfer", booking, "insufficient_funds", "t1");
  const auto o = given<ledger>({}).when(telling(move(booking)), teller).then({broke});
  o.answers(R"({"id":"t1","currency":"EUR","debit":"wallet:ann","credit":"wallet:bob","amountMinor":600,)"
            R"("reference":"booking:b1","status":"refused","code":"insufficient_funds"})");
  REQUIRE(o.decision().claims.size() == 1);
  CHECK(o.decision().claims.front().events.front().data.ends_with(R"("refused":"insufficient_funds"})"));
  const auto rich = given<ledger>({broke, deposited});
  rich.when(telling(move(booking)), teller).nothing().answers(o.reply());
  rich.when(move(booking), teller).refused(errc::conflict);
  rich.when(telling(hold(booking, "t1")), teller).then({refused("hold", booking, "conflict", "t1")});
  given<ledger>({}).when(telling(hold(booking)), teller).then({refused("hold", booking, "insufficient_funds", "h1")});
}

TEST_CASE("what was agreed in a currency that went out of force since is carried out; nothing else begins in it") {
  const auto in_marks = [](auto c) {
    c.currency = "DEM";
    return c;
  };
  const auto g = given<ledger>({deposited});
  g.when(in_marks(telling(move(booking))), teller)
      .then({events::transferred{{"t1"}, ann, bob, 600, "booking:b1"}})
      .answers(R"({"id":"t1","currency":"DEM","debit":"wallet:ann","credit":"wallet:bob","amountMinor":600,)"
               R"("reference":"booking:b1","status":"posted"})");
  g.when(in_marks(telling(hold(booking))), teller).then({ann_held});
  given<ledger>({})
      .when(in_marks(telling(move(booking))), teller)
      .then({refused("transfer", booking, "insufficient_funds", "t1")});
  given<ledger>({deposited, ann_held}).when(post(), teller).then({all_posted});
  given<ledger>({deposited, ann_held}).when(void_it, teller).then({ann_voided});
  g.when(in_marks(move(terms(domain::world, ann, 5, "deposit:d2"), "d2")), teller).refused(errc::wrong_currency);
  g.when(in_marks(hold(booking)), teller).refused(errc::wrong_currency);
  g.when(in_marks(move(deposit, "d1")), teller).nothing(); // made before: answered as then
}

TEST_CASE("a step on somebody else's id is refused, and leaves the other's alone") {
  const auto g = given<ledger>({deposited, events::transferred{{"t1"}, ann, bob, 5, "purchase:p"}});
  const auto o = g.when(telling(move(booking)), teller).then({refused("transfer", booking, "conflict", "t1")});
  CHECK(o.decision().claims.empty());
  CHECK(o.reply().ends_with(R"("status":"refused","code":"conflict"})"));
  given<ledger>({deposited, events::transferred{{"t1"}, ann, bob, 5, "purchase:p"},
                 refused("transfer", booking, "conflict", "t1")})
      .when(move(terms(ann, bob, 5, "purchase:p")), teller)
      .nothing();
}

TEST_CASE("a saga is told of a hold that was never there, and not again of one that ended long ago") {
  const auto g = given<ledger>({deposited});
  g.when(telling(post()), teller).then({refused("post", terms({}, {}, 0, "booking:b1"), "not_found", "h1")});
  const events::transfer_claimed claim{"EUR", true, ann, bob, 600, "booking:b1", ""};
  g.when(knowing(telling(post()), claim), teller).refused(errc::hold_settled);
  g.when(knowing(telling(void_it), claim), teller).refused(errc::hold_settled);
  g.when(knowing(hold(booking), claim), teller).nothing();
  const auto ended = given<ledger>({deposited, ann_held, ann_voided});
  ended.when(telling(post()), teller).then({refused("post", booking, "hold_settled", "h1")});
}

TEST_CASE("there are no more open holds than the ledger can keep in memory") {
  auto s = given<ledger>({deposited}).state();
  for (std::size_t i = 0; i < domain::holds_max; ++i) s.holds[{"x" + std::to_string(i)}] = {};
  CHECK(ledger::decide(s, hold(booking), teller).error().code == errc::conflict);
  CHECK(ledger::decide(s, move(booking), teller).has_value());
}

TEST_CASE("ids that ended are remembered up to a bound") {
  ledger::state s;
  for (std::size_t i = 0; i < domain::settled_max + 10; ++i)
    ledger::evolve(s, events::transferred{{std::to_string(i)}, domain::world, ann, 1, "deposit:x"}, noon);
  CHECK(s.settled.size() == domain::settled_max);
  CHECK_FALSE(s.settled.find({"9"}));
  CHECK(s.settled.find({"10"}));
}

TEST_CASE("a snapshot of the books that does not add up, or is damaged, is corrupt") {
  const auto s = given<ledger>({deposited, held_till}).state();
  check_damage<ledger>(s);
  const auto books = [](std::string_view accounts, std::string_view holds) {
    return ledger::restore(R"({"accounts":[)" + std::string{accounts} + R"(],"holds":[)" + std::string{holds} + "]}");
  };
  CHECK(books(R"({"key":"wallet:a","balance":5},{"key":"world","balance":-5})", "").has_value());
  CHECK(books(R"({"key":"wallet:a","balance":5},{"key":"world","balance":-4})", "").error().code == errc::corrupt);
  CHECK(books(R"({"key":"wallet:a","balance":-5},{"key":"wallet:b","balance":5})", "").error().code == errc::corrupt);
  CHECK(books(R"({"key":"wallet:a","balance":9007199254740992},{"key":"world","balance":-9007199254740992})", "")
            .error()
            .code == errc::corrupt);
  CHECK(books(R"({"key":"wallet:a","balance":5},{"key":"world","balance":-5})",
              R"({"key":"h","debit":"wallet:a","credit":"fees","amount":6,"reference":"x","expiresAt":null})")
            .error()
            .code == errc::corrupt);
}

TEST_CASE("large books are put into snapshots the more rarely") {
  ledger::state s;
  CHECK(ledger::snapshot_every(s, 256) == 256);
  for (int i = 0; i < 300; ++i) s.accounts[{std::to_string(i)}] = {};
  CHECK(ledger::snapshot_every(s, 256) == 300);
}
