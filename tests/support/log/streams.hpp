#pragma once
// What a log holds of one stream: its records, how often something happened, what it folds to. Throws when the log
// cannot be read or decoded, which fails the test.

#include "events/log/event_log.hpp"
#include "events/record.hpp"

#include <algorithm>
#include <limits>

namespace parley::test {

inline std::vector<record> records_of(const event_log& log, const stream_id& stream) {
  constexpr auto no_limit = std::numeric_limits<std::size_t>::max();
  return log.read_stream(stream, 0, no_limit, no_limit).value();
}

inline std::size_t count(const event_log& log, const stream_id& stream, std::string_view type) {
  return static_cast<std::size_t>(std::ranges::count(records_of(log, stream), type, &record::type));
}

template <class Entity>
typename Entity::state fold(const event_log& log, const stream_id& stream) {
  typename Entity::state s;
  for (const auto& r : records_of(log, stream))
    Entity::evolve(s, std::get<typename Entity::event>(content_of(r).value()), r.time);
  return s;
}

} // namespace parley::test
