#pragma once
// What the tests of the shell share: a few places, what is said to them, and how it was answered.

#include "tests/support/actors/actor_world.hpp"

#include <catch2/catch_test_macros.hpp>

namespace parley::test {

inline const stream_id hall{"room/hall"}, bar{"lounge/bar"}, den{"room/den"};

inline domain::room::open opening(std::string title = "Hall") {
  domain::room::open c;
  c.id = {"hall"};
  c.title = std::move(title);
  return c;
}
inline domain::room::join joining(std::string room_id = "hall") {
  domain::room::join c;
  c.id = {std::move(room_id)};
  c.open_if_absent = true;
  return c;
}
inline domain::room::send saying(std::string id, std::string text = "hello") {
  return {{{std::move(id)}, std::move(text), {}, {}}};
}

inline bool is_ok(const outcome_slot& o) { return *o && **o; }
inline bool is_refused(const outcome_slot& o, errc code) { return *o && !**o && (**o).error().code == code; }
inline bool is_open(const outcome_slot& o) { return !o->has_value(); }

inline idempotency once(std::string key, std::string fingerprint = "f") {
  return {std::move(key), std::move(fingerprint)};
}

inline std::vector<version> seqs(const actor_world& world, const stream_id& topic) {
  std::vector<version> found;
  for (const auto& p : world.published(topic)) found.push_back(p->seq);
  return found;
}

/// Ann and ben are in the hall, and said `n` things.
inline void fill_hall(memory_log& log, int n) {
  actor_world world{log};
  world.ask<domain::room>(hall, joining(), caller("ann", "s1"));
  world.ask<domain::room>(hall, joining(), caller("ben", "s2"));
  world.settle();
  for (int i = 0; i < n; ++i) {
    world.ask<domain::room>(hall, saying("m" + std::to_string(i)), caller("ann", "s1"));
    world.settle();
  }
}

inline void write_snapshot(memory_log& log, const stream_id& stream, int schema, std::string state) {
  append_request r;
  r.snapshot = snapshot{stream, log.stream_version(stream).value(), schema, std::move(state)};
  REQUIRE(log.append({&r, 1}).front().has_value());
}

} // namespace parley::test
