#pragma once
// Who may see and decide what moderators see and decide.

#include "gateway/rest/call.hpp"

namespace parley::gateway {

/// Sees every lounge's moderation: auditors and operators. The one place where their roles come in.
[[nodiscard]] bool oversees(const call& c);
/// Decides appeals in every lounge: operators.
[[nodiscard]] bool operates(const call& c);
/// Goes on when the caller moderates the lounge, by the lounge's own word; else the refusal goes out.
void if_moderator(const call_ptr& c, const lounge_id& id, std::function<void()> then);

/// What a read must have seen that looks for something the caller was told of by somebody else.
[[nodiscard]] position all_that_was_told(const call& c);

} // namespace parley::gateway
