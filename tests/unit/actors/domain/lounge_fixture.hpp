#pragma once
// A lounge of ann's, with mia and max as moderators and bob who talks.

#include "actors/domain/lounges/lounge.hpp"
#include "events/record.hpp"
#include "tests/support/given_when_then.hpp"

namespace parley::test::moderated {

using namespace std::chrono_literals;
using domain::lounge;

inline const events::lounge_created created{{"l1"}, {"ann"}, "Bar", "talk"};
inline const events::joined bob_joined{{"bob"}, {"s2"}, false, false, 1, "bob"};
inline const events::joined bob_joined_again{{"bob"}, {"s3"}, false, false, 2, "bob"};
inline const events::role_changed mia_moderates{{"mia"}, "moderator", {"ann"}};
inline const events::role_changed max_moderates{{"max"}, "moderator", {"ann"}};
inline const events::message_sent hello{{"m1"}, {"bob"}, {"s2"}, "bob", "hello", {}, {}};
inline const auto ann = caller("ann"), mia = caller("mia"), max = caller("max"), bob = caller("bob", "s2");
inline const lounge::send say{{{"m2"}, "again", {}, {}}};

inline lounge::moderate act(std::string action, std::string target = "bob", std::string reason = "spam") {
  lounge::moderate c;
  c.id = {"a1"};
  c.action = std::move(action);
  c.target = std::move(target);
  c.reason = std::move(reason);
  c.has_account = true;
  return c;
}
inline lounge::moderate act_for(std::string action, std::chrono::seconds duration) {
  auto c = act(std::move(action));
  c.duration = duration;
  return c;
}
inline events::moderation_action done(std::string action, std::optional<time_point> until = {}, std::string id = "a1") {
  events::moderation_action e;
  e.id = {std::move(id)};
  e.action = std::move(action);
  e.by = {"mia"};
  e.target = {"bob"};
  e.until = until;
  e.reason = "spam";
  return e;
}
inline events::left bob_left(std::string session, std::uint32_t participants, std::string reason) {
  return {{"bob"}, {std::move(session)}, false, participants, std::move(reason), "bob"};
}
inline domain::context at(domain::context by, time_point now) {
  by.now = now;
  return by;
}

} // namespace parley::test::moderated
