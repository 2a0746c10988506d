#include "actors/group_commit.hpp"

#include "actors/log_reader.hpp"
#include "actors/log_writer.hpp"
#include "events/log/memory_log.hpp"
#include "tests/unit/actors/shell/listening.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

namespace parley::test {
namespace {

using ticket_lists = std::vector<std::vector<std::uint64_t>>;

struct committing {
  memory_log log;
  group_commit commits{log};
  waiting_appends queue;
  listening actors;
  listener& ann = actors.spawn();
  listener& ben = actors.spawn();

  void submit(const listener& who, std::uint64_t ticket, append_request request) {
    queue.add(who.sink(), ticket, std::move(request));
  }
  /// More than one part's worth, all of ann's.
  void submit_too_many() {
    for (std::size_t i = 0; i <= group_commit::batch_max; ++i) submit(ann, i, first_of("room/" + std::to_string(i)));
  }
  void commit(std::size_t most = std::size_t(-1)) {
    commits.commit(queue.take(most)).deliver();
    actors.hear();
  }
  /// What ann was told of each of her requests.
  std::vector<std::optional<errc>> outcomes() const {
    std::vector<std::optional<errc>> all;
    for (const auto& message : ann.appended)
      for (const auto& [ticket, outcome] : message->answers)
        all.push_back(outcome ? std::nullopt : std::optional{outcome.error().code});
    return all;
  }
};

} // namespace

TEST_CASE("a batch takes the requests that were submitted first, as many as it is asked to") {
  committing c;
  for (std::uint64_t i = 1; i <= 3; ++i) c.submit(c.ann, i, first_of("room/" + std::to_string(i)));
  c.commit(2);
  CHECK(c.log.head() == 2);
  CHECK(c.ann.tickets() == ticket_lists{{1, 2}});
  CHECK(c.log.stream_version({"room/3"}).value() == 0);
  CHECK(c.queue.size() == 1);
  c.commit(2);
  CHECK(c.ann.tickets() == ticket_lists{{1, 2}, {3}});
  CHECK(c.log.stream_version({"room/3"}).value() == 1);
}

TEST_CASE("an entity gets all its answers of a batch in one message, in the order of its requests") {
  committing c;
  c.submit(c.ben, 7, first_of("room/b"));
  c.submit(c.ann, 1, first_of("room/a"));
  c.submit(c.ben, 8, first_of("room/b")); // the stream has moved on
  c.submit(c.ann, 2, first_of("room/c"));
  c.commit();
  CHECK(c.ann.tickets() == ticket_lists{{1, 2}});
  REQUIRE(c.ben.tickets() == ticket_lists{{7, 8}});
  const auto& told = c.ben.appended.front()->answers;
  REQUIRE(told[0].outcome.has_value());
  CHECK(told[0].outcome->last == 1);
  REQUIRE_FALSE(told[1].outcome.has_value());
  CHECK(told[1].outcome.error().code == errc::version_conflict);
}

TEST_CASE("answers are told when they are delivered, and those that are dropped are durable all the same") {
  committing c;
  c.submit(c.ann, 1, first_of("room/a"));
  auto later = c.commits.commit(c.queue.take(1));
  c.actors.hear();
  CHECK(c.log.head() == 1);
  CHECK(c.ann.appended.empty());
  later.deliver();
  later.deliver();
  c.actors.hear();
  CHECK(c.ann.tickets() == ticket_lists{{1}});

  c.submit(c.ben, 2, first_of("room/b"));
  static_cast<void>(c.commits.commit(c.queue.take(1)));
  c.actors.hear();
  CHECK(c.log.head() == 2);
  CHECK(c.ben.appended.empty());
}

TEST_CASE("a batch too large for one commit is appended in parts and still answered once") {
  committing c;
  c.submit_too_many();
  c.commit();
  CHECK(c.log.head() == group_commit::batch_max + 1);
  CHECK(c.ann.appended.size() == 1);
  CHECK(c.ann.appended.front()->answers.size() == group_commit::batch_max + 1);
  CHECK(c.commits.count().commits == 2);
  CHECK(c.commits.count().requests == group_commit::batch_max + 1);
  CHECK(c.commits.count().failures == 0);
}

TEST_CASE("nothing of a batch is appended after a part of it failed") {
  committing c;
  c.log.fail_next_append();
  c.submit_too_many();
  auto done = c.commits.commit(c.queue.take_all());
  CHECK(done.failed == group_commit::batch_max + 1);
  CHECK(done.why.code == errc::log_unavailable);
  CHECK(c.log.head() == 0);
  CHECK(c.commits.count().failures == 2);
  done.deliver();
  c.actors.hear();
  CHECK(c.outcomes() == std::vector<std::optional<errc>>(group_commit::batch_max + 1, errc::log_unavailable));
}

TEST_CASE("a log that refuses writes is mended before a batch, or by an empty one") {
  committing c;
  const bool with_a_batch = GENERATE(true, false);
  c.log.fail_next_append();
  c.submit(c.ann, 1, first_of("room/a"));
  c.commit();
  REQUIRE_FALSE(c.log.writable());
  CHECK(c.commits.refuses_writes(0).value().code == errc::log_unavailable);
  if (with_a_batch) c.submit(c.ann, 2, first_of("room/a"));
  auto done = c.commits.commit(c.queue.take_all());
  REQUIRE(done.mended.has_value());
  CHECK(done.mended->has_value());
  CHECK(c.log.writable());
  CHECK_FALSE(c.commits.refuses_writes(0).has_value());
  CHECK(c.log.head() == (with_a_batch ? 1 : 0));
  CHECK(done.empty() != with_a_batch);
}

TEST_CASE("what a log refuses that cannot be mended is answered with its refusal") {
  committing c;
  c.log.set_full(true);
  c.submit(c.ann, 1, first_of("room/a"));
  c.commit();
  c.submit(c.ann, 2, first_of("room/a"));
  const auto done = c.commits.commit({});
  REQUIRE(done.mended.has_value());
  CHECK_FALSE(done.mended->has_value());
  c.commit();
  CHECK(c.outcomes() == std::vector<std::optional<errc>>(2, errc::log_unavailable));
  c.log.set_full(false);
  c.submit(c.ann, 3, first_of("room/a"));
  c.commit();
  CHECK(c.outcomes().back() == std::nullopt);
}

TEST_CASE("writes are refused while too many are unanswered") {
  committing c;
  CHECK_FALSE(c.commits.refuses_writes(group_commit::queue_max).has_value());
  CHECK(c.commits.refuses_writes(group_commit::queue_max + 1).value().code == errc::unavailable);
}

TEST_CASE("a writer that is stopped commits what waits and answers it") {
  memory_log log;
  listening actors;
  auto& ann = actors.spawn();
  log_reader reader{log, 1};
  log_writer writer{log, reader};
  for (std::uint64_t i = 1; i <= 3; ++i) writer.submit(ann.sink(), i, first_of("room/" + std::to_string(i)));
  CHECK(writer.waiting() == 3);
  writer.stop();
  CHECK(writer.waiting() == 0);
  CHECK(log.head() == 3);
  CHECK(writer.count().requests == 3);
  actors.hear();
  CHECK(ann.tickets() == ticket_lists{{1, 2, 3}});
}

} // namespace parley::test
