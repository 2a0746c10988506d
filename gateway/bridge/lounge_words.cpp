// Lounges.

#include "gateway/bridge/wording.hpp"

#include <array>

namespace parley::gateway::wording {
namespace {

using domain::lounge;

constexpr names lounge_event_names{"loungeId", "lounge", "id"};

result<client_request> join_lounge(const asked& a) {
  const auto* id = named_place(a.given, lounge_event_names);
  if (!id) return fail(errc::malformed, "loungeId is missing");
  auto where = lounge_of(*id);
  if (!where) return pass(std::move(where.error()));
  auto after = a.given.natural({"after"});
  if (!after) return pass(std::move(after.error()));
  auto name = a.given.text({"name", "displayName", "username", "userName"});
  if (!name) return pass(std::move(name.error()));
  return join_place{where->stream, lounge::command{lounge::join{name->value_or("")}}, *after};
}

result<client_request> leave_lounge(const asked& a) {
  const auto* id = named_place(a.given, lounge_event_names);
  auto where = id ? lounge_of(*id) : only_lounge(a.who);
  if (!where) return pass(std::move(where.error()));
  return leave_place{std::move(where->stream)};
}

constexpr std::array words{word{"join-lounge", join_lounge}, word{"leave-lounge", leave_lounge}};

} // namespace

std::span<const word> lounge_words() { return words; }

} // namespace parley::gateway::wording
