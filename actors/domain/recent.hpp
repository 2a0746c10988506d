#pragma once
// The last few of something, by id: older ones are forgotten as new ones come. A cache, not a truth: what it has
// forgotten is in the log. Pure.

#include <cstddef>
#include <deque>
#include <map>

namespace parley::domain {

template <class Id, class Value, std::size_t Max>
class recent {
public:
  void remember(const Id& id, Value v) {
    if (!values_.insert_or_assign(id, std::move(v)).second) return;
    order_.push_back(id);
    if (order_.size() <= Max) return;
    values_.erase(order_.front());
    order_.pop_front();
  }
  /// Null when it was never there or is forgotten.
  [[nodiscard]] const Value* find(const Id& id) const {
    const auto at = values_.find(id);
    return at == values_.end() ? nullptr : &at->second;
  }
  [[nodiscard]] std::size_t size() const noexcept { return order_.size(); }

private:
  std::map<Id, Value> values_;
  std::deque<Id> order_;
};

} // namespace parley::domain
