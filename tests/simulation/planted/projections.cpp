#include "tests/simulation/planted/bugs.hpp"

#include "tests/simulation/planted/forwarding.hpp"

namespace parley::simulation::planted {
namespace {

// Stands for a projector that stores how far it is in a transaction of its own, before the rows: what fails in between
// is never applied.
class position_first final : public forwarding_read_store {
public:
  using forwarding_read_store::forwarding_read_store;

  result<position> begin() override {
    rows_.clear();
    auto at = real_.begin();
    from_ = at.value_or(0);
    return at;
  }
  result<void> apply(const change_set& changes) override {
    rows_.push_back(changes);
    return {};
  }
  result<void> commit(position to) override {
    change_set nothing;
    nothing.from = from_;
    nothing.to = to;
    if (auto moved = real_.apply(nothing); !moved) return moved;
    if (auto moved = real_.commit(to); !moved) return moved;
    if (const auto at = real_.begin(); !at) return tl::make_unexpected(at.error());
    for (auto& changes : rows_) {
      changes.from = changes.to = to;
      if (auto written = real_.apply(changes); !written) return written;
    }
    return real_.commit(to);
  }

private:
  position from_ = 0;
  std::vector<change_set> rows_;
};

// Stands for a consumer that takes whatever failed for a poisoned event and goes on behind it.
class skipping final : public forwarding_read_store {
public:
  using forwarding_read_store::forwarding_read_store;

  result<position> begin() override {
    const auto at = real_.begin();
    if (!at || *at >= std::exchange(failed_before_, 0)) return at;
    change_set skipped;
    skipped.from = *at;
    skipped.to = *at + 1;
    if (const auto moved = real_.apply(skipped); !moved) return tl::make_unexpected(moved.error());
    if (const auto moved = real_.commit(skipped.to); !moved) return tl::make_unexpected(moved.error());
    return real_.begin();
  }
  result<void> apply(const change_set& changes) override {
    auto written = real_.apply(changes);
    if (!written) failed_before_ = changes.to;
    return written;
  }
  result<void> commit(position to) override {
    auto committed = real_.commit(to);
    if (!committed) failed_before_ = to;
    return committed;
  }

private:
  position failed_before_ = 0; ///< the end of the batch that failed; 0: none did
};

} // namespace

bug store_the_position_before_the_rows() { return std::make_unique<over_read_store<position_first>>(); }
bug skip_an_event_after_an_error() { return std::make_unique<over_read_store<skipping>>(); }

} // namespace parley::simulation::planted
