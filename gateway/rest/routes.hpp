#pragma once
// The resources, one file each; what each route takes and answers is in API.md and schema/openapi.json.

#include "gateway/rest/router.hpp"

namespace parley::gateway {

void add_sign_in_routes(router& to);
void add_session_routes(router& to);
void add_user_routes(router& to);
void add_room_routes(router& to);
void add_meeting_routes(router& to);
void add_lounge_routes(router& to);
void add_service_routes(router& to);
void add_booking_routes(router& to);
void add_review_routes(router& to);
void add_operation_routes(router& to);

} // namespace parley::gateway
