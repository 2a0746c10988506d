#pragma once
// The books of one currency (stream `ledger/<ISO 4217 code>`): one writer, double entry. A transfer debits one account
// and credits another with the same amount, at once or in two phases (hold, then post or void). All balances sum to
// zero after every event, which is asserted; a wallet never falls below zero, and what it has on hold counts as spent.
//
// A transfer's id is used once, ever. The ledger remembers its open holds and the last `settled_max` ids; what an older
// id was used for is read from the claim on it (stream `transfer/<id>`) before `decide` (`asks_for`), so a repeat of
// any age is answered as the first time. The claim is written in the same commit as the transfer, and so holds also
// between ledgers of two currencies that are given one id at one moment: there it collides. That is dear - the commit
// fails, all that this ledger decided after it is refused with errc::unavailable or the like, and the ledger is read
// again from the log - but ids come from our own processes, or carry the prefix of what they are for.
//
// The state holds the accounts that have something and the open holds, and nothing that grows with time.

#include "actors/domain/decision.hpp"
#include "actors/domain/money.hpp"
#include "actors/domain/recent.hpp"
#include "events/codec.hpp"

#include <map>
#include <variant>

namespace parley::domain {

inline constexpr std::size_t transfer_id_bytes_max = 128;
inline constexpr std::size_t reference_bytes_max = 160;
inline constexpr std::size_t wallet_owner_bytes_max = 128; ///< of the user's id
inline constexpr std::size_t holds_max = 100'000;          ///< open ones of a currency
inline constexpr std::size_t settled_max = 4'096; ///< ids remembered after they ended; more than are ever under way

/// Where money comes from and goes to: the only account that may be below zero. Its balance is minus what all others
/// have.
inline const account_name world{"world"};
inline const account_name fees{"fees"};
inline const account_name escrow{"escrow"};
[[nodiscard]] inline bool may_overdraw(const account_name& account) { return account == world; }
[[nodiscard]] account_name wallet_of(const user_id& user);

struct ledger {
  struct account {
    std::int64_t balance = 0;   ///< at most `balance_max` either way
    std::uint64_t outgoing = 0; ///< held, and not to be spent
    std::uint64_t incoming = 0; ///< held for it
    [[nodiscard]] std::int64_t available() const { return balance - as_signed(outgoing); }
    [[nodiscard]] bool empty() const { return balance == 0 && outgoing == 0 && incoming == 0; }
  };
  /// What a transfer is. A repeat of its id has the same.
  struct terms {
    account_name debit, credit;
    std::uint64_t amount = 0; ///< minor units, 1 to amount_max
    std::string reference;    ///< `booking:<id>`, `purchase:<id>`, `deposit:<id>`
    friend bool operator==(const terms&, const terms&) = default;
  };
  struct open_hold {
    ledger::terms terms;
    std::optional<time_point> expires_at;
  };
  /// How an id ended.
  struct settlement {
    ledger::terms terms;
    bool was_held = false;
    std::string status; ///< posted, voided, expired, refused
    std::uint64_t posted = 0;
    std::string refused; ///< the code
  };
  struct state {
    std::map<account_name, account> accounts; ///< without the empty ones
    std::map<transfer_id, open_hold> holds;
    recent<transfer_id, settlement, settled_max> settled; ///< not part of a snapshot: the log has it
    std::int64_t sum = 0;                                 ///< of all balances: zero
  };
  /// What the claim on an id says, when the state knows nothing of it.
  using claim = std::optional<events::transfer_claimed>;

  // With `tells_refusal` a command is never refused for what it asks for: the refusal becomes an event, for the saga
  // that reads it in the log. Else the caller is refused and nothing is written.

  /// errc::insufficient_funds; errc::wrong_currency for one that is not in force, unless a saga asks: what was agreed
  /// in it before is still paid, and what is held in it is posted or voided. errc::conflict when the id was used for
  /// another transfer, or the sum would be more than an account can hold; errc::invalid for an amount or an account
  /// that cannot be.
  struct transfer {
    transfer_id id;
    std::string currency; ///< the stream's key
    ledger::terms terms;
    bool tells_refusal = false;
    claim earlier = std::nullopt;
  };
  /// The same in two phases. Without expiry it stands until it is posted or voided.
  struct hold {
    transfer_id id;
    std::string currency;
    ledger::terms terms;
    std::optional<time_point> expires_at = std::nullopt; ///< in the future
    bool tells_refusal = false;
    claim earlier = std::nullopt;
  };
  /// Moves the whole of a hold, or a part; the rest is released. errc::not_found, errc::conflict when the hold has
  /// another reference, errc::invalid for more than is held, errc::hold_settled when it ended otherwise.
  struct post {
    transfer_id id;
    std::string reference;
    std::optional<std::uint64_t> amount = std::nullopt;
    bool tells_refusal = false;
    claim earlier = std::nullopt;
  };
  /// Releases a hold; an expired one is released already. Refused as `post`.
  struct void_hold {
    transfer_id id;
    std::string reference;
    bool tells_refusal = false;
    claim earlier = std::nullopt;
  };
  struct timer_fired {
    std::string what;
  };

  using command = std::variant<transfer, hold, post, void_hold, timer_fired>;
  using event = events::ledger_event;
  static constexpr std::string_view family = "ledger";
  static constexpr bool is_followed = true;
  static constexpr int snapshot_schema = 1;

  /// The stream whose first event, if there is one, `decide` must be given by `tell`; nullopt: the state says it all.
  [[nodiscard]] static std::optional<stream_id> asks_for(const state& s, const command& c);
  static void tell(command& c, const parley::event& first);

  [[nodiscard]] static result<decision<event>> decide(const state& s, const command& c, const context& by);
  static void evolve(state& s, const event& e, time_point when);
  /// transfer, hold: {id, currency, debit, credit, amountMinor, reference, status, code?}; post, void_hold: {id,
  /// status, amountMinor}, status as a settlement's or `pending`, amountMinor what was posted.
  [[nodiscard]] static std::string reply(const state& after, const command& c, const context& by, version at);
  [[nodiscard]] static std::string snapshot(const state& s);
  [[nodiscard]] static result<state> restore(std::string_view snapshot);
  /// A snapshot is as long as the books: written once in as many events as it has lines, it costs no more than they.
  [[nodiscard]] static std::size_t snapshot_every(const state& s, std::size_t usual);
};

/// The one stream of a currency.
[[nodiscard]] stream_id ledger_of(std::string_view currency);

} // namespace parley::domain
