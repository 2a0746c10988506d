// What a framing asks of the hub: to leave out what a session caused itself, and to say how far a client is.
#include "hub_fixture.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace parley;
using namespace parley::gateway;
using namespace parley::gateway::testing;

namespace {

/// The native one, with something of its own.
class other_codec : public codec {
public:
  void append_push(std::string& out, const push& p) const override { without_aliases.append_push(out, p); }
};

struct quiet_codec final : other_codec {
  [[nodiscard]] bool echoes(std::string_view name) const noexcept override { return name != "message-received"; }
  [[nodiscard]] bool echoes_all() const noexcept override { return false; }
};

struct marking_codec final : other_codec {
  [[nodiscard]] bool marks_places() const noexcept override { return true; }
  void append_marks(std::string& out, std::span<const mark> all) const override {
    nlohmann::json marks;
    for (const auto& m : all) marks[std::string{m.stream}] = m.seq;
    without_aliases.append_push(out, {"marks", {}, marks.dump()});
  }
};

const quiet_codec quiet;
const marking_codec marking;

publication_ptr said_by(scripted_log& log, const stream_id& topic, std::string session) {
  auto p = *log.append(topic);
  auto e = events::message_sent{{"m"}, {"u"}, {std::move(session)}, "Ada", "hi", "", ""};
  log.streams[topic].back() = e;
  p.what = event{events::room_event{e}};
  return std::make_shared<publication>(std::move(p));
}

} // namespace

TEST_CASE("a framing may leave out what a session said itself, also of what is read from the log") {
  rig r;
  const auto own = r.live(1, quiet), other = r.live(2, quiet), plain = r.live(3);
  r.publish(said_by(r.log, r.topic, "s1"));
  r.publish(said_by(r.log, r.topic, "s2"));
  r.h.end_turn();
  for (const auto& c : {own, other, plain}) r.read(*c);
  CHECK(own->seqs() == std::vector<version>{2});
  CHECK(other->seqs() == std::vector<version>{1});
  CHECK(plain->seqs() == std::vector<version>{1, 2});
  r.h.subscribe(1, r.topic, 0);
  r.log.answer_all();
  r.read(*own);
  CHECK(own->seqs() == std::vector<version>{2, 2});
}

TEST_CASE("who is told of several places is told how far it is in all of them, once a turn") {
  rig r;
  const stream_id second{"room/second"};
  const auto c = r.live(1, marking);
  r.h.subscribe(1, second, 0);
  r.log.answer_all();
  r.say_and_flush();
  r.read(*c);
  CHECK(c->events() == std::vector<std::string>{"message-received"}); // of one place only, so far
  r.publish(r.log.append(second));
  r.publish(r.log.append(second));
  r.h.end_turn();
  r.read(*c);
  CHECK(c->events() == std::vector<std::string>{"message-received", "message-received", "message-received", "marks"});
  CHECK(c->received.back().data == nlohmann::json{{"room/r", 1}, {"room/second", 2}});
}

TEST_CASE("who comes back is told so from the first event on: what it was told before counts, too") {
  rig r;
  auto c = std::make_shared<fake_connection>(1, marking);
  r.h.attach(c, session_id{"s1"}, user_id{"u1"}, true);
  r.h.subscribe(1, r.topic, 0);
  r.h.subscribe(1, stream_id{"room/second"}, 0);
  r.log.answer_all();
  r.say_and_flush();
  r.read(*c);
  CHECK(c->events() == std::vector<std::string>{"message-received", "marks"});
}

TEST_CASE("what is read from the log for who lagged is marked, too") {
  rig r;
  const stream_id second{"room/second"};
  const auto c = r.connect(1, marking);
  for (int i = 0; i < 3; ++i) {
    (void)r.log.append(r.topic);
    (void)r.log.append(second);
  }
  r.h.subscribe(1, r.topic, 0);
  r.h.subscribe(1, second, 0);
  r.log.answer_all();
  r.read(*c);
  CHECK(c->events().back() == "marks");
  CHECK(c->received.back().data == nlohmann::json{{"room/r", 3}, {"room/second", 3}});
}
