#include "tests/simulation/trace.hpp"

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
  auto line = fmt::format("{:>12.6f} {:<9} {}", static_cast<double>(time_.now().count()) / 1e6, kind,
                          what.substr(0, shown_max));
  if (out_ != nullptr) *out_ << line << '\n';
  lines_.push_back(std::move(line));
  if (lines_.size() > lines_kept) lines_.pop_front();
}

} // namespace parley::simulation
