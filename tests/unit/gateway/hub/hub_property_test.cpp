// Whatever happens, in whatever order: each connection sees exactly what follows its `after`, in order, once.

#include "hub_fixture.hpp"

#include <catch2/catch_test_macros.hpp>

#include <random>

using namespace parley;
using namespace parley::gateway;
using namespace parley::gateway::testing;

namespace {

constexpr std::size_t topics_count = 3, connections_count = 6;

class world {
public:
  explicit world(std::uint64_t seed)
    : random_{seed} {
    log_.hidden_each = 5;
    for (std::size_t t = 0; t < topics_count; ++t) topics_.push_back({"room/" + std::to_string(t)});
  }

  void run(int steps) {
    for (int i = 0; i < steps; ++i) step();
    settle();
    check(true);
  }

private:
  /// Model: what is still to come of a topic after goodbye.
  struct farewell {
    version next = 0;
    version at_least = 0; ///< what was published before
    version at_most = 0;
  };
  struct client {
    std::shared_ptr<fake_connection> line;
    std::map<stream_id, version> next;  // model: the seq it must see next
    std::map<stream_id, version> heard; // model: the newest published since it follows
    std::map<stream_id, farewell> farewells;
  };

  std::size_t below(std::size_t n) { return static_cast<std::size_t>(random_() % n); }
  const stream_id& any_topic() { return topics_[below(topics_.size())]; }

  void step() {
    const auto id = 1 + below(connections_count);
    switch (below(13)) {
    case 0: return subscribe(id, any_topic());
    case 1: return forget(id, any_topic());
    case 12: return unsubscribe(id, any_topic());
    case 2:
    case 3:
    case 4: return append(any_topic());
    case 5: return publish_some();
    case 6: hub_.end_turn(); return;
    case 7:
    case 8: return read(id);
    case 9:
      if (!log_.questions.empty()) log_.answer_next(below(log_.questions.size()));
      return;
    case 10:
      if (!log_.questions.empty() && below(3) == 0) log_.fail_next(errc::unavailable);
      return;
    default: return below(10) == 0 ? detach(id) : hub_.retry_refills();
    }
  }

  void append(const stream_id& topic) {
    for (auto n = 1 + below(4); n > 0; --n) told_.push_back(log_.append(topic, std::string(below(200), 'x')));
  }
  /// In order, but sometimes forgotten on the way, or told twice.
  void publish_some() {
    const auto n = below(told_.size() + 1);
    for (std::size_t i = 0; i < n; ++i) {
      if (below(40) != 0) publish(told_[i]);
      if (below(40) == 0) publish(told_[i]);
      if (below(4) == 0) signal();
    }
    told_.erase(told_.begin(), told_.begin() + static_cast<std::ptrdiff_t>(n));
  }
  void publish(const publication_ptr& p) {
    hub_.publish({&p, 1});
    for (auto& [id, c] : clients_)
      if (c.next.contains(p->topic)) c.heard[p->topic] = std::max(c.heard[p->topic], p->seq);
  }
  void signal() {
    const auto from = "s" + std::to_string(1 + below(connections_count));
    const auto p = below(2) == 0 ? typing_of(any_topic(), from)
                                 : offer_to(any_topic(), from, "s" + std::to_string(1 + below(connections_count)));
    hub_.publish({&p, 1});
  }
  void subscribe(std::uint64_t id, const stream_id& topic) {
    auto& c = clients_[id];
    if (!c.line) {
      c.line = std::make_shared<fake_connection>(id, without_aliases);
      hub_.attach(c.line, {"s" + std::to_string(id)}, {"u" + std::to_string(id)});
    }
    if (c.next.contains(topic)) return start_over(id, c, topic);
    check_one(id, c, false);
    c.farewells.erase(topic);
    const version after = below(log_.streams[topic].size() + 1);
    hub_.subscribe(id, topic, after);
    c.next[topic] = after + 1;
    c.heard.erase(topic);
  }
  /// What was queued comes first; then everything again from where the client says.
  void start_over(std::uint64_t id, client& c, const stream_id& topic) {
    check_one(id, c, false);
    auto& next = c.next[topic];
    if (next <= 1) return;
    const version after = below(next - 1);
    hub_.subscribe(id, topic, after);
    next = after + 1;
  }
  void unsubscribe(std::uint64_t id, const stream_id& topic) {
    auto& c = clients_[id];
    if (!c.line || !c.next.contains(topic)) return;
    hub_.unsubscribe(id, topic);
    // Of a topic that nobody heard of the log's end is the end, whenever it is read.
    const auto known = c.heard[topic];
    c.farewells[topic] = {c.next[topic], known, known == 0 ? SIZE_MAX : log_.streams[topic].size()};
    c.next.erase(topic);
    check_one(id, c, false);
  }
  void forget(std::uint64_t id, const stream_id& topic) {
    auto& c = clients_[id];
    if (!c.line) return;
    hub_.forget(id, topic);
    check_one(id, c, false);
    c.next.erase(topic);
    c.farewells.erase(topic);
  }
  void read(std::uint64_t id) {
    auto& c = clients_[id];
    if (!c.line) return;
    if (c.line->read(bounds_.queue_bytes_max)) hub_.drained(id);
    check_one(id, c, false);
  }
  void detach(std::uint64_t id) {
    auto& c = clients_[id];
    if (!c.line) return;
    hub_.detach(id);
    c = {};
  }

  /// Reads what came and holds it against the model.
  void check_one(std::uint64_t id, client& c, bool to_the_end) {
    if (c.line->read(bounds_.queue_bytes_max)) hub_.drained(id);
    for (const auto& s : c.line->received) {
      if (s.event == "typing") REQUIRE(s.data["socketId"] != "s" + std::to_string(id));
      if (s.seq() == 0) continue;
      const stream_id topic{"room/" + s.data["roomId"].get<std::string>()};
      const bool parting = c.farewells.contains(topic);
      REQUIRE((parting || c.next.contains(topic)));
      if (parting) REQUIRE(s.seq() <= c.farewells[topic].at_most);
      auto& next = parting ? c.farewells[topic].next : c.next[topic];
      while (next % log_.hidden_each == 0) ++next;
      REQUIRE(s.seq() == next);
      ++next;
    }
    c.line->received.clear();
    CHECK(c.line->most_queued < bounds_.queue_bytes_max + 10 * bounds_.run_bytes + 40'000);
    if (!to_the_end) return;
    for (auto& [topic, parting] : c.farewells) {
      while (parting.next % log_.hidden_each == 0) ++parting.next;
      CHECK(parting.next > parting.at_least);
    }
    for (auto& [topic, next] : c.next) {
      while (next % log_.hidden_each == 0) ++next;
      CHECK(next > log_.streams[topic].size());
    }
  }
  void check(bool to_the_end) {
    for (auto& [id, c] : clients_)
      if (c.line) check_one(id, c, to_the_end);
  }

  /// One more event of each topic is told without loss; then everybody reads until nothing is left to say.
  void settle() {
    told_.clear();
    for (const auto& topic : topics_) {
      const auto last = log_.append(topic);
      hub_.publish({&last, 1});
    }
    for (bool more = true; more;) {
      more = hub_.end_turn();
      hub_.retry_refills();
      while (log_.answer_next()) more = true;
      for (auto& [id, c] : clients_) {
        if (!c.line || c.line->queued_bytes() == 0) continue;
        more = true;
        check_one(id, c, false);
      }
    }
  }

  std::mt19937_64 random_;
  hub::limits bounds_{
      .queue_bytes_max = 3000, .run_bytes = 1000, .refill_events = 3, .refill_bytes = 2000, .refills_max = 2};
  scripted_log log_;
  hub hub_{log_, bounds_};
  std::vector<stream_id> topics_;
  std::vector<publication_ptr> told_;
  std::map<std::uint64_t, client> clients_;
};

} // namespace

TEST_CASE("each connection sees what follows its after, in order and once, whatever happens") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    INFO("seed " << seed);
    world{seed}.run(400);
  }
}
