#pragma once
// Rows of moderation and reports as clients see them: JSON object text. Pure.

#include "gateway/rest/routes/rows.hpp"
#include "projections/reads/moderation_reads.hpp"

namespace parley::gateway {

/// As somebody present, and role, muted, mutedUntil?. `now` decides what of a mute is over.
[[nodiscard]] std::string to_json(const lounge_member_row& row, const user_id& owner, time_point now);
[[nodiscard]] std::string to_json(const action_row& row, time_point now);
/// `asks`: whom it is for. Who is reported is not told by whom, whatever they moderate.
[[nodiscard]] std::string to_json(const report_row& row, const user_id& asks);

} // namespace parley::gateway
