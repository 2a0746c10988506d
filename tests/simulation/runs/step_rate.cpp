#include "tests/simulation/runs/step_rate.hpp"

#include "tests/support/actors/stage.hpp"

namespace parley::simulation {
namespace {

using pass_atom = caf::atom_constant<caf::atom("pass")>;
using meet_atom = caf::atom_constant<caf::atom("meet")>;

class neighbour final : public caf::event_based_actor {
public:
  using caf::event_based_actor::event_based_actor;
  caf::behavior make_behavior() override {
    return {[this](meet_atom, const caf::actor& next) { next_ = next; },
            [this](pass_atom, std::uint64_t count) { send(next_, pass_atom::value, count + 1); }};
  }
  void on_exit() override { next_ = nullptr; }

private:
  caf::actor next_;
};

} // namespace

std::chrono::duration<double> time_of_steps(std::size_t actors, std::uint64_t steps) {
  test::stage on{1};
  std::vector<caf::actor> all;
  for (std::size_t i = 0; i < actors; ++i) all.push_back(on.spawn<neighbour>());
  for (std::size_t i = 0; i < actors; ++i) on.tell(all[i], meet_atom::value, all[(i + 1) % actors]);
  on.run();
  for (const auto& each : all) on.tell(each, pass_atom::value, std::uint64_t{0});
  const auto begun = std::chrono::steady_clock::now();
  for (std::uint64_t i = 0; i < steps; ++i) on.scheduler().step();
  return std::chrono::steady_clock::now() - begun;
}

} // namespace parley::simulation
