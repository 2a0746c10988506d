#pragma once
// Fills a rebuild's fresh tables, several times as fast as the projector's statements: the messages, which nearly all
// events are, go in by COPY, and their key is made once at the end instead of being kept up row by row. That is safe
// because nobody reads the tables yet and each event comes once: a transaction is one change set and the checkpoint.
//
// Used by one thread, in the order open, apply..., finish. Errors as pg::connection's; after any, the tables are of no
// more use and the next rebuild drops them.

#include "projections/changes.hpp"
#include "projections/pg/connection.hpp"

#include <optional>

namespace parley::pg {

class loader {
public:
  explicit loader(connect_options options)
    : options_{std::move(options)} {}

  /// Makes the tables, which must not exist, without the key of the messages.
  [[nodiscard]] result<void> open();
  /// Writes `changes`, whose `from` must be the last one's `to`, 0 at first.
  [[nodiscard]] result<void> apply(const change_set& changes);
  /// Makes the key. Afterwards the tables are as the migrations describe them.
  [[nodiscard]] result<void> finish();

private:
  /// Messages, but those of the rooms `silent` names.
  [[nodiscard]] result<void> copy(const message_changes& changes, const rows& silent);

  connect_options options_;
  std::optional<connection> db_;
  std::string key_name_, key_; ///< as SQL writes them
};

} // namespace parley::pg
