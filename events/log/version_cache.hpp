#pragma once
// The versions of the streams the writer met last, so that checking an expected version reads no disk. Two generations:
// when the young one is full it becomes the old one, and what was not asked for since is forgotten. One thread.

#include "events/ids.hpp"

#include <optional>
#include <unordered_map>

namespace parley {

class version_cache {
public:
  /// Keeps between `streams_max` / 2 and `streams_max` of the streams used last.
  explicit version_cache(std::size_t streams_max)
    : generation_max_{streams_max / 2 + 1} {}

  [[nodiscard]] std::optional<version> find(const stream_id& stream) {
    if (const auto at = young_.find(stream); at != young_.end()) return at->second;
    const auto at = old_.find(stream);
    if (at == old_.end()) return std::nullopt;
    const auto v = at->second;
    put(stream, v);
    return v;
  }

  void put(const stream_id& stream, version v) {
    if (young_.size() >= generation_max_ && !young_.contains(stream)) {
      old_ = std::move(young_);
      young_ = {};
    }
    young_[stream] = v;
  }

  void clear() {
    young_.clear();
    old_.clear();
  }

private:
  std::size_t generation_max_;
  std::unordered_map<stream_id, version> young_, old_;
};

} // namespace parley
