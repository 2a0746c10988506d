// A child process appends and says on a pipe what was acknowledged; it is killed at random moments, again and again on
// the same log, and each time everything acknowledged must be there and nothing half-written.
//
// PARLEY_CRASH_ROUNDS sets the number of rounds, PARLEY_CRASH_SEED replays a run's choices.

#include "events/log/directory_storage.hpp"
#include "tests/support/log/child.hpp"
#include "tests/support/log/requests.hpp"

#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <cstdlib>
#include <map>
#include <random>
#include <sys/wait.h>
#include <unistd.h>

using namespace parley;
using namespace parley::test;

namespace {

constexpr std::size_t streams = 5;
stream_id stream_of(std::size_t i) { return {"room/" + std::to_string(i)}; }

/// One acknowledged request, as the child reports it. Written whole: it is smaller than PIPE_BUF.
struct acknowledgement {
  position first, last;
  std::uint64_t command;
};

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const auto* text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

/// Appends until it is killed: batches of one to eight requests, each over one to three streams.
[[noreturn]] void append_for_ever(const std::string& directory, std::uint64_t seed, int report) {
  std::mt19937_64 random{seed};
  stored_log::options o;
  o.head_period = std::chrono::milliseconds{3};
  auto log = open_log_in(directory, o);
  if (!log) {
    (void)!::write(2, log.error().message.data(), log.error().message.size());
    ::_exit(1);
  }
  std::map<std::size_t, version> versions;
  for (std::size_t i = 0; i < streams; ++i) versions[i] = (*log)->stream_version(stream_of(i)).value();
  for (std::uint64_t command = (*log)->head();;) {
    std::vector<append_request> batch;
    std::vector<std::uint64_t> commands;
    for (auto n = random() % 8 + 1; n > 0; --n) {
      std::vector<stream_append> appends;
      const auto first = random() % streams;
      for (std::size_t i = 0; i <= random() % 3; ++i) {
        auto& v = versions[(first + i) % streams];
        const auto count = random() % 3 + 1;
        appends.push_back(messages(stream_of((first + i) % streams), v, count, std::string(random() % 2000, 'x')));
        v += count;
      }
      batch.push_back(request(std::move(appends)));
      // The cause names the request in each of its records, so that the parent can see whether it is whole.
      commands.push_back(++command);
      std::size_t events = 0;
      for (const auto& append : batch.back().streams) events += append.events.size();
      batch.back().cause = std::to_string(seed) + "/" + std::to_string(command) + "/" + std::to_string(events);
      batch.back().outcome = command_outcome{batch.back().cause, "f", "{}", 0, 0, time_point::max()};
    }
    const auto answers = (*log)->append(batch);
    for (std::size_t i = 0; i < answers.size(); ++i) {
      if (!answers[i]) ::_exit(2);
      const acknowledgement done{answers[i]->first, answers[i]->last, commands[i]};
      if (::write(report, &done, sizeof done) != sizeof done) ::_exit(3);
    }
  }
}

/// Every request whose records are there is there with all of them, one after the other.
std::string check_whole(const std::vector<record>& records) {
  for (std::size_t i = 0; i < records.size();) {
    const auto& cause = records[i].cause;
    const auto expected = std::stoull(cause.substr(cause.rfind('/') + 1));
    std::size_t found = 0;
    while (i < records.size() && records[i].cause == cause) ++i, ++found;
    if (found != expected)
      return cause + " has " + std::to_string(found) + " of " + std::to_string(expected) + " records";
  }
  return {};
}

} // namespace

TEST_CASE("child: append for ever", "[.append-for-ever]") {
  append_for_ever(child_setting("PARLEY_DIRECTORY"), std::stoull(child_setting("PARLEY_SEED")),
                  std::stoi(child_setting("PARLEY_REPORT")));
}

TEST_CASE("kill -9 at any moment loses nothing acknowledged and leaves nothing half-written") {
  const auto rounds = from_environment("PARLEY_CRASH_ROUNDS", 30);
  const auto seed = from_environment("PARLEY_CRASH_SEED", std::random_device{}());
  WARN("PARLEY_CRASH_SEED=" << seed << " PARLEY_CRASH_ROUNDS=" << rounds);
  std::mt19937_64 random{seed};
  const temporary_directory directory;
  position acknowledged = 0, before = 0;

  for (std::uint64_t round = 0; round < rounds; ++round) {
    INFO("round " << round);
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const auto child_seed = random();
    // The kill falls after a random number of acknowledgements and then a random while, so mostly inside a commit.
    const auto enough = random() % 400;
    const auto moment = std::chrono::microseconds{random() % 3000};
    const auto pid = start_child("append-for-ever", {{"PARLEY_DIRECTORY", directory.path()},
                                                     {"PARLEY_SEED", std::to_string(child_seed)},
                                                     {"PARLEY_REPORT", std::to_string(ends[1])}});
    ::close(ends[1]);
    std::map<std::string, acknowledgement> told;
    const auto take = [&] {
      acknowledgement a{};
      if (::read(ends[0], &a, sizeof a) != sizeof a) return false;
      acknowledged = std::max(acknowledged, a.last);
      told[std::to_string(child_seed) + "/" + std::to_string(a.command)] = a;
      return true;
    };
    bool alive = true;
    for (std::uint64_t i = 0; i <= enough && alive; ++i) alive = take();
    const auto until = std::chrono::steady_clock::now() + moment;
    while (std::chrono::steady_clock::now() < until) {
    } // a sleep would be far coarser than a commit
    REQUIRE(::kill(pid, SIGKILL) == 0);
    while (take()) {
    }
    ::close(ends[0]);
    int status = 0;
    REQUIRE(::waitpid(pid, &status, 0) == pid);
    REQUIRE(alive);
    REQUIRE(WIFSIGNALED(status));

    const auto log = open_log_in(directory.path());
    INFO((log ? std::string{} : log.error().message));
    REQUIRE(log.has_value());
    CHECK((*log)->head() >= acknowledged);
    CHECK((*log)->head() > before);
    const auto records = read_all(**log);
    CHECK(records.size() == (*log)->head());
    CHECK(check_gapless(records).empty());
    CHECK(check_whole(records).empty());
    for (const auto& [cause, a] : told) {
      const auto& last = records[a.last - 1].cause;
      REQUIRE(last.starts_with(cause + "/"));
      REQUIRE(records[a.first - 1].cause == last);
      const auto outcome = (*log)->find_outcome(last);
      REQUIRE((outcome && *outcome && (*outcome)->position == a.last));
    }
    for (std::size_t i = 0; i < streams; ++i) {
      const auto count =
          std::count_if(records.begin(), records.end(), [&](const record& r) { return r.stream == stream_of(i); });
      CHECK((*log)->stream_version(stream_of(i)) == static_cast<version>(count));
    }
    before = (*log)->head();
  }
}
