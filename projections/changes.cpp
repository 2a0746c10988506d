#include "projections/changes.hpp"

namespace parley {
namespace {

struct folder {
  change_set& changes;
  const record& r;

  void operator()(const events::account_event& e) const {
    changes.users.fold(r, e);
    changes.logins.fold(r, e);
  }
  void operator()(const events::email_event&) const {}
  void operator()(const events::session_event& e) const { changes.sessions.fold(r, e); }
  void operator()(const events::room_event& e) const {
    changes.rooms.fold(r, e);
    std::visit(*this, e);
  }
  void operator()(const events::lounge_event& e) const {
    changes.lounges.fold(r, e);
    std::visit(*this, e);
  }
  void operator()(const events::ledger_event& e) const {
    changes.accounts.fold(r, e);
    changes.holds.fold(r, e);
  }
  void operator()(const events::transfer_event&) const {}
  void operator()(const events::listing_event& e) const {
    changes.listings.fold(r, e);
    changes.purchases.fold(r, e);
  }

  void operator()(const events::conversation_event& e) const {
    changes.conversations.fold(r, e);
    if (const auto* sent = std::get_if<events::direct_message_sent>(&e))
      changes.messages.fold(r, events::message_sent{sent->message, sent->user, sent->session, sent->name, sent->text,
                                                    sent->reply_to, sent->client_time});
  }
  void operator()(const events::inbox_event& e) const { changes.inboxes.fold(r, e); }

  void operator()(const events::reports_event& e) const { changes.reports.fold(r, e); }
  void operator()(const events::service_event& e) const { changes.services.fold(r, e); }
  void operator()(const events::calendar_event& e) const {
    changes.bookings.fold(r, e);
    changes.reviews.fold(r, e);
    changes.services.fold(r, e);
  }

  void operator()(const events::joined& e) const { changes.members.fold(r, e); }
  void operator()(const events::left& e) const { changes.members.fold(r, e); }
  void operator()(const events::room_closed& e) const { changes.members.fold(r, e); }
  void operator()(const events::message_sent& e) const { changes.messages.fold(r, e); }
  void operator()(const events::room_opened&) const {}
  void operator()(const events::lounge_created&) const {}
  void operator()(const events::lounge_changed&) const {}
  void operator()(const events::role_changed& e) const { changes.moderation.fold(r, e); }
  void operator()(const events::moderation_action& e) const { changes.moderation.fold(r, e); }
  void operator()(const events::moderation_expired& e) const { changes.moderation.fold(r, e); }
  void operator()(const events::moderation_appealed& e) const { changes.moderation.fold(r, e); }
  void operator()(const events::moderation_reversed& e) const { changes.moderation.fold(r, e); }
  void operator()(const events::message_deleted& e) const { changes.moderation.fold(r, e); }
  void operator()(const events::offer_relayed&) const {}
  void operator()(const events::answer_relayed&) const {}
  void operator()(const events::room_changed&) const {}
  // Whom a host let in is asked of the room itself.
  void operator()(const events::knocked&) const {}
  void operator()(const events::admitted&) const {}
  void operator()(const events::knock_ended&) const {}
};

std::string whereabouts(const record& r) {
  return "event " + std::to_string(r.position) + " (" + r.type + " of " + r.stream.text + ", seq " +
         std::to_string(r.version) + ")";
}

} // namespace

result<void> fold_into(change_set& changes, std::span<const record> records) {
  for (const auto& r : records) {
    if (r.position != changes.to + 1)
      return fail(errc::corrupt, "the log gave " + whereabouts(r) + " after event " + std::to_string(changes.to));
    const auto content = content_of(r);
    if (!content)
      return fail(errc::corrupt, whereabouts(r) + " cannot be read: " + std::string{text_of(content.error())});
    std::visit(folder{changes, r}, *content);
    changes.to = r.position;
  }
  return {};
}

result<change_set> fold(position from, std::span<const record> records) {
  change_set changes;
  changes.from = changes.to = from;
  if (auto folded = fold_into(changes, records); !folded) return tl::make_unexpected(folded.error());
  return changes;
}

} // namespace parley
