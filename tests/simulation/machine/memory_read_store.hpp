#pragma once
// The projector's store in memory, with faults: as projections/pg/store over tables that outlive it, the way a database
// outlives a server. What a transaction writes is kept apart until it commits. As there, a call that fails closes the
// connection, and nothing of its transaction is left; only of a commit nobody knows.
//
// Faults are injected one by one, or drawn from a seed with odds; each is counted by its kind. One thread, but for
// `interrupt`.

#include "projections/read_store.hpp"
#include "tests/simulation/machine/read_tables.hpp"
#include "tests/support/seeded.hpp"

#include <array>
#include <atomic>

namespace parley::simulation {

/// What can go wrong. All of them are errc::unavailable.
enum class store_fault : std::uint8_t {
  open_fails,
  begin_fails,
  apply_fails,      ///< at one of its statements; nobody can tell at which
  commit_not_taken, ///< the transaction is lost
  commit_taken,     ///< the transaction took effect, and its answer is lost
  connection_lost,  ///< at whatever call comes next
};
inline constexpr std::array all_store_faults{store_fault::open_fails,   store_fault::begin_fails,
                                             store_fault::apply_fails,  store_fault::commit_not_taken,
                                             store_fault::commit_taken, store_fault::connection_lost};
[[nodiscard]] std::string_view text_of(store_fault f) noexcept;

class memory_read_store final : public read_store {
public:
  /// `database` outlives the store.
  explicit memory_read_store(read_tables& database, std::uint64_t seed = 0)
    : database_{database}
    , random_{seed} {}

  /// The next call that `f` is about fails so; once more for each call of this.
  void inject(store_fault f) { ++injected_[index(f)]; }
  /// From now on `per_thousand` of the calls that `f` is about fail so.
  void set_odds(store_fault f, std::size_t per_thousand) { odds_[index(f)] = per_thousand; }
  /// Nothing fails any more.
  void heal() {
    injected_ = {};
    odds_ = {};
  }
  /// Transactions with changes that `refused` says yes to fail at their commit, always, with errc::invalid.
  void refuse(std::function<bool(const change_set&)> refused) { refused_ = std::move(refused); }
  /// Faults that came true so far.
  [[nodiscard]] std::uint64_t count(store_fault f) const { return counts_[index(f)]; }
  [[nodiscard]] bool in_transaction() const noexcept { return transaction_.has_value(); }

  [[nodiscard]] result<void> open() override;
  [[nodiscard]] result<position> begin() override;
  [[nodiscard]] result<void> apply(const change_set& changes) override;
  [[nodiscard]] result<void> commit(position to) override;
  void rollback() noexcept override;
  void interrupt() noexcept override { interrupted_ = true; }

private:
  struct transaction {
    position from;                    ///< the checkpoint as it began
    std::vector<change_set> queued{}; ///< they are written at the commit
    [[nodiscard]] position reached() const { return queued.empty() ? from : queued.back().to; }
  };

  static constexpr std::size_t index(store_fault f) { return static_cast<std::size_t>(f); }
  /// Whether `f` happens now; counts it.
  bool happens(store_fault f);
  /// What every call asks first: the connection may be gone.
  [[nodiscard]] result<void> check_connection();
  /// Closes the connection, and with it the transaction.
  tl::unexpected<error> lose(store_fault why);

  read_tables& database_;
  test::seeded random_;
  std::array<unsigned, all_store_faults.size()> injected_{};
  std::array<std::size_t, all_store_faults.size()> odds_{};
  std::array<std::uint64_t, all_store_faults.size()> counts_{};
  std::function<bool(const change_set&)> refused_;
  bool connected_ = false;
  std::optional<transaction> transaction_;
  std::atomic<bool> interrupted_ = false;
};

} // namespace parley::simulation
