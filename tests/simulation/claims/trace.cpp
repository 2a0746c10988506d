#include "tests/simulation/claims/trace.hpp"

#include <fmt/format.h>

namespace parley::simulation {

void trace::note(std::string_view kind, std::string_view what) {
  constexpr std::size_t shown_max = 300;
  mix(static_cast<std::uint64_t>(time_.now().count()));
  for (const auto text : {kind, what}) {
    std::uint64_t word = text.size();
    for (const char c : text) word = (word ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    mix(word);
  }
  if (lines_.size() < lines_kept) lines_.emplace_back();
  auto& kept = lines_[next_];
  next_ = (next_ + 1) % lines_kept;
  kept.at = time_.now();
  kept.kind = kind;
  kept.what = what.substr(0, shown_max);
  if (out_ != nullptr) *out_ << text_of(kept) << '\n';
}

std::string trace::text_of(const line& l) {
  return fmt::format("{:>12.6f} {:<9} {}", static_cast<double>(l.at.count()) / 1e6, l.kind, l.what);
}

std::deque<std::string> trace::last_lines() const {
  std::deque<std::string> all;
  const auto oldest = lines_.size() < lines_kept ? 0 : next_;
  for (std::size_t i = 0; i < lines_.size(); ++i) all.push_back(text_of(lines_[(oldest + i) % lines_.size()]));
  return all;
}

} // namespace parley::simulation
