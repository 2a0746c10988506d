#pragma once
// Checks the books from outside, by arithmetic of its own: it shares no code with the decider that made them. Fed with
// every record of a log in order, it says where they do not add up:
//
//   - a movement that is none: no amount, or an account that pays itself;
//   - an account but `world` that has less than zero, or less than is on hold;
//   - balances that do not sum to zero after a commit;
//   - a hold that was never there, ended twice, or ended with other terms or another sum than it had;
//   - a transfer whose id was not claimed in its commit, or claimed with other terms. A claim is its stream's first
//     event, and the log has no version twice, so no id is used twice.
//
// Memory grows with accounts and open holds, not with the log. One thread.

#include "events/record.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace parley::tool {

class ledger_check {
public:
  struct finding {
    position at;
    std::string what;
  };
  struct counts {
    std::uint64_t transfers = 0, holds = 0, posted = 0, voided = 0, expired = 0, refused = 0;
  };
  static constexpr std::size_t findings_max = 100;

  /// The next record of the log. errc::corrupt when it cannot be read.
  [[nodiscard]] result<void> take(const record& r);
  /// After the last one.
  void finish();

  [[nodiscard]] const std::vector<finding>& findings() const noexcept { return findings_; }
  [[nodiscard]] const counts& count() const noexcept { return counts_; }
  [[nodiscard]] std::size_t ledgers() const noexcept { return books_.size(); }
  [[nodiscard]] std::size_t accounts() const;
  [[nodiscard]] std::size_t open_holds() const;

private:
  using sum = __int128; ///< more than any number of 64-bit amounts adds up to
  struct account {
    sum balance = 0, held = 0;
  };
  struct books {
    std::map<account_name, account> accounts;
    std::map<transfer_id, events::held> holds;
    sum total = 0;
  };

  void see(const record& r, const events::ledger_event& e);
  void see_claim(const record& r, const events::transfer_claimed& e);
  template <class Event>
  void move(books& b, const Event& e, std::uint64_t amount);
  /// The hold that `e` ends; nullopt when there is none such.
  template <class Event>
  std::optional<events::held> end(books& b, const Event& e, std::uint64_t amount);
  template <class Event>
  void check_accounts(const books& b, const Event& e);
  /// A claim like this has to follow.
  template <class Event>
  void expect_claim(const record& r, const Event& e, bool pending, std::string refused);
  void found(std::string what);
  /// What came with the commit before this record is complete.
  void end_commit();

  std::map<std::string, books> books_; ///< by currency
  std::set<std::string> touched_;      ///< by the commit that is looked at
  std::string commit_;                 ///< tells the records of one commit from those of others
  std::optional<std::pair<stream_id, events::transfer_claimed>> expected_;
  position at_ = 0;
  counts counts_;
  std::vector<finding> findings_;
};

} // namespace parley::tool
