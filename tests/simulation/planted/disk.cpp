#include "tests/simulation/planted/bugs.hpp"

#include "events/log/keys.hpp"
#include "tests/simulation/planted/forwarding.hpp"

#include <set>

namespace parley::simulation::planted {
namespace {

// Stands for a write option left at its default, where a write comes back once the kernel has it, or for a disk that
// lies about its cache: a power cut takes the last batch, which was answered long ago.
class unsynced final : public tampering {
  void crash(simulated_disk& disk) override { disk.lose_synced(1); }
};

// Stands for a writer that looks up a stream's version once a batch and not once a request: the stream's second event
// in a batch is written as the version of the first.
class shared_versions final : public forwarding_batch {
public:
  using forwarding_batch::forwarding_batch;

  void put(table t, std::string_view key, std::string_view value) override {
    if (t == table::log) return put_record(key, value);
    if (t != table::streams || !shared_) return real_->put(t, key, value);
    const auto of = keys::take_stream(key);
    real_->put(t, keys::stream({std::string{of->stream}}, *shared_), value);
  }

private:
  void put_record(std::string_view key, std::string_view value) {
    const auto r = parse_record(value.substr(keys::digest_bytes)).value();
    const auto [first, is_first] = versions_.try_emplace(r.stream.text, r.version);
    shared_ = is_first ? std::nullopt : std::optional{first->second};
    if (is_first) return real_->put(table::log, key, value);
    std::string bytes;
    append_record(bytes, r.stream, *shared_, r.position, {r.type, r.schema, r.data.dump(), r.personal.dump()}, r.time,
                  r.actor, r.cause);
    const auto sha = sha256(bytes);
    real_->put(table::log, key, std::string{sha.begin(), sha.end()} + bytes);
  }

  std::map<std::string, version> versions_; ///< of the streams in this batch
  std::optional<version> shared_;           ///< of the record put last, when it is a second one
};

class sharing final : public tampering {
  std::unique_ptr<log_storage> storage(std::unique_ptr<log_storage> real, simulated_disk&) override {
    auto share = [](std::unique_ptr<store::batch> b) { return std::make_unique<shared_versions>(std::move(b)); };
    auto wrap = [share](const storage_with_tables::opening& open) -> storage_with_tables::opened {
      auto tables = open();
      if (!tables) return tables;
      return std::make_unique<store_with_batches>(std::move(*tables), share);
    };
    return std::make_unique<storage_with_tables>(std::move(real), std::move(wrap));
  }
};

struct written_batch {
  struct change {
    table in;
    std::string key;
    std::optional<std::string> value; ///< none: erased
  };
  std::vector<change> changes;
};

class remembered_batch final : public forwarding_batch {
public:
  remembered_batch(std::unique_ptr<store::batch> real, written_batch& last)
    : forwarding_batch{std::move(real)}
    , last_{last} {}
  void put(table t, std::string_view key, std::string_view value) override {
    mine_.changes.push_back({t, std::string{key}, std::string{value}});
    real_->put(t, key, value);
  }
  void erase(table t, std::string_view key) override {
    mine_.changes.push_back({t, std::string{key}, std::nullopt});
    real_->erase(t, key);
  }
  result<void> write() override {
    last_ = std::move(mine_);
    return real_->write();
  }

private:
  written_batch& last_;
  written_batch mine_;
};

// Stands for a write-ahead log that is replayed without its checksums: where the disk cuts off a torn batch, the half
// of it that is there is taken for the whole.
class torn_tails final : public tampering {
  std::unique_ptr<log_storage> storage(std::unique_ptr<log_storage> real, simulated_disk& disk) override {
    auto remember = [this](std::unique_ptr<store::batch> b) {
      return std::make_unique<remembered_batch>(std::move(b), last_);
    };
    auto wrap = [this, &disk, remember](const storage_with_tables::opening& open) -> storage_with_tables::opened {
      const auto cut_off_before = cut_off(disk);
      auto tables = open();
      if (!tables) return tables;
      if (cut_off(disk) != cut_off_before) accept(**tables);
      return std::make_unique<store_with_batches>(std::move(*tables), remember);
    };
    return std::make_unique<storage_with_tables>(std::move(real), std::move(wrap));
  }

  static std::uint64_t cut_off(const simulated_disk& disk) {
    const auto at = disk.injected().find("tail dropped");
    return at == disk.injected().end() ? 0 : at->second;
  }

  void accept(parley::store& tables) const {
    const auto half = tables.new_batch();
    for (std::size_t i = 0; i < (last_.changes.size() + 1) / 2; ++i) {
      const auto& [in, key, value] = last_.changes[i];
      value ? half->put(in, key, *value) : half->erase(in, key);
    }
    if (!last_.changes.empty()) static_cast<void>(half->write());
  }

  written_batch last_; ///< the last that was written, on the disk or torn; outlives the server as the disk does
};

} // namespace

bug acknowledge_before_sync() { return std::make_unique<unsynced>(); }
bug let_two_appends_share_a_version() { return std::make_unique<sharing>(); }
bug accept_a_torn_tail() { return std::make_unique<torn_tails>(); }

} // namespace parley::simulation::planted
