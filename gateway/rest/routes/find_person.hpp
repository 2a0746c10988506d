#pragma once
// Whether somebody exists, by the word of their account: who has just registered is in no read model yet.

#include "gateway/rest/call.hpp"

namespace parley::gateway {

/// Goes on when there is such a person; else errc::user_not_found goes out.
void find_person(const call_ptr& c, const user_id& who, std::function<void()> then);

} // namespace parley::gateway
