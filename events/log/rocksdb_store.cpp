#include "events/log/rocksdb_store.hpp"

#include "events/assertion.hpp"
#include "events/log/keys.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/compaction_filter.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/table_properties_collectors.h>
#include <rocksdb/write_batch.h>

#include <cstdlib>

namespace parley {
namespace {

constexpr std::array<const char*, table_count> names{"log", "streams", "commands", "snapshots", "timers", "meta"};
constexpr std::size_t mebibyte = 1 << 20;

rocksdb::Slice slice(std::string_view s) { return {s.data(), s.size()}; }
std::string_view view(const rocksdb::Slice& s) { return {s.data(), s.size()}; }

result<void> checked(const rocksdb::Status& s, const char* what) {
  if (s.ok()) return {};
  return fail(s.IsCorruption() ? errc::corrupt : errc::log_unavailable, std::string{what} + ": " + s.ToString());
}

/// Opening also meets what is sound but not for this program: other tables than its own, or a file written with what
/// its RocksDB lacks.
result<void> checked_open(const rocksdb::Status& s) {
  if (s.IsInvalidArgument() || s.IsNotSupported())
    return fail(errc::precondition_failed, "the log's tables are not as this Parley makes them (" + s.ToString() +
                                               "); run the version that wrote them");
  return checked(s, "the log cannot be opened");
}

/// Forgets the outcomes of commands whose time is over, whenever RocksDB rewrites them anyway.
class expired_outcomes final : public rocksdb::CompactionFilter {
public:
  explicit expired_outcomes(const clock_source& clock)
    : clock_{clock} {}
  bool Filter(int, const rocksdb::Slice&, const rocksdb::Slice& value, std::string*, bool*) const override {
    return value.size() >= 8 && keys::time_at(view(value)) <= clock_.now();
  }
  const char* Name() const override { return "parley.expired-outcomes"; }

private:
  const clock_source& clock_;
};

/// RocksDB's own text log is not kept: what matters reaches us as a status, and Debian's build stops the process (an
/// assertion) when a full disk does not take a line of it.
class no_text_log final : public rocksdb::Logger {
public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

/// Keeps RocksDB from going on by itself after an error: only `recover` decides that, with the files read anew.
class no_automatic_recovery final : public rocksdb::EventListener {
public:
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status, bool* automatic) override {
    *automatic = false;
  }
};

/// A key of `streams` without its version: inserting remembers where each stream's last entry stands in memory, so that
/// the next one, which nearly always follows it, is not searched for.
class stream_of_key final : public rocksdb::SliceTransform {
public:
  const char* Name() const override { return "parley.stream-of-key"; }
  rocksdb::Slice Transform(const rocksdb::Slice& key) const override {
    return {key.data(), key.size() - version_bytes};
  }
  bool InDomain(const rocksdb::Slice& key) const override { return key.size() > version_bytes; }

private:
  static constexpr std::size_t version_bytes = 8;
};

rocksdb::CompressionType compression() {
  // Records compress to about half at LZ4's speed; Debian builds it in, others may not.
  for (const auto known : rocksdb::GetSupportedCompressions())
    if (known == rocksdb::kLZ4Compression) return known;
  return rocksdb::kNoCompression;
}

rocksdb::ColumnFamilyOptions family_options(table t, const std::shared_ptr<rocksdb::Cache>& cache,
                                            const expired_outcomes* expired) {
  rocksdb::ColumnFamilyOptions options;
  rocksdb::BlockBasedTableOptions blocks;
  blocks.block_cache = cache;
  blocks.cache_index_and_filter_blocks = true; // or memory would grow with the log
  blocks.pin_l0_filter_and_index_blocks_in_cache = true;
  blocks.format_version = 5;
  options.compression = compression();
  options.write_buffer_size = 64 * mebibyte;
  switch (t) {
  case table::log: blocks.block_size = 16 * 1024; break;
  case table::commands:
    // Random keys: a small memtable stays in the processor's caches, and the blooms answer for the keys that are new,
    // which nearly all are.
    options.write_buffer_size = 8 * mebibyte;
    options.compaction_filter = expired;
    options.periodic_compaction_seconds = 24 * 60 * 60;
    [[fallthrough]];
  case table::streams:
    if (t == table::streams) options.memtable_insert_with_hint_prefix_extractor = std::make_shared<stream_of_key>();
    blocks.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
    options.memtable_prefix_bloom_size_ratio = 0.05;
    options.memtable_whole_key_filtering = true;
    break;
  case table::snapshots: options.write_buffer_size = 16 * mebibyte; break;
  case table::timers:
    // A queue: what has fired lies as tombstones before what is due next, so they must not pile up.
    options.write_buffer_size = 2 * mebibyte;
    options.table_properties_collector_factories.push_back(
        rocksdb::NewCompactOnDeletionCollectorFactory(4096, 2048, 0.5));
    break;
  case table::meta: options.write_buffer_size = mebibyte; break;
  }
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(blocks));
  return options;
}

rocksdb::DBOptions database_options(store::access mode) {
  rocksdb::DBOptions options;
  const bool writes = mode == store::access::write || mode == store::access::write_lenient;
  options.create_if_missing = writes;
  options.create_missing_column_families = writes;
  // Keeps every acknowledged write after a crash that tore the tail, and refuses damage in the middle. The default
  // (point in time) would silently drop all that follows such damage.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.recycle_log_file_num = 0;
  // Readers, too, check the write-ahead files against the manifest. Without it RocksDB 7.8 wants to strike them from
  // the manifest, which a reader cannot: Debian's build stops the process (an assertion).
  options.track_and_verify_wals_in_manifest = mode != store::access::write_lenient;
  options.max_total_wal_size = 256 * mebibyte;     // bounds what a start replays
  options.allow_concurrent_memtable_write = false; // there is one writer, and the hints of `streams` ask for it
  options.enable_write_thread_adaptive_yield = false;
  options.max_bgerror_resume_count = 0;
  options.listeners.push_back(std::make_shared<no_automatic_recovery>());
  options.info_log = std::make_shared<no_text_log>();
  options.max_background_jobs = 2;
  options.bytes_per_sync = mebibyte;
  // Beside the owner all files are opened at the start and stay open: the owner may delete any of them, and what is
  // open stays readable. The owner itself, which also reads after its disk failed, must not run out of descriptors.
  const bool beside_owner = mode == store::access::beside_owner || mode == store::access::follow;
  options.max_open_files = beside_owner ? -1 : 1024;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  return options;
}

// --- the store ---------------------------------------------------------------------------------------------------

/// The open database, and what it uses until it is gone.
struct database {
  std::unique_ptr<expired_outcomes> expired;
  std::filesystem::path follower;
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> handles; // by table, then the default family

  database() = default;
  database(const database&) = delete;
  database& operator=(const database&) = delete;
  [[nodiscard]] rocksdb::ColumnFamilyHandle* of(table t) const { return handles[static_cast<std::size_t>(t)]; }
  ~database() {
    if (db) {
      for (auto* handle : handles) db->DestroyColumnFamilyHandle(handle);
      (void)db->Close();
      db.reset();
    }
    std::error_code ignored;
    if (!follower.empty()) std::filesystem::remove_all(follower, ignored);
  }
};

class rocksdb_batch final : public store::batch {
public:
  explicit rocksdb_batch(const database& into)
    : into_{into} {}
  void put(table t, std::string_view key, std::string_view value) override {
    PARLEY_ASSERT(writes_.Put(into_.of(t), slice(key), slice(value)).ok());
  }
  void erase(table t, std::string_view key) override { PARLEY_ASSERT(writes_.Delete(into_.of(t), slice(key)).ok()); }
  result<void> write() override {
    rocksdb::WriteOptions options;
    options.sync = true;
    return checked(into_.db->Write(options, &writes_), "the log cannot be written");
  }

private:
  const database& into_;
  rocksdb::WriteBatch writes_;
};

class rocksdb_cursor final : public store::cursor {
public:
  explicit rocksdb_cursor(rocksdb::Iterator* at)
    : at_{at} {}
  void seek(std::string_view key) override { at_->Seek(slice(key)); }
  void seek_back(std::string_view key) override { at_->SeekForPrev(slice(key)); }
  void seek_to_last() override { at_->SeekToLast(); }
  void next() override { at_->Next(); }
  void previous() override { at_->Prev(); }
  bool valid() const override { return at_->Valid(); }
  std::string_view key() const override { return view(at_->key()); }
  std::string_view value() const override { return view(at_->value()); }
  result<void> check() const override { return checked(at_->status(), "the log cannot be read"); }

private:
  std::unique_ptr<rocksdb::Iterator> at_;
};

class rocksdb_store final : public store {
public:
  explicit rocksdb_store(std::unique_ptr<database> opened)
    : in_{std::move(opened)} {}

  std::unique_ptr<batch> new_batch() override { return std::make_unique<rocksdb_batch>(*in_); }

  result<std::optional<std::string>> get(table t, std::string_view key) const override {
    rocksdb::PinnableSlice value;
    const auto status = in_->db->Get(rocksdb::ReadOptions{}, in_->of(t), slice(key), &value);
    if (status.IsNotFound()) return std::optional<std::string>{};
    if (auto ok = checked(status, "the log cannot be read"); !ok) return tl::make_unexpected(ok.error());
    return std::optional{value.ToString()};
  }

  std::unique_ptr<cursor> scan(table t) const override {
    return std::make_unique<rocksdb_cursor>(in_->db->NewIterator(rocksdb::ReadOptions{}, in_->of(t)));
  }

  result<void> compact(table t) override {
    rocksdb::CompactRangeOptions options;
    options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
    return checked(in_->db->CompactRange(options, in_->of(t), nullptr, nullptr), "the log cannot be compacted");
  }

  result<void> catch_up() override { return checked(in_->db->TryCatchUpWithPrimary(), "the log cannot be followed"); }

private:
  std::unique_ptr<database> in_;
};

} // namespace

result<std::unique_ptr<store>> open_rocksdb_store(const std::filesystem::path& directory, store::access mode,
                                                  const clock_source& clock) {
  auto opened = std::make_unique<database>();
  opened->expired = std::make_unique<expired_outcomes>(clock);
  const auto cache = rocksdb::NewLRUCache(64 * mebibyte);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (std::size_t i = 0; i < names.size(); ++i)
    families.emplace_back(names[i], family_options(static_cast<table>(i), cache, opened->expired.get()));
  families.emplace_back(rocksdb::kDefaultColumnFamilyName, rocksdb::ColumnFamilyOptions{});

  const auto options = database_options(mode);
  rocksdb::DB* db = nullptr;
  rocksdb::Status status;
  if (mode == store::access::read_only || mode == store::access::beside_owner) {
    status = rocksdb::DB::OpenForReadOnly(options, directory.string(), families, &opened->handles, &db);
  } else if (mode == store::access::follow) {
    // A follower keeps its own info log and lock in a directory of its own, gone when it closes.
    auto pattern = (std::filesystem::temp_directory_path() / "parley-follow-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr)
      return fail(errc::log_unavailable, "cannot make a temporary directory " + pattern);
    opened->follower = pattern;
    status = rocksdb::DB::OpenAsSecondary(options, directory.string(), pattern, families, &opened->handles, &db);
  } else {
    status = rocksdb::DB::Open(options, directory.string(), families, &opened->handles, &db);
  }
  opened->db.reset(db);
  if (auto ok = checked_open(status); !ok) return tl::make_unexpected(ok.error());
  return std::make_unique<rocksdb_store>(std::move(opened));
}

} // namespace parley
