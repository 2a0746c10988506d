#include "tests/simulation/planted/bugs.hpp"
#include "tests/simulation/planted/forgetful.hpp"

namespace parley::simulation::planted {
namespace {

using nlohmann::json;

constexpr std::string_view calendars = "calendar", ledgers = "ledger", conversations = "conversation";
void forget_bookings(json& s) { s["bookings"] = json::array(); }
void forget_holds(json& s) { s["holds"] = json::array(); }
void forget_call(json& s) { s.erase("call"); }

// Stands for a process that goes on from where the log ends now: what it had not asked for before a crash never
// happens.
class follower_at_the_head final : public forwarding_log {
public:
  using forwarding_log::forwarding_log;
  result<std::optional<snapshot>> find_snapshot(const stream_id& stream) const override {
    auto found = real_.find_snapshot(stream);
    if (found && *found && stream.family() == "process") (*found)->version = real_.head();
    return found;
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
bug begin_errands_at_the_head() { return std::make_unique<over_log<follower_at_the_head>>(); }

} // namespace parley::simulation::planted
