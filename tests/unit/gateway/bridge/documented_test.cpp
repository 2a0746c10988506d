// schema/asyncapi names what clients may ask and what they are told: the words of the vocabulary and the pushes of the
// server, no more and no fewer.

#include "gateway/bridge/wording.hpp"
#include "gateway/hub/presenter.hpp"
#include "gateway/rest/documents.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace parley;
using namespace parley::gateway;

namespace {

// --- what the server can tell ---------------------------------------------------------------------------------------

// One of each kind of event or signal, and of those that have several names one for each name.
template <class What>
std::vector<What> each(What one = {}) {
  return {std::move(one)};
}
template <>
std::vector<events::room_closed> each(events::room_closed one) {
  auto expired = one;
  expired.reason = "expired";
  return {one, expired};
}
template <>
std::vector<events::message_delivered> each(events::message_delivered one) {
  auto of_booking = one;
  of_booking.about = "bk_1";
  return {one, of_booking};
}
template <>
std::vector<domain::relay_signal> each(domain::relay_signal one) {
  std::vector<domain::relay_signal> all;
  using enum domain::relay_kind;
  for (const auto kind : {offer, answer, candidate}) all.emplace_back(one).kind = kind;
  return all;
}
template <>
std::vector<domain::call_signal> each(domain::call_signal one) {
  std::vector<domain::call_signal> all;
  using enum domain::call_step;
  for (const auto step : {incoming, calling, accepted, rejected, ended, candidate}) all.emplace_back(one).step = step;
  return all;
}
template <>
std::vector<domain::booking_signal> each(domain::booking_signal one) {
  std::vector<domain::booking_signal> all;
  using enum domain::booking_news;
  for (const auto what : {requested, status_changed, availability_changed, location}) all.emplace_back(one).what = what;
  return all;
}

/// Adds the names under which each kind of `Family` is shown to those who follow `topic`.
template <class Family, class As>
void add_shown(std::set<std::string>& names, const char* topic) {
  const auto add = [&](auto what) {
    const auto shown = present({{topic}, 1, {}, As{Family{std::move(what)}}});
    if (!shown) return;
    names.emplace(shown->name);
    if (!shown->alias.empty()) names.emplace(shown->alias);
  };
  const auto add_all = [&]<class... What>(std::type_identity<std::variant<What...>>) {
    const auto add_each = [&]<class One>(std::type_identity<One>) {
      for (auto& what : each<One>()) add(std::move(what));
    };
    (add_each(std::type_identity<What>{}), ...);
  };
  add_all(std::type_identity<Family>{});
}

std::set<std::string> pushes() {
  // Told to one client alone: by client_link, session_actor (session_doors.cpp) and the codec.
  std::set<std::string> names{"connected", "room-joined", "lounge-joined", "user-list", "room-left", "lounge-left",
                              "waiting",   "admitted",    "denied",        "kicked",    "exception"};
  add_shown<events::room_event, event>(names, "room/r");
  add_shown<events::lounge_event, event>(names, "lounge/l");
  add_shown<events::inbox_event, event>(names, "inbox/u");
  for (const auto* topic : {"room/r", "lounge/l", "inbox/u"}) add_shown<domain::signal, domain::signal>(names, topic);
  return names;
}

// --- what the document says -----------------------------------------------------------------------------------------

using json = nlohmann::ordered_json;

/// What `{"$ref": "#/…"}` stands for.
const json& resolved(const json& document, const json& ref) {
  return document.at(json::json_pointer{ref.at("$ref").get<std::string>().substr(1)});
}

/// The names and aliases of what the server sends.
std::set<std::string> documented_pushes(const json& document) {
  std::set<std::string> names;
  for (const auto& operation : document.at("operations")) {
    if (operation.at("action") != "send") continue;
    for (const auto& in_channel : operation.at("messages")) {
      const auto& message = resolved(document, resolved(document, in_channel));
      names.insert(message.at("name").get<std::string>());
      for (const auto& alias : message.value("x-aliases", json::array())) names.insert(alias.get<std::string>());
    }
  }
  return names;
}

} // namespace

TEST_CASE("every word that is understood is in schema/asyncapi, and nothing else is asked there") {
  std::set<std::string> understood;
  for (const auto& words :
       {wording::people_words(), wording::room_words(), wording::lounge_words(), wording::booking_words()})
    for (const auto& word : words) understood.emplace(word.event);
  std::set<std::string> documented;
  const auto document = joined_document(asyncapi_parts());
  for (const auto& [name, message] : document.at("components").at("messages").items())
    if (name.ends_with(".ask")) documented.insert(message.at("name").get<std::string>());
  CHECK(understood == documented);
}

TEST_CASE("every push that the server can send is in schema/asyncapi, and no other is promised there") {
  CHECK(pushes() == documented_pushes(joined_document(asyncapi_parts())));
}
