#include "tests/simulation/planted/bugs.hpp"

#include <array>

namespace parley::simulation::planted {

std::span<const named_bug> by_name() {
  static constexpr std::array all{
      named_bug{"acknowledge-before-sync", acknowledge_before_sync},
      named_bug{"let-two-appends-share-a-version", let_two_appends_share_a_version},
      named_bug{"accept-a-torn-tail", accept_a_torn_tail},
      named_bug{"forget-the-idempotency-record", forget_the_idempotency_record},
      named_bug{"keep-the-idempotency-record-in-memory", keep_the_idempotency_record_in_memory},
      named_bug{"lose-room-expiry-at-a-crash", lose_room_expiry_at_a_crash},
      named_bug{"fire-the-grace-timer-twice", fire_the_grace_timer_twice},
      named_bug{"snapshot-one-event-ahead", snapshot_one_event_ahead},
      named_bug{"forget-to-arm-the-alarm", forget_to_arm_the_alarm},
      named_bug{"forget-who-is-muted-in-snapshots", forget_who_is_muted_in_snapshots},
      named_bug{"never-end-mutes", never_end_mutes},
      named_bug{"write-what-was-said-before-a-mute", write_what_was_said_before_a_mute},
      named_bug{"forget-bookings-in-snapshots", forget_bookings_in_snapshots},
      named_bug{"write-another-amount", write_another_amount},
      named_bug{"take-a-second-review", take_a_second_review},
      named_bug{"never-stop-ringing", never_stop_ringing},
      named_bug{"end-a-call-twice", end_a_call_twice},
      named_bug{"begin-errands-at-the-head", begin_errands_at_the_head},
      named_bug{"store-the-position-before-the-rows", store_the_position_before_the_rows},
      named_bug{"skip-an-event-after-an-error", skip_an_event_after_an_error},
      named_bug{"publish-before-commit", publish_before_commit},
      named_bug{"resume-off-by-one", resume_off_by_one},
      named_bug{"refill-with-a-gap", refill_with_a_gap},
      named_bug{"take-what-was-sent-for-arrived", take_what_was_sent_for_arrived},
      named_bug{"forget-to-tell-the-end-of-a-room", forget_to_tell_the_end_of_a_room},
  };
  return all;
}

} // namespace parley::simulation::planted
