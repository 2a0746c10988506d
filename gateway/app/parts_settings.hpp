#pragma once
// What the settings mean for each part of the server.

#include "gateway/app/settings.hpp"
#include "gateway/framing/engineio_limits.hpp"
#include "gateway/hub/hub.hpp"
#include "gateway/net/net_limits.hpp"
#include "gateway/profiles/profile_set.hpp"
#include "gateway/rest/rest_api.hpp"
#include "projections/pg/connection.hpp"
#include "projections/queries/question_desk.hpp"

namespace parley::gateway {

[[nodiscard]] net_limits limits_of(const settings& s);
[[nodiscard]] engineio::limits engineio_limits_of(const settings& s);
/// Of the socket in the data directory: who may open it is trusted, but not to be without bugs.
[[nodiscard]] net_limits local_limits_of(const settings& s);
[[nodiscard]] hub::limits hub_limits_of(const settings& s);
[[nodiscard]] query_options questions_of(const settings& s);
[[nodiscard]] pg::connect_options store_of(const settings& s);
/// The shipped profiles, the operator's, and who gets which. errc::invalid with file and line.
[[nodiscard]] result<profile_set> profiles_of(const settings& s);
[[nodiscard]] rest_settings rest_settings_of(const settings& s);

} // namespace parley::gateway
