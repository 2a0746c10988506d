#include "tools/parley/ledger_check.hpp"

#include "events/log/memory_log.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace parley;
using namespace std::chrono_literals;
using tool::ledger_check;

namespace {

const account_name world{"world"}, ann{"wallet:ann"}, ben{"wallet:ben"};
constexpr time_point noon{std::chrono::milliseconds{1'800'000'000'000}};

/// A log that is written by whoever likes, commit by commit.
class any_log {
public:
  void commit(std::initializer_list<std::pair<std::string, event>> all, time_point when = noon) {
    append_request request;
    for (const auto& [stream, e] : all) request.streams.push_back({{stream}, next_[stream]++, {encode(e)}});
    request.time = when;
    request.actor = "system";
    request.cause = "c" + std::to_string(++causes_);
    REQUIRE(log_.append({&request, 1}).front().has_value());
  }
  void transfer(const std::string& id, const account_name& from, const account_name& to, std::uint64_t amount) {
    commit({{"ledger/EUR", events::ledger_event{events::transferred{{id}, from, to, amount, "x:1"}}},
            {"transfer/" + id,
             events::transfer_event{events::transfer_claimed{"EUR", false, from, to, amount, "x:1", ""}}}});
  }
  void hold(const std::string& id, std::uint64_t amount, std::optional<time_point> expires = {}) {
    commit({{"ledger/EUR", events::ledger_event{events::held{{id}, ann, ben, amount, "b:1", expires}}},
            {"transfer/" + id,
             events::transfer_event{events::transfer_claimed{"EUR", true, ann, ben, amount, "b:1", ""}}}});
  }
  void tell(events::ledger_event e, time_point when = noon) { commit({{"ledger/EUR", std::move(e)}}, when); }

  ledger_check check() const {
    ledger_check c;
    const auto all = log_.read(0, 10'000, 1 << 30);
    for (const auto& r : *all) REQUIRE(c.take(r).has_value());
    c.finish();
    return c;
  }
  std::string first() const {
    const auto c = check();
    return c.findings().empty() ? "" : c.findings().front().what;
  }

private:
  memory_log log_;
  std::map<std::string, version> next_;
  int causes_ = 0;
};

} // namespace

TEST_CASE("books that add up are counted") {
  any_log log;
  log.transfer("t1", world, ann, 100);
  log.transfer("t2", ann, ben, 30);
  log.hold("h1", 50, noon + 1h);
  log.tell(events::posted{{"h1"}, ann, ben, 20, 30, "b:1"});
  log.hold("h2", 50, noon + 1h);
  log.tell(events::hold_expired{{"h2"}, ann, ben, 50, "b:1"}, noon + 1h);
  log.hold("h3", 10);
  log.tell(events::voided{{"h3"}, ann, ben, 10, "b:1"});
  log.hold("h4", 50);
  log.tell(events::transfer_refused{{"h5"}, "post", ann, ben, 50, "b:1", "not_found"});
  log.tell(events::transfer_refused{{"t1"}, "transfer", ann, ben, 50, "b:1", "conflict"});
  const auto c = log.check();
  CHECK(c.findings().empty());
  CHECK(c.accounts() == 3);
  CHECK(c.open_holds() == 1);
  CHECK(c.count().transfers == 2);
  CHECK(c.count().holds == 4);
  CHECK(c.count().refused == 2);
}

TEST_CASE("whoever but the world spends what they do not have is found") {
  any_log log;
  log.transfer("t1", world, ann, 100);
  log.transfer("t2", ben, ann, 1);
  CHECK(log.first() == "wallet:ben is below zero after t2");
  any_log held;
  held.transfer("t1", world, ann, 100);
  held.hold("h1", 101);
  CHECK(held.first() == "wallet:ann has more on hold than it has after h1");
}

TEST_CASE("a movement that is none is found") {
  any_log log;
  log.transfer("t1", world, ann, 0);
  CHECK(log.first() == "transfer t1 is none");
  any_log self;
  self.transfer("t1", world, world, 5);
  CHECK(self.first() == "transfer t1 is none");
}

TEST_CASE("a hold that ends twice, never was, or was another is found") {
  const events::posted all{{"h1"}, ann, ben, 50, 0, "b:1"};
  const auto with_hold = [](auto end) {
    any_log log;
    log.transfer("t1", world, ann, 100);
    log.hold("h1", 50, noon + 1h);
    end(log);
    return log.first();
  };
  CHECK(with_hold([&](any_log& l) { l.tell(all); }).empty());
  CHECK(with_hold([&](any_log& l) { l.tell(all), l.tell(all); }) == "hold h1 ended, and was not there");
  CHECK(with_hold([&](any_log& l) {
          l.tell(events::posted{{"h1"}, ann, ben, 50, 1, "b:1"});
        }) == "hold h1 ended as another than it was");
  CHECK(with_hold([&](any_log& l) {
          l.tell(events::voided{{"h1"}, ann, ben, 50, "b:2"});
        }) == "hold h1 ended as another than it was");
  CHECK(with_hold([&](any_log& l) {
          l.tell(events::hold_expired{{"h1"}, ann, ben, 50, "b:1"});
        }) == "hold h1 expired too early");
  CHECK(with_hold([&](any_log& l) {
          l.tell(events::held{{"h1"}, ann, ben, 50, "b:1", {}});
        }) == "hold h1 was there already");
}

TEST_CASE("a transfer whose id nobody claimed, or as something else, is found") {
  any_log log;
  log.transfer("t1", world, ann, 100);
  log.tell(events::transferred{{"t1"}, world, ann, 100, "x:1"});
  CHECK(log.first() == "the id of transfer t1 was not claimed with it");
  any_log other;
  other.commit(
      {{"ledger/EUR", events::ledger_event{events::transferred{{"t1"}, world, ann, 100, "x:1"}}},
       {"transfer/t1", events::transfer_event{events::transfer_claimed{"EUR", false, world, ann, 99, "x:1", ""}}}});
  CHECK(other.first() == "the claim on transfer t1 says something else than the transfer");
  any_log idle;
  idle.commit(
      {{"transfer/t1", events::transfer_event{events::transfer_claimed{"EUR", false, world, ann, 99, "x:1", ""}}}});
  CHECK(idle.first() == "the id of transfer t1 was claimed for nothing");
}
