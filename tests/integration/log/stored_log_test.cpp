// What only the log on disk promises: it comes back after a restart, refuses what it must not serve, and survives a
// disk that fails. The same over a simulated disk: tests/simulation/machine/stored_log_test.cpp.

#include "events/log/directory_storage.hpp"
#include "tests/integration/log/faults.hpp"
#include "tests/support/log/child.hpp"
#include "tests/support/log/requests.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

using namespace parley;
using namespace parley::test;
using Catch::Matchers::ContainsSubstring;
namespace fs = std::filesystem;

namespace {

const stream_id lobby{"room/lobby"}, other{"room/other"};
constexpr std::size_t no_limit = 1'000'000;

std::unique_ptr<stored_log> open_log(const std::string& directory, const stored_log::options& o = {}) {
  auto opened = open_log_in(directory, o);
  INFO((opened ? std::string{} : opened.error().message));
  REQUIRE(opened.has_value());
  return std::move(*opened);
}

error refusal(const std::string& directory, const stored_log::options& o = {}) {
  const auto opened = open_log_in(directory, o);
  REQUIRE_FALSE(opened.has_value());
  return opened.error();
}

/// The write-ahead files, oldest first.
std::vector<fs::path> wal_files(const std::string& directory) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator{fs::path{directory} / "rocksdb"})
    if (entry.path().extension() == ".log") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  REQUIRE_FALSE(files.empty());
  return files;
}

/// Appends one event after the other in a child process that then ends without any clean-up, as a kill would end it:
/// the events are in the write-ahead file only. HEAD says that they were durable, as it would a second later.
void append_and_die(const std::string& directory, version count) {
  const auto child =
      start_child("append-and-die", {{"PARLEY_DIRECTORY", directory}, {"PARLEY_COUNT", std::to_string(count)}});
  REQUIRE(wait_for_child(child) == 0);
}

struct fixed_clock final : clock_source {
  std::atomic<std::int64_t> ms{0};
  time_point now() const noexcept override { return time_point{std::chrono::milliseconds{ms.load()}}; }
};

} // namespace

TEST_CASE("child: append and die", "[.append-and-die]") {
  const auto directory = child_setting("PARLEY_DIRECTORY");
  const auto log = open_log(directory);
  const auto from = log->stream_version(lobby).value();
  const auto to = from + std::stoull(child_setting("PARLEY_COUNT"));
  for (auto v = from; v < to; ++v) REQUIRE(append(*log, lobby, v));
  REQUIRE(head_file::open(fs::path{directory} / "HEAD")->write(log->head()));
  ::_exit(0);
}

TEST_CASE("everything is there after a restart") {
  const temporary_directory directory;
  {
    auto log = open_log(directory.path());
    auto r = request({messages(lobby, 0, 2), messages(other, 0)});
    r.outcome = command_outcome{"k", "f", "{}", 0, 2, time_point::max()};
    r.timers = {{true, {at_restart, lobby, "restart"}}};
    r.snapshot = snapshot{lobby, 2, 1, "{}"};
    REQUIRE(append(*log, r));
  }
  auto log = open_log(directory.path());
  CHECK(log->head() == 3);
  CHECK(check_gapless(read_all(*log)).empty());
  CHECK(log->find_outcome("k")->has_value());
  CHECK(log->restart_timers({}, 5)->size() == 1);
  CHECK(log->find_snapshot(lobby)->has_value());
  CHECK(append(*log, lobby, 1).error().code == errc::version_conflict);
  CHECK(append(*log, lobby, 2)->last == 4);
}

TEST_CASE("a log in use by another process is refused, naming the process") {
  const temporary_directory directory;
  const auto log = open_log(directory.path());
  const auto e = refusal(directory.path());
  CHECK(e.code == errc::conflict);
  CHECK_THAT(e.message, ContainsSubstring("in use by another process (pid " + std::to_string(::getpid()) + ")"));
}

TEST_CASE("a directory that cannot be made is refused with what to do") {
  const temporary_directory directory;
  std::ofstream{directory.path() + "/file"} << "in the way";
  const auto e = refusal(directory.path() + "/file/log");
  CHECK(e.code == errc::log_unavailable);
  CHECK_THAT(e.message, ContainsSubstring("cannot be used") && ContainsSubstring("write access"));
}

TEST_CASE("child: open as nobody", "[.open-as-nobody]") {
  constexpr uid_t nobody = 65534;
  if (::geteuid() == 0) REQUIRE(::setuid(nobody) == 0);
  const auto e = refusal(child_setting("PARLEY_DIRECTORY"));
  CHECK(e.code == errc::log_unavailable);
  CHECK_THAT(e.message, ContainsSubstring("Permission denied") && ContainsSubstring("write access"));
}

TEST_CASE("a directory of somebody else is refused with what to do") {
  const temporary_directory directory;
  REQUIRE(::chmod(directory.path().c_str(), 0755) == 0);
  if (::geteuid() != 0) REQUIRE(::chmod(directory.path().c_str(), 0555) == 0);
  CHECK(wait_for_child(start_child("open-as-nobody", {{"PARLEY_DIRECTORY", directory.path()}})) == 0);
}

TEST_CASE("a torn tail of the write-ahead file is tolerated and costs nothing acknowledged") {
  const temporary_directory directory;
  append_and_die(directory.path(), 20);
  {
    // What a crash in the middle of the next write leaves: a part of a record that nobody was told about.
    std::ofstream torn{wal_files(directory.path()).back(), std::ios::app | std::ios::binary};
    torn << std::string("\x11\x22\x33\x44\xff\x01\x01", 7) << std::string(100, 'x');
  }
  auto log = open_log(directory.path());
  CHECK(log->head() == 20);
  CHECK(check_gapless(read_all(*log)).empty());
  CHECK(append(*log, lobby, 20)->last == 21);
}

TEST_CASE("acknowledged events that vanished make the log refuse to open, until the loss is accepted") {
  const temporary_directory directory;
  {
    const auto log = open_log(directory.path());
    REQUIRE(append(*log, lobby, 0, 3));
  }
  append_and_die(directory.path(), 5);
  SECTION("the write-ahead file is cut") { fs::resize_file(wal_files(directory.path()).back(), 0); }
  SECTION("the write-ahead file is removed") { fs::remove(wal_files(directory.path()).back()); }
  for (int again = 0; again < 2; ++again) {
    const auto e = refusal(directory.path());
    CHECK(e.code == errc::corrupt);
    CHECK_THAT(e.message, ContainsSubstring("acknowledged events have vanished") && ContainsSubstring("position 3") &&
                              ContainsSubstring("8 was durable") && ContainsSubstring("backup") &&
                              ContainsSubstring("accept-loss --head 3"));
  }
  stored_log::options accepting;
  accepting.accepted_head = 2;
  CHECK(refusal(directory.path(), accepting).code == errc::corrupt);
  accepting.accepted_head = 3;
  {
    const auto log = open_log(directory.path(), accepting);
    CHECK(log->head() == 3);
  }
  const auto log = open_log(directory.path());
  CHECK(append(*log, lobby, 3)->last == 4);
}

TEST_CASE("damage in the middle of the write-ahead file is refused, not skipped") {
  const temporary_directory directory;
  append_and_die(directory.path(), 40);
  const auto wal = wal_files(directory.path()).back();
  {
    std::fstream file{wal, std::ios::in | std::ios::out | std::ios::binary};
    file.seekg(static_cast<std::streamoff>(fs::file_size(wal) / 2));
    const auto byte = static_cast<char>(file.get() ^ 0x40);
    file.seekp(static_cast<std::streamoff>(fs::file_size(wal) / 2));
    file.put(byte);
  }
  const auto e = refusal(directory.path());
  CHECK(e.code == errc::corrupt);
  CHECK_THAT(e.message, ContainsSubstring("parley log verify") && ContainsSubstring("backup"));
}

TEST_CASE("a damaged HEAD is refused, a torn line of it is not") {
  const temporary_directory directory;
  {
    const auto log = open_log(directory.path());
    REQUIRE(append(*log, lobby, 0, 3));
  }
  const auto file = fs::path{directory.path()} / "HEAD";
  SECTION("torn") {
    {
      auto head = head_file::open(file);
      REQUIRE((head->write(2) && head->write(3)));
    }
    std::fstream{file, std::ios::in | std::ios::out} << "0000";
    std::fstream{file, std::ios::in | std::ios::out}.put('9');
    CHECK(read_head_file(file).value() == position{3});
    CHECK(open_log(directory.path())->head() == 3);
  }
  SECTION("damaged") {
    std::ofstream{file} << std::string(128, '7');
    CHECK(refusal(directory.path()).code == errc::corrupt);
  }
}

TEST_CASE("a write of HEAD that is cut off leaves the newer line, also right after a start") {
  const temporary_directory directory;
  const auto file = fs::path{directory.path()} / "HEAD";
  REQUIRE(head_file::open(file)->write(5));
  REQUIRE(head_file::open(file)->write(6));
  SECTION("in the third run") {
    REQUIRE(head_file::open(file)->write(7));
    std::fstream{file, std::ios::in | std::ios::out} << std::string(30, '0'); // it went over the first line
    CHECK(read_head_file(file).value() == position{6});
  }
  SECTION("in the second run") {
    fs::resize_file(file, 100);
    CHECK(read_head_file(file).value() == position{5});
  }
  SECTION("in the first run, when nothing was acknowledged") {
    fs::resize_file(file, 30);
    CHECK(read_head_file(file).value() == std::nullopt);
    CHECK(open_log(directory.path())->head() == 0);
  }
}

TEST_CASE("a full disk refuses the whole batch, and recover takes appends again when there is room") {
  const temporary_directory directory;
  auto log = open_log(directory.path());
  REQUIRE(append(*log, lobby, 0, 2));
  const std::vector batch{request({messages(lobby, 2, 1, std::string(9000, 'a')), messages(other, 0)}),
                          request({messages({"room/third"}, 0)})};
  {
    const full_disk full{directory.path().c_str(), 5000};
    for (const auto& answer : log->append(batch)) CHECK(answer.error().code == errc::log_unavailable);
    CHECK_FALSE(log->writable());
    CHECK(log->head() == 2);
    CHECK(log->stream_version(lobby) == 2u);
    CHECK(log->stream_version(other) == 0u);
    CHECK(read_all(*log).size() == 2);
    for (const auto& answer : log->append(batch)) CHECK(answer.error().code == errc::log_unavailable);
    const auto still_full = log->recover();
    REQUIRE_FALSE(still_full);
    CHECK_THAT(still_full.error().message, ContainsSubstring("No space left"));
    CHECK(read_all(*log).size() == 2);
  }
  CHECK_FALSE(log->writable());
  const auto recovered = log->recover();
  INFO((recovered ? std::string{} : recovered.error().message));
  REQUIRE(recovered);
  CHECK(log->writable());
  CHECK(log->head() == 2); // torn in the middle, so it cannot have survived
  for (const auto& answer : log->append(batch)) CHECK(answer.has_value());
  log.reset();
  log = open_log(directory.path());
  CHECK(log->head() == 5);
  CHECK(check_gapless(read_all(*log)).empty());
}

TEST_CASE("a failed sync shows nothing of its batch, and recover finds it whole or not at all") {
  const temporary_directory directory;
  auto log = open_log(directory.path());
  REQUIRE(append(*log, lobby, 0, 2));
  const std::vector batch{request({messages(lobby, 2), messages(other, 0)})};
  {
    const failing_sync failing{directory.path().c_str()};
    CHECK(log->append(batch).front().error().code == errc::log_unavailable);
    CHECK(log->head() == 2);
    CHECK(log->read(0, 10, no_limit)->size() == 2);
    CHECK(log->read_stream(lobby, 0, 10, no_limit)->size() == 2);
    CHECK(log->stream_version(other) == 0u);
    CHECK(log->append(batch).front().error().code == errc::log_unavailable);
  }
  REQUIRE(log->recover());
  REQUIRE(log->writable());
  REQUIRE((log->head() == 2 || log->head() == 4));
  const bool survived = log->head() == 4;
  CHECK(log->stream_version(lobby) == (survived ? 3u : 2u));
  CHECK(log->stream_version(other) == (survived ? 1u : 0u));
  REQUIRE(append(*log, lobby, survived ? 3 : 2));
  const auto head = log->head();
  log.reset();
  log = open_log(directory.path());
  CHECK(log->head() == head);
  CHECK(check_gapless(read_all(*log)).empty());
}

TEST_CASE("expired outcomes are forgotten when their files are rewritten, others are kept") {
  const temporary_directory directory;
  fixed_clock clock;
  stored_log::options o;
  o.clock = &clock;
  auto log = open_log(directory.path(), o);
  auto r = request({});
  for (const auto& [key, ms] : {std::pair{"early", 1000}, std::pair{"late", 3000}}) {
    r.outcome = command_outcome{key, "f", "{}", 0, 0, time_point{std::chrono::milliseconds{ms}}};
    REQUIRE(append(*log, r));
  }
  clock.ms = 2000;
  REQUIRE(log->forget_expired());
  CHECK_FALSE(log->find_outcome("early")->has_value());
  CHECK(log->find_outcome("late")->has_value());
}

TEST_CASE("versions are right although the writer keeps only few of them in memory") {
  const temporary_directory directory;
  stored_log::options o;
  o.versions_cached_max = 4;
  auto log = open_log(directory.path(), o);
  for (version v = 0; v < 3; ++v)
    for (int i = 0; i < 20; ++i) REQUIRE(append(*log, {"room/" + std::to_string(i)}, v));
  CHECK(append(*log, {"room/0"}, 2).error().code == errc::version_conflict);
  CHECK(check_gapless(read_all(*log)).empty());
}
