#pragma once
// The resources, one file each; what each route takes and answers is in schema/openapi/, one file an area as well:
// a test holds both to each other.

#include "gateway/rest/router.hpp"

namespace parley::gateway {

/// All that is served to clients.
void add_client_routes(router& to);
/// What is served on the socket in the data directory, to who is on the machine: never to be added to the others.
void add_admin_routes(router& to);

void add_sign_in_routes(router& to);
void add_session_routes(router& to);
void add_user_routes(router& to);
void add_room_routes(router& to);
void add_meeting_routes(router& to);
void add_lounge_routes(router& to);
void add_moderation_routes(router& to);
void add_report_routes(router& to);
void add_people_routes(router& to);
void add_ice_routes(router& to);
void add_document_routes(router& to);
void add_page_routes(router& to);
void add_listing_routes(router& to);
void add_purchase_routes(router& to);
void add_wallet_routes(router& to);
void add_service_routes(router& to);
void add_booking_routes(router& to);
void add_review_routes(router& to);
void add_operation_routes(router& to);

} // namespace parley::gateway
