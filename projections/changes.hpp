#pragma once
// What a batch of events changes in all read models: at most one change a row, so that a store applies it with a few
// set-wise statements in any order within a model. Pure.

#include "projections/accounts.hpp"
#include "projections/admissions.hpp"
#include "projections/bookings.hpp"
#include "projections/conversations.hpp"
#include "projections/holds.hpp"
#include "projections/inboxes.hpp"
#include "projections/listings.hpp"
#include "projections/logins.hpp"
#include "projections/lounges.hpp"
#include "projections/members.hpp"
#include "projections/messages.hpp"
#include "projections/moderation.hpp"
#include "projections/purchases.hpp"
#include "projections/reports.hpp"
#include "projections/rooms.hpp"
#include "projections/services.hpp"
#include "projections/sessions.hpp"
#include "projections/users.hpp"

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
  admission_changes admissions;
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
