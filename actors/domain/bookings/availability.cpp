#include "actors/domain/bookings/availability.hpp"

#include <algorithm>

namespace parley::domain {
namespace {

using namespace std::chrono;

const day_hours& hours_on(const availability& a, local_days day) {
  const auto exception = a.exceptions.find(day);
  return exception != a.exceptions.end() ? exception->second : a.weekly[weekday{day}.iso_encoding() - 1];
}

/// Every stretch of hours of the days that `range` touches, as instants, in order of the days.
std::vector<interval> stretches(const availability& a, interval range) {
  std::vector<interval> found;
  // A day earlier and later: a stretch over midnight, and the widest offsets, reach no farther.
  const auto last = a.zone.date_at(range.to) + days{1};
  for (auto day = a.zone.date_at(range.from) - days{1}; day <= last; day += days{1})
    for (const auto& open : hours_on(a, day)) {
      const interval when{a.zone.instant(day, open.from), a.zone.instant(day, open.to)};
      if (when.from < when.to) found.push_back(when);
    }
  return found;
}

/// As few intervals as possible, in order.
std::vector<interval> merged(std::vector<interval> all) {
  std::sort(all.begin(), all.end());
  std::vector<interval> out;
  for (const auto& each : all) {
    if (out.empty() || out.back().to < each.from)
      out.push_back(each);
    else
      out.back().to = std::max(out.back().to, each.to);
  }
  return out;
}

bool contains(const std::vector<interval>& open, interval when) {
  const auto after = std::upper_bound(open.begin(), open.end(), when.from,
                                      [](time_point t, const interval& each) { return t < each.from; });
  return after != open.begin() && std::prev(after)->to >= when.to;
}

/// The first busy time that `when` would run into; null: none.
const interval* first_over(std::span<const interval> busy, interval when) {
  const auto at = std::upper_bound(busy.begin(), busy.end(), when.from,
                                   [](time_point t, const interval& each) { return t < each.to; });
  return at != busy.end() && at->from < when.to ? &*at : nullptr;
}

} // namespace

availability always() {
  availability a;
  a.weekly.fill({{minutes{0}, days{1}}});
  return a;
}

bool covers(const availability& a, interval when) { return contains(merged(stretches(a, when)), when); }

slots free_slots(const availability& a, interval range, minutes length, std::span<const interval> busy,
                 time_point now) {
  slots out;
  range.to = std::min(range.to, range.from + slots_range_max);
  if (range.from >= range.to || length <= minutes{0}) return out;
  const auto each_day = stretches(a, range);
  const auto open = merged(each_day);
  for (const auto& stretch : each_day) {
    for (auto at = stretch.from; at < stretch.to && at < range.to;) {
      const interval slot{at, at + length};
      if (!contains(open, slot)) break;
      if (const auto* taken = first_over(busy, slot)) {
        at = taken->to;
        continue;
      }
      at = slot.to;
      if (slot.from < range.from || slot.from <= now) continue;
      if (out.free.size() == slots_max) {
        out.more_from = slot.from;
        return out;
      }
      out.free.push_back(slot);
    }
  }
  return out;
}

} // namespace parley::domain
