// What people do by twos, over REST: they buy and sell, book and review, and block each other.

#include "tests/simulation/runs/world.hpp"

#include <fmt/format.h>

namespace parley::simulation {
namespace {

using namespace std::chrono_literals;
using domain::calendar;
using domain::ledger;
using domain::listing;

constexpr const char* currency = "EUR";
constexpr std::size_t traders = 3; ///< who sell and provide, besides the clients

user_id trader(std::size_t which) { return {"m" + std::to_string(which % traders)}; }

domain::context by_user(const user_id& who) {
  domain::context by;
  by.user = who;
  by.name = who.text;
  return by;
}

} // namespace

user_id world::customer(const operation& o) const {
  const auto& who = clients_[o.who]->who().user;
  return who.empty() ? trader(o.who) : user_id{who};
}

void world::deal(const operation& o) {
  if (!server_) return;
  switch (o.what) {
  case deed::deposit: return deposit(o);
  case deed::sell: return sell(o);
  case deed::buy: return buy(o);
  case deed::book: return book(o);
  case deed::step_booking: return step_booking(o);
  default: return review(o);
  }
}

void world::deposit(const operation& o) {
  const auto name = fmt::format("deposit:{}", o.how % 3 == 0 ? dealt_ : ++dealt_); // now and then the same again
  ledger::transfer c{{name}, currency, {domain::world, domain::wallet_of(customer(o)), 1 + o.how % 1000, name}};
  server_->ask<ledger>(domain::ledger_of(currency), std::move(c), by_user({"service"}), [](auto) {});
}

void world::sell(const operation& o) {
  const auto which = o.where % traders;
  const listing_id id{fmt::format("li_{}", which)};
  const auto stream = domain::stream_of(id);
  if (o.how % 2 == 0) {
    listing::create c{id, "Thing", "", 1 + which * 70, currency, 3};
    return server_->ask<listing>(stream, std::move(c), by_user(trader(which)), [](auto) {});
  }
  listing::change c;
  c.stock = o.how % 9;
  server_->ask<listing>(stream, std::move(c), by_user(trader(which)), [](auto) {});
}

void world::buy(const operation& o) {
  const listing_id id{fmt::format("li_{}", o.where % traders)};
  // Each try has an id of its own, as over REST, and its key says when it is the same purchase again.
  const auto tried = ++dealt_;
  listing::purchase c{{fmt::format("{}.p{}", id.text, tried)}, 1 + o.how % 3, std::nullopt, ""};
  auto key = o.how % 4 == 0 && !wanted_.empty() ? std::prev(wanted_.end())->first : fmt::format("buy {:08}", tried);
  const auto& what = wanted_.try_emplace(key, wish{id, customer(o), c.quantity, {}}).first->second;
  c.id.text = fmt::format("{}.p{}", what.of.text, tried);
  c.quantity = what.quantity;
  auto answered = [this, key](const result<answer>& r) {
    if (!r) return;
    const auto purchase = nlohmann::json::parse(r->body).at("id").get<std::string>();
    auto& first = wanted_.at(key).purchase;
    if (first.empty()) first = purchase;
    claims_.check("a repeat gets the first answer", first == purchase,
                  [&] { return fmt::format("{} was first {} and then {}", key, first, purchase); });
  };
  server_->ask<listing>(domain::stream_of(what.of), std::move(c), by_user(what.buyer), std::move(answered),
                        idempotency{what.buyer.text + '|' + key, key, false});
}

/// Few, so that many want the same one; all before a run comes to rest.
time_point world::slot(const operation& o) const {
  return std::chrono::floor<std::chrono::minutes>(server_->now()) + 10s * (1 + o.how / 7 % 15);
}

void world::book(const operation& o) {
  const auto provider = trader(o.where);
  calendar::request c;
  c.id = domain::make_booking_id(fmt::format("bk_{:022}", o.how % 6 == 0 ? dealt_ : ++dealt_), provider);
  c.provider = provider;
  c.service = {"sv_" + provider.text};
  c.title = "An hour";
  c.starts_at = slot(o);
  c.minutes = 1 + o.how % 50 / 40;
  c.price_minor = o.how % 4 == 0 ? 0 : o.how % 700;
  c.currency = currency;
  c.cancel_fee_percent = o.how % 2 * 50;
  server_->ask<calendar>(make_stream(calendar::family, provider.text), std::move(c), by_user(customer(o)), [](auto) {});
}

void world::step_booking(const operation& o) {
  const auto* b = truth_.dealt().a_booking(o.where + o.how / 16, o.how % 8 >= 4 ? "confirmed" : "");
  if (b == nullptr) return;
  constexpr std::array<const char*, 4> steps{"confirmed", "declined", "completed", "no-show"};
  const auto stream = make_stream(calendar::family, b->provider.text);
  const auto as = by_user(o.how % 8 == 7 ? customer(o) : b->provider); // now and then by somebody who may not
  if (o.how % 16 == 4)
    return server_->ask<calendar>(stream, calendar::cancel{b->id, "", std::nullopt}, by_user(b->customer), [](auto) {});
  if (o.how % 16 == 12) {
    calendar::reschedule c{b->id, slot(o), true, std::nullopt};
    return server_->ask<calendar>(stream, std::move(c), by_user(b->customer), [](auto) {});
  }
  constexpr std::array<std::size_t, 8> which{0, 0, 0, 1, 2, 2, 2, 3};
  server_->ask<calendar>(stream, calendar::change{b->id, steps[which[o.how % 8]], "", std::nullopt}, as, [](auto) {});
}

/// Mostly of what may be reviewed: few bookings get so far.
void world::review(const operation& o) {
  const auto* b = truth_.dealt().a_booking(o.where + o.how / 16, o.how % 4 == 0 ? "" : "completed");
  if (b == nullptr) return;
  const auto stream = make_stream(calendar::family, b->provider.text);
  server_->ask<calendar>(stream, calendar::write_review{b->id, 1 + o.how % 5, "fine"}, by_user(b->customer),
                         [](auto) {});
}

void world::block(const user_id& who, const user_id& whom, bool on) {
  if (!server_) return;
  const auto in = domain::direct_conversation(who, whom);
  server_->ask<domain::conversation>(make_stream(domain::conversation::family, in.text),
                                     domain::conversation::block{in, on}, by_user(who), [](auto) {});
}

} // namespace parley::simulation
