#include "tests/simulation/planted/bugs.hpp"
#include "tests/simulation/planted/forgetful.hpp"

namespace parley::simulation::planted {
namespace {

using nlohmann::json;

constexpr std::string_view calendars = "calendar", wallets_paid = "transferred", rings = "ring-timeout",
                           reviews = "review-written", call_ends = "call-ended";
void forget_bookings(json& s) { s["bookings"] = json::array(); }

// Stands for an amount that takes another way into the log than into the books.
class lost_cents final : public forwarding_log {
public:
  using forwarding_log::forwarding_log;
  std::vector<result<commit>> append(std::span<const append_request> batch) override {
    std::vector<append_request> changed{batch.begin(), batch.end()};
    for (auto& r : changed)
      for (auto& s : r.streams)
        for (auto& e : s.events) {
          if (e.type != wallets_paid) continue;
          auto data = json::parse(e.data);
          data["amountMinor"] = data["amountMinor"].get<std::uint64_t>() + 1;
          e.data = data.dump();
        }
    return real_.append(changed);
  }
};

// Stands for a look whether there is such an event, and a write of one, between which another can come: what happens
// once is written twice.
template <const std::string_view& Type>
class taken_twice final : public forwarding_log {
public:
  using forwarding_log::forwarding_log;
  std::vector<result<commit>> append(std::span<const append_request> batch) override {
    auto answers = real_.append(batch);
    for (std::size_t i = 0; i < batch.size(); ++i)
      for (const auto& s : batch[i].streams)
        if (answers[i] && s.events.size() == 1 && s.events.front().type == Type) append_again(batch[i], s);
    return answers;
  }

private:
  /// The events alone: they set no timers, and are no command's that could be repeated.
  void append_again(const append_request& request, const stream_append& written) {
    append_request again;
    again.time = request.time;
    again.actor = request.actor;
    again.cause = request.cause;
    again.streams = {written};
    again.streams.front().expected += written.events.size();
    static_cast<void>(real_.append({&again, 1}));
  }
};

// Stands for a timer that is set, and that nobody looks for: it rings and rings.
class endless_rings final : public forwarding_log {
public:
  using forwarding_log::forwarding_log;
  result<std::vector<timer>> due_timers(time_point until, std::size_t limit) const override {
    auto due = real_.due_timers(until, limit);
    if (due) std::erase_if(*due, [](const timer& t) { return t.what == rings; });
    return due;
  }
};

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
bug write_another_amount() { return std::make_unique<over_log<lost_cents>>(); }
bug take_a_second_review() { return std::make_unique<over_log<taken_twice<reviews>>>(); }
bug never_stop_ringing() { return std::make_unique<over_log<endless_rings>>(); }
bug end_a_call_twice() { return std::make_unique<over_log<taken_twice<call_ends>>>(); }
bug begin_errands_at_the_head() { return std::make_unique<over_log<follower_at_the_head>>(); }

} // namespace parley::simulation::planted
