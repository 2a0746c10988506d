#pragma once
// Bugs that an event-sourced server could have, each put in by the composition of a run and nowhere else: one
// collaborator makes one mistake, and everything around it is the server as it is. They show that the simulation can
// fail (planted_test.cpp); README.md has the table of who notices which.

#include "tests/simulation/runs/tampering.hpp"

#include <span>
#include <string_view>

namespace parley::simulation::planted {

using bug = std::unique_ptr<tampering>;

// --- the disk under the log (disk.cpp) ------------------------------------------------------------------------------

[[nodiscard]] bug acknowledge_before_sync();
[[nodiscard]] bug let_two_appends_share_a_version();
[[nodiscard]] bug accept_a_torn_tail();

// --- the log as the actors see it (log.cpp) -------------------------------------------------------------------------

[[nodiscard]] bug forget_the_idempotency_record();
[[nodiscard]] bug keep_the_idempotency_record_in_memory();
[[nodiscard]] bug lose_room_expiry_at_a_crash();
[[nodiscard]] bug fire_the_grace_timer_twice();
[[nodiscard]] bug snapshot_one_event_ahead();
[[nodiscard]] bug forget_to_arm_the_alarm();

// --- what moderators did (moderation.cpp) ---------------------------------------------------------------------------

[[nodiscard]] bug forget_who_is_muted_in_snapshots();
[[nodiscard]] bug never_end_mutes();
[[nodiscard]] bug write_what_was_said_before_a_mute();

// --- what people do by twos (dealings.cpp) --------------------------------------------------------------------------

[[nodiscard]] bug forget_bookings_in_snapshots();
[[nodiscard]] bug write_another_amount();
[[nodiscard]] bug take_a_second_review();
[[nodiscard]] bug never_stop_ringing();
[[nodiscard]] bug end_a_call_twice();
[[nodiscard]] bug begin_errands_at_the_head();

// --- the projector's store (projections.cpp) ------------------------------------------------------------------------

[[nodiscard]] bug store_the_position_before_the_rows();
[[nodiscard]] bug skip_an_event_after_an_error();

// --- what clients are shown (fan_out.cpp) ---------------------------------------------------------------------------

[[nodiscard]] bug publish_before_commit();
[[nodiscard]] bug resume_off_by_one();
[[nodiscard]] bug refill_with_a_gap();
[[nodiscard]] bug take_what_was_sent_for_arrived();
[[nodiscard]] bug forget_to_tell_the_end_of_a_room();

// --- by name (names.cpp) --------------------------------------------------------------------------------------------

struct named_bug {
  std::string_view name; ///< the function's, with dashes
  bug (*make)();
};
[[nodiscard]] std::span<const named_bug> by_name();

} // namespace parley::simulation::planted
