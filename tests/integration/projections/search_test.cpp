// Search by part of a text: what is found, and that an index finds it.

#include "projections/queries/market_queries.hpp"
#include "projections/queries/queries.hpp"
#include "projections/queries/search.hpp"
#include "projections/rebuild.hpp"
#include "tests/integration/projections/asker.hpp"
#include "tests/integration/projections/story.hpp"

namespace parley::test {
namespace {

using names = std::vector<std::string>;

struct asker : asker_of<queries> {
  using asker_of::asker_of;

  names found(const std::string& search) {
    names out;
    for (const auto& row : all<user_row>(1, [&](auto p, auto done) { models.users(search, p, 0, std::move(done)); }))
      out.push_back(row.name);
    return out;
  }
};

void sign_up_some(story& s) {
  for (const auto* name : {"Ada Lovelace", "Bernadette", "Zoë d'Arc", "ΟΔΥΣΣΕΥΣ", "王小明", "100%_sure\\"})
    s.sign_up("u_" + std::to_string(s.log.head()), name);
}

/// How PostgreSQL looks for a part when it may neither read row by row nor in the order of a list.
std::string plan(const test_database& database, const std::string& from, const std::string& search) {
  auto db = pg::connection::open(to(database));
  REQUIRE(db.has_value());
  const auto alone = db->run("BEGIN; SET enable_seqscan = off; "
                             "DROP INDEX users_by_name, listings_for_sale, listings_of_seller, services_in_order, "
                             "services_of_owner"); // taken back when the connection ends
  REQUIRE(alone.has_value());
  const auto told = db->ask("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) SELECT 1 FROM " + from + " AND " + sought_like(1),
                            pg::parameters{}.text(sought_pattern(search)));
  INFO((told ? "" : told.error().message));
  REQUIRE(told.has_value());
  std::string lines;
  for (std::size_t i = 0; i < told->size(); ++i) lines.append(told->text(i, 0)).append(1, '\n');
  return lines;
}

} // namespace

TEST_CASE("people are found by part of their name, by one or two letters where a word begins") {
  test_database database;
  story s;
  sign_up_some(s);
  running_projector p{s.log, database};
  wait_for(p.progress, s.log.head());
  asker a{questions_to(database.url()), p.progress};
  CHECK(a.found("").size() == 6);
  CHECK(a.found("LACE") == names{"Ada Lovelace"});
  CHECK(a.found("ad") == names{"Ada Lovelace"}); // not within Bernadette
  CHECK(a.found("L") == names{"Ada Lovelace"});
  CHECK(a.found("nade") == names{"Bernadette"});
  CHECK(a.found("ZOË") == names{"Zoë d'Arc"});
  CHECK(a.found("Ë") == names{"Zoë d'Arc"});
  CHECK(a.found("δυσ") == names{"ΟΔΥΣΣΕΥΣ"});
  CHECK(a.found("小明") == names{"王小明"});
  CHECK(a.found("%_S") == names{"100%_sure\\"});
  CHECK(a.found("re\\") == names{"100%_sure\\"});
  CHECK(a.found("e\\").empty()); // no word begins with it
  CHECK(a.found("_%").empty());
}

TEST_CASE("a word begins behind any sign, and is found in any form of its letters") {
  test_database database;
  story s;
  for (const auto* name : {"Anne-Jo", "Maria (Jo)", "Major", "Clara-Bob", "C++ fan", "ABC++", "İzmir", "ΟΔΥΣΣΕΥΣ"})
    s.sign_up("u_" + std::to_string(s.log.head()), name);
  running_projector p{s.log, database};
  wait_for(p.progress, s.log.head());
  asker a{questions_to(database.url()), p.progress};
  CHECK(a.found("jo") == names{"Anne-Jo", "Maria (Jo)"});
  CHECK(a.found("J") == names{"Anne-Jo", "Maria (Jo)"});
  CHECK(a.found("ne-j") == names{"Anne-Jo"});
  CHECK(a.found("RA-BO") == names{"Clara-Bob"});
  CHECK(a.found("a-b") == names{"Clara-Bob"});
  CHECK(a.found("(jo)") == names{"Maria (Jo)"});
  CHECK(a.found("c++") == names{"C++ fan"});
  CHECK(a.found("bc++") == names{"ABC++"});
  CHECK(a.found("izmir") == names{"İzmir"});
  CHECK(a.found("İZM") == names{"İzmir"});
  CHECK(a.found("iz") == names{"İzmir"});
  CHECK(a.found("οδυσ") == names{"ΟΔΥΣΣΕΥΣ"});
  CHECK(a.found("δυς") == names{"ΟΔΥΣΣΕΥΣ"});
  CHECK(a.found("ΕΥΣ") == names{"ΟΔΥΣΣΕΥΣ"});
  CHECK(a.found("++)").empty());
}

TEST_CASE("signs alone find nothing and read nothing") {
  test_database database;
  story s;
  s.sign_up("u_1", "Yahoo!!!");
  running_projector p{s.log, database};
  wait_for(p.progress, s.log.head());
  asker a{questions_to(database.url()), p.progress};
  CHECK(a.found("!!!").empty());
  CHECK(a.found("oo!!!") == names{"Yahoo!!!"});
  CHECK(plan(database, "users WHERE NOT guest", "!!!").find("One-Time Filter: false") != std::string::npos);
}

TEST_CASE("what is for sale is found by its title and its description, apart from one another") {
  test_database database;
  story s;
  const auto last = s.tell(
      make_stream("listing", "ls_1"),
      events::listing_event{events::listing_created{{"ls_1"}, {"u_1"}, "Brass lamp", "Green shade", 400, "EUR", 3}});
  running_projector p{s.log, database};
  wait_for(p.progress, last);
  asker_of<market_queries> a{questions_to(database.url()), p.progress};
  const auto found = [&](const std::string& search) {
    listing_filter f;
    f.search = search;
    return a.answer_to_good<page<listing_row>>([&](auto done) { a.models.listings(f, {}, 0, std::move(done)); })
        .rows.size();
  };
  CHECK(found("LAMP") == 1);
  CHECK(found("een sha") == 1);
  CHECK(found("g") == 1);
  CHECK(found("reen") == 1);
  CHECK(found("re") == 0);
  CHECK(found("lamp green") == 0);
}

TEST_CASE("an index finds a part, in the live read models and in rebuilt ones") {
  test_database database;
  story s;
  sign_up_some(s);
  running_projector p{s.log, database};
  wait_for(p.progress, s.log.head());
  const auto indexed = [&] {
    for (const auto& [table, shown] :
         {std::pair{"users", "NOT guest"}, std::pair{"listings", "NOT closed"}, std::pair{"services", "NOT retired"}}) {
      const auto told = plan(database, std::string{table} + " WHERE " + shown, "lace");
      INFO(told);
      CHECK(told.find(std::string{table} + "_sought") != std::string::npos);
    }
  };
  indexed();
  log_source source{s.log};
  rebuild_options options;
  options.database_url = database.url();
  options.live_patience = std::chrono::milliseconds{0};
  for (int i = 0; i < 2; ++i) {
    const auto report = rebuild(source, options);
    REQUIRE(report.has_value());
    CHECK(report->differences.empty());
    indexed();
  }
  asker a{questions_to(database.url()), p.progress};
  CHECK(a.found("lace") == names{"Ada Lovelace"});
}

TEST_CASE("whatever is sought in ASCII, the index leaves out who cannot match") {
  test_database database;
  story s;
  sign_up_some(s);
  running_projector p{s.log, database};
  wait_for(p.progress, s.log.head());
  for (const auto* search : {"jo", "j", "c++", "a-x", "jo-", "#7", "++c"}) {
    const auto told = plan(database, "users WHERE NOT guest", search);
    INFO(search << ": " << told);
    CHECK(told.find("users_sought (actual rows=0") != std::string::npos);
  }
}

TEST_CASE("where the index's extension cannot be added, a search finds the same without it") {
  test_database database;
  {
    auto db = pg::connection::open(to(database));
    REQUIRE(db->run("DROP SCHEMA public CASCADE").has_value()); // where it would be added
  }
  story s;
  sign_up_some(s);
  running_projector p{s.log, database};
  wait_for(p.progress, s.log.head());
  CHECK(ask(database, "SELECT count(*) FROM pg_indexes WHERE indexname LIKE '%sought'") == "0");
  asker a{questions_to(database.url()), p.progress};
  CHECK(a.found("LACE") == names{"Ada Lovelace"});
}

} // namespace parley::test
