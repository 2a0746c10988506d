// parley-log-bench: synced appends a second through the log of production, by batch size, with records of about 300
// bytes.

#include "events/log/directory_storage.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <sys/resource.h>

namespace {

using namespace parley;

double cpu_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

struct run {
  std::size_t batch, streams;
  bool keyed; ///< each command carries an idempotency key
};

void measure(const std::filesystem::path& directory, const run& r, double seconds) {
  auto log = open_log_in(directory);
  if (!log) {
    std::cerr << "parley-log-bench: " << text_of(log.error()) << "\n";
    throw CLI::RuntimeError{1};
  }
  encoded_event event;
  event.type = "message-sent";
  event.data =
      R"({"messageId":"m_0123456789abcdefghijkl","userId":"u_0123456789abcdefghijkl","sessionId":"s_01234567"})";
  event.personal = R"({"name":"Ada","text":"0123456789012345678901234567890123456789012345678901234567890123"})";

  std::vector<version> versions(r.streams);
  std::uint64_t events = 0;
  using clock = std::chrono::steady_clock;
  const auto started = clock::now();
  const auto cpu_before = cpu_seconds();
  std::chrono::duration<double> elapsed{};
  std::vector<append_request> batch(r.batch);
  do {
    for (auto& request : batch) {
      const auto i = events * 7919 % r.streams;
      request.streams = {{{"room/" + std::to_string(i)}, versions[i]++, {event}}};
      request.time = time_point{std::chrono::milliseconds{1'700'000'000'000}};
      request.actor = "u_0123456789abcdefghijkl";
      request.cause = "c_" + std::to_string(events++);
      if (r.keyed)
        request.outcome = command_outcome{"u_0|" + std::to_string(events * 0x9E3779B97F4A7C15),
                                          std::string(64, 'f'),
                                          R"({"id":"m_0123456789abcdefghijkl"})",
                                          0,
                                          0,
                                          time_point::max()};
    }
    for (const auto& answer : (*log)->append(batch))
      if (!answer) {
        std::cerr << "parley-log-bench: " << text_of(answer.error()) << "\n";
        throw CLI::RuntimeError{1};
      }
    elapsed = clock::now() - started;
  } while (elapsed.count() < seconds);
  const auto cpu = cpu_seconds() - cpu_before;
  const auto commits = events / r.batch;
  std::printf("%6zu %8zu %6s %12.0f %12.0f %10.2f %14.2f\n", r.batch, r.streams, r.keyed ? "yes" : "no",
              static_cast<double>(events) / elapsed.count(), static_cast<double>(commits) / elapsed.count(), cpu,
              cpu * 1e6 / static_cast<double>(events));
  std::fflush(stdout);
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{
      "Measures synced appends a second through the event log. Writes a log of its own below the directory and "
      "removes it. Use a directory on the disk that matters: a tmpfs syncs nothing."};
  std::string data;
  double seconds = 3;
  std::vector<std::size_t> batches{1, 8, 64, 512}, stream_counts{10, 100'000};
  bool keyed_only = false, unkeyed_only = false;
  app.add_option("--data", data, "an existing directory on a real file system")
      ->required()
      ->check(CLI::ExistingDirectory);
  app.add_option("--seconds", seconds, "length of each measurement")->capture_default_str()->check(CLI::PositiveNumber);
  app.add_option("--batch", batches, "requests a commit, one or more sizes")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--streams", stream_counts, "streams the events are spread over, one or more numbers")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  auto* keyed_flag = app.add_flag("--keyed", keyed_only, "only with idempotency keys");
  app.add_flag("--unkeyed", unkeyed_only, "only without idempotency keys")->excludes(keyed_flag);
  try {
    app.parse(argc, argv);
    const auto directory = std::filesystem::path{data} / "parley-log-bench";
    std::printf("%6s %8s %6s %12s %12s %10s %14s\n", "batch", "streams", "keyed", "events/s", "commits/s", "CPU s",
                "CPU us/event");
    for (const bool keyed : {false, true}) {
      if (keyed ? unkeyed_only : keyed_only) continue;
      for (const auto streams : stream_counts)
        for (const auto batch : batches) {
          std::filesystem::remove_all(directory);
          measure(directory, {batch, streams, keyed}, seconds);
        }
    }
    std::filesystem::remove_all(directory);
    return 0;
  } catch (const CLI::RuntimeError& fault) {
    return fault.get_exit_code();
  } catch (const CLI::ParseError& wrong) {
    return app.exit(wrong) == 0 ? 0 : 2;
  }
}
