#pragma once
// What one person reported to moderators (stream `reports/<userId>`): each subject once, and not too much a day. Why a
// stream of its own: events/report_events.hpp.

#include "actors/domain/decision.hpp"
#include "events/report_events.hpp"

#include <deque>
#include <variant>

namespace parley::domain {

inline constexpr std::size_t reports_a_day_max = 20;
inline constexpr std::size_t remembered_reports_max = 500; ///< an older one may be made again
inline constexpr std::size_t report_reason_bytes_max = 1'000;

struct reports {
  struct filed {
    std::string subject; ///< the place, and there a message's seq or a person
    report_id report;
    time_point at;
  };
  struct state {
    user_id user; ///< empty: never reported anything
    std::deque<filed> recent;
    version seq = 0;
  };

  /// The caller of the decider has looked up what it is about. Reported before: no event, and the first one's answer.
  /// errc::invalid for oneself and for a reason that is empty or too long; errc::rate_limited.
  struct file {
    report_id id;
    stream_id place;
    user_id target;
    message_id message; ///< empty: about the person
    version message_seq = 0;
    std::string reason;
    std::string sha256;
  };

  using command = std::variant<file>;
  using event = events::reports_event;
  static constexpr std::string_view family = "reports";
  static constexpr int snapshot_schema = 1;

  [[nodiscard]] static result<decision<event>> decide(const state& s, const command& c, const context& by);
  static void evolve(state& s, const event& e, time_point when);
  /// {id, targetId, messageId?, messageSeq?, createdAt}
  [[nodiscard]] static std::string reply(const state& after, const command& c, const context& by, version at);
  [[nodiscard]] static std::string snapshot(const state& s);
  [[nodiscard]] static result<state> restore(std::string_view snapshot);
};

} // namespace parley::domain
