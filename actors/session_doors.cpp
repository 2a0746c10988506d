// The session at doors that do not open at once: rooms whose host lets in who knocks. A wait is a dealing as any other:
// its note stands, so that the room hears of it when the session goes, and who comes back asks the room how it stands.

#include "actors/session_actor.hpp"
#include "events/json_writer.hpp"

namespace parley {
namespace {

std::string about(const stream_id& place, std::string_view name = {}, std::string_view value = {}) {
  std::string body;
  json_writer out{body};
  out.begin_object().field(place.family() == domain::room::family ? "roomId" : "loungeId", place.key());
  if (!name.empty()) out.field(name, value);
  out.end_object();
  return body;
}

} // namespace

void session_actor::wait_at(const stream_id& place, std::optional<version> after) {
  auto& with = dealings_[place];
  with.member = with.waiting = true;
  with.sure = with.going = false;
  with.wanted = after;
  receipts_.forget(place); // of an earlier stay
  farewells_.forget(place);
  unclaimed_.erase(place);
  if (client_) client_->tell("waiting", about(place));
}

void session_actor::come_in(const stream_id& place) {
  const auto known = dealings_.find(place);
  if (known == dealings_.end() || !known->second.waiting) return; // gone, or heard by a join of its own
  if (!client_ || known->second.busy) return;                     // whoever comes back asks; what is under way tells
  unclaimed_.insert(place);
  await_claims();
  ask_again(place);
}

void session_actor::welcome(const stream_id& place, const std::string& body) {
  if (std::exchange(dealings_[place].waiting, false)) client_->tell("admitted", about(place, "userId", who_.user.text));
  client_->joined(place, body);
}

void session_actor::explain_dismissal(const dismissed& d, bool waited) {
  if (!client_) return;
  if (waited)
    client_->tell("denied", about(d.place, "reason", d.reason));
  else if (d.reason == "kicked")
    client_->tell("kicked", about(d.place, "reason", d.reason));
}

std::vector<stream_id> session_actor::places_in() const {
  std::vector<stream_id> in;
  for (const auto& place : state().places)
    if (const auto known = dealings_.find(place); known == dealings_.end() || !known->second.waiting)
      in.push_back(place);
  return in;
}

} // namespace parley
