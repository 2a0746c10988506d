#include "events/log/verify.hpp"

#include "events/log/head_file.hpp"
#include "events/log/keys.hpp"
#include "events/log/log_tables.hpp"
#include "events/log/rocksdb_store.hpp"

#include <thread>

namespace parley {
namespace {

const system_clock_source machine_clock;
constexpr std::uint64_t progress_every = 10'000;
constexpr int attempts = 8;
constexpr std::chrono::milliseconds pause{20};

/// Looking beside a running server can meet files that the server just replaced, which looks like damage; then a later
/// look is right. `look` is told which one it is, from 0.
template <class Look>
auto look_patiently(Look look) {
  auto seen = look(0);
  for (int i = 1; i < attempts && !seen; ++i) {
    std::this_thread::sleep_for(i * pause);
    seen = look(i);
  }
  return seen;
}

} // namespace

result<log_view> log_view::open(const std::filesystem::path& directory, kind k) {
  std::error_code failure;
  if (!std::filesystem::exists(directory / "rocksdb" / "CURRENT", failure))
    return fail(errc::not_found, "there is no log in " + directory.string() +
                                     (failure ? " (" + failure.message() + ")" : std::string{}) +
                                     "; name the server's data directory with --data");
  const auto mode = k == kind::frozen ? store::access::beside_owner : store::access::follow;
  auto tables = look_patiently([&](int) { return open_rocksdb_store(directory / "rocksdb", mode, machine_clock); });
  if (!tables) return tl::make_unexpected(std::move(tables.error()));
  return over(std::move(*tables));
}

result<log_view> log_view::over(std::unique_ptr<store> tables) {
  log_view view{std::move(tables)};
  const auto head = log_tables::head(*view.tables_);
  if (!head) return tl::make_unexpected(head.error());
  view.head_ = *head;
  return view;
}

result<void> log_view::refresh() {
  return look_patiently([this](int) { return look_once(); });
}

result<void> log_view::look_once() {
  if (auto caught_up = tables_->catch_up(); !caught_up) return caught_up;
  const auto head = log_tables::head(*tables_);
  if (!head) return tl::make_unexpected(head.error());
  head_ = *head;
  return {};
}

result<std::vector<record>> log_view::read(position after, std::size_t limit, std::size_t bytes_max) const {
  return log_tables::read(*tables_, after, head_, limit, bytes_max);
}

result<void> log_view::visit(position after,
                             const std::function<bool(const record&, std::string_view)>& visitor) const {
  std::optional<error> unreadable;
  const auto visited = log_tables::visit(*tables_, after, head_, [&](position p, std::string_view bytes) {
    const auto r = parse_record(bytes);
    if (!r) unreadable = error{errc::corrupt, "position " + std::to_string(p) + ": " + r.error().message, 0};
    return r && visitor(*r, bytes);
  });
  if (unreadable) return tl::make_unexpected(std::move(*unreadable));
  return visited;
}

result<std::vector<record>> log_view::read_following(position after, std::size_t limit, std::size_t bytes_max) {
  return look_patiently([&](int i) -> result<std::vector<record>> {
    if (i > 0)
      if (auto looked = look_once(); !looked) return tl::make_unexpected(std::move(looked.error()));
    return read(after, limit, bytes_max);
  });
}

result<void> log_view::visit_following(position after,
                                       const std::function<bool(const record&, std::string_view)>& visitor) {
  return look_patiently([&](int i) -> result<void> {
    if (i > 0)
      if (auto looked = look_once(); !looked) return looked;
    return visit(after, [&](const record& r, std::string_view bytes) {
      after = r.position; // so that nobody sees a record twice
      return visitor(r, bytes);
    });
  });
}

result<void> log_view::visit_stream(const stream_id& stream, position after,
                                    const std::function<bool(const record&, std::string_view)>& visitor) const {
  auto at = tables_->scan(table::streams);
  for (at->seek(keys::stream(stream, 1)); at->valid(); at->next()) {
    const auto key = keys::take_stream(at->key());
    const auto p = keys::number_at(at->value());
    if (!key || !p || key->stream != stream.text || *p > head_) break;
    if (*p <= after) continue;
    bool more = true;
    std::optional<error> unreadable;
    const auto visited = log_tables::visit(*tables_, *p - 1, *p, [&](position, std::string_view bytes) {
      const auto r = parse_record(bytes);
      if (!r) unreadable = error{errc::corrupt, "position " + std::to_string(*p) + ": " + r.error().message, 0};
      more = r && visitor(*r, bytes);
      return more;
    });
    if (!visited) return visited;
    if (unreadable) return tl::make_unexpected(std::move(*unreadable));
    if (!more) return {};
  }
  return at->check();
}

result<std::optional<snapshot>> log_view::find_snapshot(const stream_id& stream) const {
  return log_tables::find_snapshot(*tables_, stream);
}

result<void> log_view::visit_timers(const std::function<bool(const timer&)>& visitor) const {
  return log_tables::visit_timers(*tables_, visitor);
}

namespace {

class log_verifier {
public:
  log_verifier(const store& tables, position head, std::optional<position> recorded, const verify_progress& progress)
    : tables_{tables}
    , recorded_{recorded}
    , progress_{progress} {
    found_.head = head;
  }

  result<verification> run() {
    if (recorded_ && *recorded_ > found_.head)
      report(found_.head + 1, "acknowledged events have vanished: the log ends at " + std::to_string(found_.head) +
                                  " but " + std::to_string(*recorded_) + " was durable");
    if (auto ok = check_records(); !ok) return tl::make_unexpected(std::move(ok.error()));
    if (auto ok = check_indexes(); !ok) return tl::make_unexpected(std::move(ok.error()));
    std::stable_sort(found_.damages.begin(), found_.damages.end(),
                     [](const damage& a, const damage& b) { return a.at < b.at; });
    return std::move(found_);
  }

private:
  void report(position at, std::string what) {
    if (found_.damages.size() < damages_max) found_.damages.push_back({at, std::move(what)});
  }

  /// Each record against its digest, its key and its stream's index.
  result<void> check_records() {
    auto at = tables_.scan(table::log);
    position expected = 1;
    for (at->seek({}); at->valid(); at->next()) {
      const auto p = keys::number_at(at->key()).value_or(0);
      if (p > found_.head) {
        report(p, "the record stands beyond the log's head, " + std::to_string(found_.head));
        break;
      }
      if (p != expected) report(expected, "records are missing up to position " + std::to_string(p));
      expected = p + 1;
      if (const auto bytes = keys::take_record(at->value()); !bytes)
        report(p, bytes.error().message);
      else if (const auto r = log_tables::check_record(tables_, p, *bytes); !r)
        report(p, r.error().message);
      if (++found_.records % progress_every == 0 && progress_) progress_(found_.records, found_.head);
    }
    // What RocksDB itself finds damaged ends the scan, and is damage like any other.
    if (auto ok = at->check(); !ok)
      report(expected, ok.error().message);
    else if (expected <= found_.head)
      report(expected, "records are missing up to the log's head");
    return {};
  }

  /// Each record is in the index under its own version; so equal numbers and gapless versions leave no false entry.
  result<void> check_indexes() {
    auto at = tables_.scan(table::streams);
    std::string stream;
    version last = 0;
    std::uint64_t entries = 0;
    for (at->seek({}); at->valid(); at->next(), ++entries) {
      const auto key = keys::take_stream(at->key());
      const auto p = keys::number_at(at->value()).value_or(0);
      if (!key) {
        report(p, "an index entry is damaged");
        continue;
      }
      if (key->stream != stream) {
        stream = key->stream;
        last = 0;
        ++found_.streams;
      }
      if (key->version != last + 1)
        report(p, "the index of " + stream + " skips from version " + std::to_string(last) + " to " +
                      std::to_string(key->version));
      if (p == 0 || p > found_.head) report(p, "the index of " + stream + " names a position that does not exist");
      last = key->version;
    }
    if (auto ok = at->check(); !ok)
      report(0, ok.error().message);
    else if (found_.damages.empty() && entries != found_.records) // else only a consequence
      report(0, "the streams' indexes have " + std::to_string(entries) + " entries for " +
                    std::to_string(found_.records) + " records");
    if (progress_) progress_(found_.records, found_.head);
    return {};
  }

  const store& tables_;
  std::optional<position> recorded_;
  const verify_progress& progress_;
  verification found_;
};

} // namespace

result<verification> verify_tables(const store& tables, std::optional<position> recorded,
                                   const verify_progress& progress) {
  const auto head = log_tables::head(tables);
  if (!head) return tl::make_unexpected(head.error());
  return log_verifier{tables, *head, recorded, progress}.run();
}

result<verification> verify_log(const std::filesystem::path& directory, const verify_progress& progress) {
  // HEAD first: the log opened afterwards can only be further.
  const auto recorded = read_head_file(directory / "HEAD");
  const auto view = log_view::open(directory, log_view::kind::frozen);
  if (!view && view.error().code == errc::corrupt) return verification{.damages = {{0, view.error().message}}};
  if (!view) return tl::make_unexpected(view.error());
  auto found = verify_tables(*view->tables_, recorded.value_or(std::nullopt), progress);
  if (found && !recorded) found->damages.insert(found->damages.begin(), {0, recorded.error().message});
  return found;
}

} // namespace parley
