#include "gateway/rest/router.hpp"

#include <algorithm>

namespace parley::gateway {
namespace {

std::vector<std::string_view> split(std::string_view path) {
  constexpr std::size_t segments_max = 16; // more than any pattern of ours
  if (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  std::vector<std::string_view> segments;
  while (!path.empty() && path.front() == '/' && segments.size() < segments_max) {
    path.remove_prefix(1);
    const auto end = std::min(path.find('/'), path.size());
    segments.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return segments;
}

bool fits(const std::vector<std::string>& pattern, const std::vector<std::string_view>& path) {
  return std::equal(pattern.begin(), pattern.end(), path.begin(), path.end(), [](const auto& wanted, auto given) {
    return wanted.starts_with(':') ? !given.empty() : wanted == given;
  });
}

} // namespace

void router::add(route r) {
  for (const auto& pattern : r.patterns) {
    entry e{{}, routes_.size()};
    for (const auto segment : split(pattern)) e.segments.emplace_back(segment);
    entries_.push_back(std::move(e));
  }
  routes_.push_back(std::move(r));
}

router::match router::find(std::string_view method, std::string_view path) const {
  match m;
  const auto segments = split(path);
  if (method == "HEAD") method = "GET";
  for (const auto& e : entries_) {
    if (!fits(e.segments, segments)) continue;
    const auto& r = routes_[e.route];
    if (std::find(m.methods.begin(), m.methods.end(), r.method) == m.methods.end()) m.methods.push_back(r.method);
    if (m.found || r.method != method) continue;
    m.found = &r;
    for (std::size_t i = 0; i < segments.size(); ++i)
      if (e.segments[i].starts_with(':')) m.captured.emplace_back(segments[i]);
  }
  return m;
}

} // namespace parley::gateway
