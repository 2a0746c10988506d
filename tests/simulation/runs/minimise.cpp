#include "tests/simulation/runs/minimise.hpp"

#include <charconv>
#include <fmt/format.h>
#include <numeric>

namespace parley::simulation {

workload only(const workload& all, const chosen& which) {
  auto w = all;
  w.operations.clear();
  for (const auto i : which)
    if (i < all.operations.size()) w.operations.push_back(all.operations[i]);
  return w;
}

std::string text_of(const chosen& which) {
  std::string text;
  for (std::size_t i = 0; i < which.size();) {
    auto last = i;
    while (last + 1 < which.size() && which[last + 1] == which[last] + 1) ++last;
    text += fmt::format("{}{}", text.empty() ? "" : ",", which[i]);
    if (last != i) text += fmt::format("-{}", which[last]);
    i = last + 1;
  }
  return text;
}

std::optional<chosen> parse_chosen(std::string_view text) {
  constexpr std::size_t operations_max = 10'000'000;
  chosen which;
  const auto* at = text.data();
  const auto* const end = at + text.size();
  const auto number = [&](std::size_t& n) {
    const auto [next, failure] = std::from_chars(at, end, n);
    at = next;
    return failure == std::errc{} && n < operations_max;
  };
  while (at != end) {
    std::size_t first = 0;
    if (!number(first)) return std::nullopt;
    auto last = first;
    if (at != end && *at == '-' && (++at, !number(last))) return std::nullopt;
    if (last < first || (!which.empty() && first <= which.back())) return std::nullopt;
    for (auto i = first; i <= last; ++i) which.push_back(i);
    if (at != end && (*at++ != ',' || at == end)) return std::nullopt;
  }
  return which;
}

chosen minimise(const run_options& o, const workload& failing, const std::string& claim, std::size_t runs_max,
                const std::function<void(std::size_t)>& progress) {
  auto quiet = o;
  quiet.trace_to = nullptr;
  std::size_t runs = 0;
  const auto still_fails = [&](const chosen& which) {
    ++runs;
    const auto result = run(quiet, only(failing, which));
    return result.violated && result.violated->claim == claim;
  };
  chosen left(failing.operations.size());
  std::iota(left.begin(), left.end(), std::size_t{0});
  for (std::size_t parts = 2; left.size() > 1 && runs < runs_max;) {
    const auto size = (left.size() + parts - 1) / parts;
    bool smaller = false;
    // From the end: what comes after the violation goes first.
    for (auto to = left.size(); to > 0 && runs < runs_max;) {
      const auto from = to - std::min(to, size);
      auto rest = left;
      rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(from), rest.begin() + static_cast<std::ptrdiff_t>(to));
      if (still_fails(rest)) {
        left = std::move(rest);
        smaller = true;
        progress(left.size());
      }
      to = from;
    }
    if (!smaller && size == 1) break;
    parts = std::min(smaller ? std::max<std::size_t>(parts - 1, 2) : parts * 2, left.size());
  }
  return left;
}

} // namespace parley::simulation
