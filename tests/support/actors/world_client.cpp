#include "tests/support/actors/world_client.hpp"

#include "tests/support/actors/actor_world.hpp"

#include <catch2/catch_test_macros.hpp>

namespace parley::test {

std::uint64_t world_client::request(client_request what) {
  auto command = std::make_shared<client_command>();
  command->client = port();
  command->ack = ++asked;
  command->what = std::move(what);
  REQUIRE(world_ != nullptr);
  world_->entities().tell(make_stream(domain::session::family, session_.text), std::move(command));
  return asked;
}

std::uint64_t world_client::join(const stream_id& place, std::optional<version> after) {
  if (place.family() == domain::lounge::family) return request(join_place{place, domain::lounge::join{}, after});
  domain::room::join command;
  command.id = {std::string{place.key()}};
  command.open_if_absent = true;
  return request(join_place{place, command, after});
}

std::uint64_t world_client::leave(const stream_id& place) { return request(leave_place{place}); }

std::uint64_t world_client::say(const stream_id& place, std::string text, std::optional<idempotency> once) {
  const domain::draft_message message{{"m" + session_.text + std::to_string(asked + 1)}, std::move(text), {}, {}};
  if (place.family() == domain::lounge::family)
    return request(tell_place{place, domain::lounge::command{domain::lounge::send{message}}, std::move(once)});
  return request(tell_place{place, domain::room::command{domain::room::send{message}}, std::move(once)});
}

std::uint64_t world_client::close_room(const stream_id& place) {
  return request(tell_place{place, domain::room::command{domain::room::close{}}, std::nullopt});
}

const result<parley::answer>* world_client::answer_to(std::uint64_t ack) const {
  const auto at = answers.find(ack);
  return at == answers.end() ? nullptr : &at->second;
}

bool world_client::succeeded(std::uint64_t ack) const {
  const auto* a = answer_to(ack);
  return a != nullptr && a->has_value();
}

bool world_client::failed_with(std::uint64_t ack, errc code) const {
  const auto* a = answer_to(ack);
  return a != nullptr && !*a && a->error().code == code;
}

std::vector<stream_id> world_client::follows() const {
  std::vector<stream_id> topics;
  for (const auto& [topic, after] : subscriptions) topics.push_back(topic);
  return topics;
}

void world_client::greet(const greeting& g) {
  if (is_connected()) greetings.push_back(g);
}
void world_client::session_over() {
  if (is_connected()) over = true;
}
void world_client::answer(std::optional<std::uint64_t> ack, result<parley::answer> outcome) {
  if (!is_connected()) return;
  CHECK(ack.has_value());
  heard.push_back("answer " + std::to_string(*ack));
  const bool first = answers.emplace(*ack, std::move(outcome)).second;
  INFO("a second answer to command " << *ack << " of " << session_.text);
  CHECK(first);
}
void world_client::subscribe(const stream_id& topic, version after) {
  if (!is_connected()) return;
  ended.erase(topic);
  const auto [at, fresh] = subscriptions.try_emplace(topic, after);
  if (!fresh) at->second = std::min(at->second, after);
}
void world_client::unsubscribe(const stream_id& topic, version up_to) {
  const auto followed = is_connected() ? subscriptions.extract(topic) : decltype(subscriptions)::node_type{};
  if (!followed) return;
  ended[topic] = followed.mapped();
  shown_to[topic] = up_to;
}
void world_client::joined(const stream_id& place, const std::string&) {
  if (is_connected()) heard.push_back("joined " + place.text);
}
void world_client::left(const stream_id& place) {
  if (!is_connected()) return;
  ended.erase(place);
  heard.push_back("left " + place.text);
}
void world_client::tell(std::string_view event, const std::string&) {
  if (is_connected()) heard.emplace_back(event);
}
void world_client::close(close_reason why) {
  if (is_connected() && !closed) closed = why;
}

} // namespace parley::test
