// Measures a rebuild: a synthetic log of messages in a number of rooms, in memory or in RocksDB, applied to fresh
// tables in a real PostgreSQL, as `parley projections rebuild` does it. Prints events/s on stdout.

#include "events/log/directory_storage.hpp"
#include "projections/rebuild.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace {

using namespace parley;

struct settings {
  std::string database_url, rocksdb;
  std::size_t events = 1'000'000, rooms = 1000, text_bytes = 64, batch = 10'000;
};

/// Keeps only the bytes of the records: a million parsed ones would not fit. Parsed on reading, as RocksDB's are.
class synthetic_source final : public record_source {
public:
  explicit synthetic_source(const settings& s)
    : settings_{s} {}
  [[nodiscard]] result<position> head() override { return settings_.events; }
  [[nodiscard]] result<std::vector<record>> read(position after, std::size_t limit, std::size_t bytes_max) override {
    std::vector<record> out;
    std::size_t bytes = 0;
    for (auto p = after + 1; p <= settings_.events && out.size() < limit && bytes < bytes_max; ++p) {
      std::string text;
      append_record(text, stream_of(p), version_of(p), p, content(p), time_point{std::chrono::milliseconds{p}}, "u_1",
                    "c_1");
      bytes += text.size();
      auto parsed = parse_record(text);
      if (!parsed) return tl::make_unexpected(parsed.error());
      out.push_back(std::move(*parsed));
    }
    return out;
  }

  [[nodiscard]] stream_id stream_of(position p) const { return {"room/r" + std::to_string(room(p))}; }
  [[nodiscard]] version version_of(position p) const { return (p - 1) / settings_.rooms + 1; }
  [[nodiscard]] encoded_event content(position p) const {
    const auto id = "r" + std::to_string(room(p));
    if (version_of(p) == 1)
      return encode(events::room_event{events::room_opened{{id}, id, {"u_1"}, "", 1000, std::nullopt, "kept", true}});
    return encode(events::room_event{events::message_sent{{"m_" + std::to_string(p)},
                                                          {"u_3kTq8fZ2mXw9LbR1"},
                                                          {"s_9Jx2bQ7vTn4KcW5p"},
                                                          "Ada Lovelace",
                                                          std::string(settings_.text_bytes, 'x'),
                                                          "",
                                                          ""}});
  }

private:
  [[nodiscard]] std::size_t room(position p) const { return (p - 1) % settings_.rooms; }
  const settings& settings_;
};

result<void> fill(event_log& log, const synthetic_source& source, std::size_t count) {
  for (position p = 1; p <= count;) {
    std::vector<append_request> batch;
    for (; p <= count && batch.size() < 512; ++p) {
      append_request one;
      one.streams.push_back({source.stream_of(p), source.version_of(p) - 1, {source.content(p)}});
      one.time = time_point{std::chrono::milliseconds{p}};
      one.actor = "u_1";
      batch.push_back(std::move(one));
    }
    for (const auto& written : log.append(batch))
      if (!written) return tl::make_unexpected(written.error());
  }
  return {};
}

result<rebuild_report> measure(const settings& s) {
  rebuild_options options;
  options.database_url = s.database_url;
  options.batch_events = s.batch;
  options.live_patience = std::chrono::milliseconds{0};
  pg::connect_options to;
  to.url = s.database_url;
  auto db = pg::connection::open(to);
  if (!db) return tl::make_unexpected(db.error());
  if (auto fresh = db->run("DROP SCHEMA IF EXISTS parley CASCADE"); !fresh) return tl::make_unexpected(fresh.error());
  synthetic_source synthetic{s};
  if (s.rocksdb.empty()) return rebuild(synthetic, options);
  auto log = open_log_in(s.rocksdb);
  if (!log) return tl::make_unexpected(log.error());
  if ((*log)->head() == 0)
    if (auto filled = fill(**log, synthetic, s.events); !filled) return tl::make_unexpected(filled.error());
  log_source source{**log};
  return rebuild(source, options);
}

} // namespace

int main(int argc, char** argv) {
  settings s;
  CLI::App app{
      "Measures how fast read models are rebuilt. The database's read models are replaced: use one of its own."};
  app.add_option("--database-url", s.database_url, "PostgreSQL, as libpq writes it")
      ->envname("DATABASE_URL")
      ->required();
  app.add_option("--events", s.events, "events in the log")->capture_default_str()->check(CLI::PositiveNumber);
  app.add_option("--rooms", s.rooms, "rooms they are spread over")->capture_default_str()->check(CLI::PositiveNumber);
  app.add_option("--text-bytes", s.text_bytes, "of one message")->capture_default_str();
  app.add_option("--batch", s.batch, "events a transaction")->capture_default_str()->check(CLI::PositiveNumber);
  app.add_option("--rocksdb", s.rocksdb,
                 "directory of a log, filled when empty; without it the log is made up as it is read");
  CLI11_PARSE(app, argc, argv);
  const auto report = measure(s);
  if (!report) {
    fmt::print(stderr, "rebuild-bench: {}\n", text_of(report.error()));
    return 1;
  }
  const auto seconds = std::chrono::duration<double>(report->building).count();
  fmt::print("rebuilt {} events in {:.2f} s: {:.0f} events/s\n", report->built, seconds,
             static_cast<double>(report->built) / seconds);
  return 0;
}
