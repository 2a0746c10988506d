#include "projections/tables/moderation.hpp"

namespace parley {
namespace {

lounge_id lounge_of(const record& r) { return {std::string{r.stream.key()}}; }

} // namespace

void moderation_changes::lift(const record& r, const user_id& user, std::string_view kind) {
  restrictions[{lounge_of(r), user, std::string{kind}}] = std::nullopt;
}

void moderation_changes::fold(const record& r, const events::role_changed& e) {
  auto& row = moderators[{lounge_of(r), e.user}];
  row.reset();
  if (e.role == "moderator") row = granted{e.by, r.time};
}

void moderation_changes::fold(const record& r, const events::moderation_action& e) {
  actions.push_back({lounge_of(r), r.version, r.position, r.time, e});
  if (e.action == "mute" || e.action == "ban")
    restrictions[{lounge_of(r), e.target, e.action}] = restriction{e.id, e.until};
  else if (e.action == "unmute")
    lift(r, e.target, "mute");
  else if (e.action == "unban")
    lift(r, e.target, "ban");
}

void moderation_changes::fold(const record& r, const events::moderation_expired& e) { lift(r, e.target, e.action); }

void moderation_changes::fold(const record& r, const events::moderation_appealed& e) {
  auto& a = aftermaths[e.id];
  a.appeal = e;
  a.appealed_at = r.time;
}

void moderation_changes::fold(const record& r, const events::moderation_reversed& e) {
  auto& a = aftermaths[e.id];
  a.reversal = e;
  a.reversed_at = r.time;
  if (e.lifted) lift(r, e.target, e.action);
}

void moderation_changes::fold(const record& r, const events::message_deleted& e) {
  deletions.push_back({r.stream, r.time, e});
}

} // namespace parley
