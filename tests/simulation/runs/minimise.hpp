#pragma once
// Makes a failing run small enough for a person: leaves out operations of its workload as long as the same claim is
// still violated (delta debugging: Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002).

#include "tests/simulation/runs/world.hpp"

namespace parley::simulation {

/// Which operations of a workload take part: indices, ascending.
using chosen = std::vector<std::size_t>;

/// `all` with the chosen operations alone.
[[nodiscard]] workload only(const workload& all, const chosen& which);

/// "3,7-9": what `--only` takes; nothing for a text that is not such a list.
[[nodiscard]] std::string text_of(const chosen& which);
[[nodiscard]] std::optional<chosen> parse_chosen(std::string_view text);

/// Operations with which `claim` is still violated: none of them can be left out, unless `runs_max` runs were not
/// enough to find that out. `progress` is told how many are left.
[[nodiscard]] chosen minimise(const run_options& o, const workload& failing, const std::string& claim,
                              std::size_t runs_max, const std::function<void(std::size_t left)>& progress);

} // namespace parley::simulation
