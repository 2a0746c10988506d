// The questions about conversations, over PostgreSQL.

#include "projections/queries/people_queries.hpp"
#include "tests/integration/projections/asker.hpp"
#include "tests/integration/projections/story.hpp"

namespace parley::test {
namespace {

const conversation_id between{"u_1~u_2"};

/// Two people and what they tell each other.
struct two_people : story {
  two_people() {
    sign_up("u_1", "Ada");
    sign_up("u_2", "Ben");
    tell_both(events::conversation_opened{between, {"u_1"}, {"u_2"}, ""});
  }
  position tell_both(const events::conversation_event& e) { return tell(make_stream("conversation", between.text), e); }
  /// Says something so many times; gives the seq of the last.
  version say(const std::string& from, std::uint64_t times) {
    const user_id other{from == "u_1" ? "u_2" : "u_1"};
    for (std::uint64_t i = 0; i < times; ++i)
      tell_both(events::direct_message_sent{{"m_1"}, {from}, other, {"s_1"}, "", "Name", "Hello", "", ""});
    return log.stream_version(make_stream("conversation", between.text)).value();
  }
};

struct asker : asker_of<people_queries> {
  using asker_of::asker_of;

  conversation_row conversation_of(const std::string& user) {
    const auto p = answer_to_good<page<conversation_row>>(
        [&](auto done) { models.conversations({user}, {}, 0, std::move(done)); });
    REQUIRE(p.rows.size() == 1);
    return p.rows.front();
  }
};

} // namespace

TEST_CASE("a conversation tells its last message and how much of the other's is unread") {
  test_database database;
  two_people s;
  const auto read = s.say("u_2", 3);
  s.say("u_1", 1);
  const auto last = s.say("u_2", 2);
  s.tell_both(events::read_marked{{"u_1"}, read});
  running_projector p{s.log, database};
  wait_for(p.progress, s.log.head());
  asker a{questions_to(database.url()), p.progress};
  const auto row = a.conversation_of("u_1");
  CHECK(row.id == between);
  CHECK(row.other == user_id{"u_2"});
  CHECK(row.other_name == "Ben");
  CHECK(row.last.user == user_id{"u_2"});
  CHECK(row.last.text == "Hello");
  CHECK(row.last.seq == last);
  CHECK(row.read_seq == read);
  CHECK(row.unread == 2);
  CHECK(a.conversation_of("u_2").unread == 1);
  CHECK(a.conversation_of("u_2").other_read_seq == read);
}

TEST_CASE("what is unread is counted among the latest messages only, whoever sent them") {
  test_database database;
  two_people s;
  s.say("u_2", unread_counted_max + 20);
  running_projector p{s.log, database};
  wait_for(p.progress, s.log.head());
  asker a{questions_to(database.url()), p.progress};
  CHECK(a.conversation_of("u_1").unread == unread_counted_max);
  s.say("u_1", unread_counted_max - 50);
  wait_for(p.progress, s.log.head());
  CHECK(a.conversation_of("u_1").unread == 50);
  CHECK(a.conversation_of("u_2").unread == unread_counted_max - 50);
}

} // namespace parley::test
