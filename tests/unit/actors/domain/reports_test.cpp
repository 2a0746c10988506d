#include "actors/domain/lounges/reports.hpp"
#include "tests/support/given_when_then.hpp"

using namespace parley;
using namespace parley::test;
using namespace std::chrono_literals;
using domain::reports;

namespace {

const auto ann = caller("ann");
reports::file about_bob(std::string id = "r1") { return {{std::move(id)}, {"lounge/l1"}, {"bob"}, {}, 0, "spam", {}}; }
reports::file about_message(version seq, std::string id = "r1") {
  return {{std::move(id)}, {"lounge/l1"}, {"bob"}, {"m"}, seq, "spam", "abc"};
}
events::report_filed filed(const reports::file& c) {
  return {c.id, {"ann"}, c.place, c.target, c.message, c.message_seq, c.reason, c.sha256};
}

} // namespace

TEST_CASE("a subject is reported once by a person; again it gets the first answer") {
  const auto first = given<reports>({}).when(about_bob(), ann);
  first.then({filed(about_bob())}).answers(R"({"id":"r1","createdAt":"2027-01-15T08:00:00.000Z","targetId":"bob"})");
  const auto known = given<reports>({filed(about_bob())});
  known.when(about_bob("r2"), ann).nothing().answers(first.reply());
  known.when(about_message(7, "r2"), ann).then({filed(about_message(7, "r2"))});
  auto elsewhere = about_bob("r2");
  elsewhere.place = {"room/r"};
  known.when(elsewhere, ann).then({filed(elsewhere)});
}

TEST_CASE("a report is by somebody, about somebody else, and says why") {
  const auto g = given<reports>({});
  g.when(about_bob(), caller("")).refused(errc::unauthenticated);
  g.when(about_bob(), caller("bob")).refused(errc::invalid);
  auto c = about_bob();
  c.reason = " ";
  g.when(c, ann).refused(errc::invalid);
  c.reason = std::string(domain::report_reason_bytes_max + 1, 'x');
  g.when(c, ann).refused(errc::invalid);
  c = about_bob();
  c.target = {};
  g.when(c, ann).refused(errc::invalid);
}

TEST_CASE("nobody floods the moderators: so many reports a day, then it is said when to come back") {
  reports::state s;
  for (version seq = 1; seq <= domain::reports_a_day_max; ++seq)
    reports::evolve(s, filed(about_message(seq)), noon + seq * 1min);
  const auto refused = reports::decide(s, about_bob(), caller("ann", "", noon + 1h));
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == errc::rate_limited);
  CHECK(refused.error().retry_after_s == 23 * 3600 + 60);
  CHECK(reports::decide(s, about_message(1), caller("ann", "", noon + 1h)).has_value()); // a repeat costs nothing
  CHECK(reports::decide(s, about_bob(), caller("ann", "", noon + 24h + 1min)).has_value());
}

TEST_CASE("what is remembered of reports is bounded") {
  reports::state s;
  for (version seq = 1; seq <= domain::remembered_reports_max + 3; ++seq)
    reports::evolve(s, filed(about_message(seq)), noon);
  CHECK(s.recent.size() == domain::remembered_reports_max);
}

TEST_CASE("a damaged snapshot of reports is corrupt, never an exception") {
  check_damage<reports>(given<reports>({filed(about_bob())}).state());
}
