#pragma once
// What the tests of profiles share: texts of JSON in, values out.

#include "gateway/profiles/profile.hpp"

#include <catch2/catch_test_macros.hpp>

namespace parley::gateway {

/// A profile named `p` with these further members: `"in": {…}`.
inline profile made(std::string_view members) {
  auto parsed = parse_profile(
      std::string{R"({"profile": "p")"}.append(members.empty() ? "" : ", ").append(members) + "}", "p.json");
  INFO((parsed ? std::string{} : parsed.error().message));
  REQUIRE(parsed.has_value());
  return std::move(*parsed);
}

/// What is wrong with such a profile.
inline std::string fault_of(std::string_view members) {
  const auto parsed = parse_profile(std::string{R"({"profile": "p", )"}.append(members) + "}", "p.json");
  REQUIRE_FALSE(parsed.has_value());
  REQUIRE(parsed.error().code == errc::invalid);
  return parsed.error().message;
}

inline nlohmann::json json_of(std::string_view text) {
  auto value = nlohmann::json::parse(text, nullptr, false);
  INFO(text);
  REQUIRE_FALSE(value.is_discarded());
  return value;
}

/// `event [arguments]`, as the profile makes it of what a client sent.
inline std::string asked(const profile& p, std::string_view event, std::string_view args,
                         std::string_view space = "/") {
  client_message m;
  m.event = event;
  m.args = json_of(args);
  const auto mapped = p.inbound(std::move(m), space);
  if (!mapped) return "refused: " + std::string{describe(mapped.error().code).code};
  if (!*mapped) return "dropped";
  return (*mapped)->event + ' ' + (*mapped)->args.dump();
}

/// One line `event [arguments]` for each thing that clients are told.
inline std::vector<std::string> told(const profile& p, std::string_view push, std::string_view body,
                                     std::string_view space = "/", std::string_view alias = {}) {
  std::vector<foreign_event> events;
  REQUIRE(p.outbound(events, push, alias, body, space).has_value());
  std::vector<std::string> lines;
  lines.reserve(events.size());
  for (const auto& each : events) lines.push_back(std::string{each.name} + ' ' + json_of(each.args).dump());
  return lines;
}

using lines = std::vector<std::string>;

} // namespace parley::gateway
