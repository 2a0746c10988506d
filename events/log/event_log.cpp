#include "events/log/event_log.hpp"

#include <algorithm>

namespace parley {

result<family_page> event_log::read_families(std::span<const std::string_view> families, position after,
                                             std::size_t limit, std::size_t looked_at_max) const {
  auto all = read(after, looked_at_max, std::size_t{64} << 20);
  if (!all) return tl::make_unexpected(std::move(all.error()));
  family_page found;
  found.reached = after;
  for (auto& r : *all) {
    if (found.records.size() >= limit) break;
    found.reached = r.position;
    if (std::find(families.begin(), families.end(), r.stream.family()) != families.end())
      found.records.push_back(std::move(r));
  }
  return found;
}

} // namespace parley
