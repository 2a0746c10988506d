#pragma once
// The records of one read, bounded by their number and by the bytes they have in the log. The first is taken whatever
// its size, so that a reader always gets on. One thread.

#include "events/record.hpp"

#include <vector>

namespace parley {

class page {
public:
  page(std::size_t limit, std::size_t bytes_max)
    : limit_{limit}
    , bytes_left_{bytes_max} {}

  /// Whether a record of `bytes` bytes still belongs on it.
  [[nodiscard]] bool takes(std::size_t bytes) const noexcept {
    return records_.empty() || (records_.size() < limit_ && bytes <= bytes_left_);
  }
  [[nodiscard]] bool full() const noexcept { return records_.size() >= limit_; }
  /// Adds a record that it takes.
  void add(record r, std::size_t bytes) {
    bytes_left_ -= std::min(bytes, bytes_left_);
    records_.push_back(std::move(r));
  }
  [[nodiscard]] std::size_t size() const noexcept { return records_.size(); }
  [[nodiscard]] std::vector<record> take() && { return std::move(records_); }

private:
  std::size_t limit_, bytes_left_;
  std::vector<record> records_;
};

} // namespace parley
