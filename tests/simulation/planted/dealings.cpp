#include "tests/simulation/planted/bugs.hpp"
#include "tests/simulation/planted/forgetful.hpp"

namespace parley::simulation::planted {
namespace {

using nlohmann::json;

constexpr std::string_view calendars = "calendar", ledgers = "ledger", conversations = "conversation";
void forget_bookings(json& s) { s["bookings"] = json::array(); }
void forget_holds(json& s) { s["holds"] = json::array(); }
void forget_call(json& s) { s.erase("call"); }

// Stands for a process that takes what it has asked for as done: after a crash some of it never happens.
class errands_taken_as_done final : public forwarding_log {
public:
  using forwarding_log::forwarding_log;
  std::vector<result<commit>> append(std::span<const append_request> batch) override {
    std::vector<append_request> changed{batch.begin(), batch.end()};
    for (auto& r : changed)
      if (r.snapshot && r.snapshot->stream.family() == "process") r.snapshot->version = real_.head();
    return real_.append(changed);
  }
};

} // namespace

bug forget_bookings_in_snapshots() {
  return std::make_unique<over_log<forgetful_snapshots<calendars, forget_bookings>>>();
}
bug forget_holds_in_snapshots() { return std::make_unique<over_log<forgetful_snapshots<ledgers, forget_holds>>>(); }
bug forget_calls_in_snapshots() {
  return std::make_unique<over_log<forgetful_snapshots<conversations, forget_call>>>();
}
bug take_errands_as_done() { return std::make_unique<over_log<errands_taken_as_done>>(); }

} // namespace parley::simulation::planted
