#pragma once
// What a batch of events changes in all read models: at most one change a row, so that a store applies it with a few
// set-wise statements in any order within a model. Pure.

#include "projections/tables/accounts.hpp"
#include "projections/tables/bookings.hpp"
#include "projections/tables/conversations.hpp"
#include "projections/tables/holds.hpp"
#include "projections/tables/inboxes.hpp"
#include "projections/tables/listings.hpp"
#include "projections/tables/logins.hpp"
#include "projections/tables/lounges.hpp"
#include "projections/tables/members.hpp"
#include "projections/tables/messages.hpp"
#include "projections/tables/moderation.hpp"
#include "projections/tables/purchases.hpp"
#include "projections/tables/reports.hpp"
#include "projections/tables/rooms.hpp"
#include "projections/tables/services.hpp"
#include "projections/tables/sessions.hpp"
#include "projections/tables/users.hpp"

#include <span>

namespace parley {

struct change_set {
  position from = 0, to = 0; ///< holds the events with from < position <= to
  user_changes users;
  login_changes logins;
  session_changes sessions;
  room_changes rooms;
  lounge_changes lounges;
  member_changes members;
  message_changes messages;
  moderation_changes moderation;
  report_changes reports;
  conversation_changes conversations;
  inbox_changes inboxes;
  account_changes accounts;
  hold_changes holds;
  listing_changes listings;
  purchase_changes purchases;
  service_changes services;
  booking_changes bookings;
  review_changes reviews;
};

/// Folds records that follow `from` without a gap. errc::corrupt, naming the position, when one cannot be decoded or
/// there is a gap.
[[nodiscard]] result<change_set> fold(position from, std::span<const record> records);
/// The same, record after record into `changes`, which they follow. After a failure `changes` is of no more use.
[[nodiscard]] result<void> fold_into(change_set& changes, std::span<const record> records);

} // namespace parley
