#pragma once
// Tests of a decider read as a story: what happened, what is asked, what follows.
//
//   given<room>({opened, joined}).when(room::leave{}, by).then({left});
//   given<room>({}).when(room::leave{}, by).refused(errc::not_member);
//
// Every `when` checks what holds for all deciders: the state survives its snapshot before and after.

#include "actors/domain/decision.hpp"
#include "events/codec.hpp"

#include <catch2/catch_test_macros.hpp>
#include <initializer_list>
#include <vector>

namespace parley::test {

inline constexpr time_point noon{std::chrono::milliseconds{1'800'000'000'000}};

/// The caller of a command: session `s` of user `u`, at noon.
inline domain::context caller(std::string user, std::string session = {}, time_point now = noon) {
  domain::context by;
  by.now = now;
  by.user = {user};
  by.session = {std::move(session)};
  by.name = std::move(user);
  by.cause = "test";
  return by;
}

/// Events and states as text, so that a failed comparison shows what differs.
template <class Event>
std::vector<std::string> as_text(const std::vector<Event>& events) {
  std::vector<std::string> text;
  for (const auto& e : events) {
    const auto content = encode(e);
    text.push_back(std::string{content.type} + ' ' + content.data + ' ' + content.personal);
  }
  return text;
}

template <class Entity>
void check_snapshot(const typename Entity::state& s) {
  const auto text = Entity::snapshot(s);
  const auto restored = Entity::restore(text);
  REQUIRE(restored.has_value());
  REQUIRE(Entity::snapshot(*restored) == text);
}

/// What came of a command.
template <class Entity>
class outcome {
public:
  using event_type = typename Entity::event;

  outcome(result<domain::decision<event_type>> d, typename Entity::state after, std::string reply)
    : decided_{std::move(d)}
    , after_{std::move(after)}
    , reply_{std::move(reply)} {}

  const outcome& then(const std::vector<event_type>& events) const {
    INFO("refused: " << (decided_ ? "" : std::string{text_of(decided_.error())}));
    REQUIRE(decided_.has_value());
    CHECK(as_text(decided_->events) == as_text(events));
    return *this;
  }
  const outcome& nothing() const { return then({}); }
  const outcome& refused(errc code) const {
    REQUIRE_FALSE(decided_.has_value());
    CHECK(describe(decided_.error().code).code == describe(code).code);
    return *this;
  }
  /// The events are written, and the caller is told this all the same.
  const outcome& and_refused(errc code) const {
    REQUIRE(decided_.has_value());
    REQUIRE(decided_->refused_with.has_value());
    CHECK(describe(decided_->refused_with->code).code == describe(code).code);
    return *this;
  }
  const outcome& sets(time_point due, std::string_view what) const { return timer(true, due, what); }
  const outcome& cancels(time_point due, std::string_view what) const { return timer(false, due, what); }
  const outcome& timers(std::size_t n) const {
    CHECK(decision().timers.size() == n);
    return *this;
  }
  const outcome& answers(std::string_view json) const {
    CHECK(reply_ == json);
    return *this;
  }
  [[nodiscard]] const domain::decision<event_type>& decision() const {
    REQUIRE(decided_.has_value());
    return *decided_;
  }
  [[nodiscard]] const typename Entity::state& after() const { return after_; }
  [[nodiscard]] const std::string& reply() const { return reply_; }

private:
  const outcome& timer(bool set, time_point due, std::string_view what) const {
    bool found = false;
    for (const auto& t : decision().timers)
      found = found || (t.set == set && t.timer.due == due && t.timer.what == what);
    INFO("timer " << what);
    CHECK(found);
    return *this;
  }

  result<domain::decision<event_type>> decided_;
  typename Entity::state after_;
  std::string reply_;
};

template <class Entity>
class history {
public:
  using event_type = typename Entity::event;

  explicit history(const std::vector<event_type>& events) {
    check_snapshot<Entity>(state_);
    for (const auto& e : events) {
      Entity::evolve(state_, e, noon);
      ++version_;
      check_snapshot<Entity>(state_);
    }
  }
  outcome<Entity> when(const typename Entity::command& c, const domain::context& by) const {
    auto d = Entity::decide(state_, c, by);
    auto after = state_;
    std::string reply;
    if (d) {
      for (const auto& e : d->events) Entity::evolve(after, e, by.now);
      if constexpr (requires(const domain::signal& shown) { Entity::heed(after, shown); })
        for (const auto& shown : d->signals) Entity::heed(after, shown);
      check_snapshot<Entity>(after);
      if (!d->refused_with) reply = Entity::reply(after, c, by, version_ + d->events.size());
    }
    return {std::move(d), std::move(after), std::move(reply)};
  }
  [[nodiscard]] const typename Entity::state& state() const { return state_; }

private:
  typename Entity::state state_;
  version version_ = 0;
};

template <class Entity>
history<Entity> given(const std::vector<typename Entity::event>& events) {
  return history<Entity>{events};
}

/// Every truncation and a few alterations of a snapshot are corrupt or read as something: nothing throws.
template <class Entity>
void check_damage(const typename Entity::state& s) {
  const auto whole = Entity::snapshot(s);
  for (std::size_t n = 0; n < whole.size(); ++n) {
    const auto restored = Entity::restore(std::string_view{whole}.substr(0, n));
    REQUIRE_FALSE(restored.has_value());
    REQUIRE(restored.error().code == errc::corrupt);
  }
  for (const std::string_view other : {"", "[]", "null", "7", "{}", "{\"id\":7}", "\xff", "{\"members\":{}}"})
    REQUIRE_FALSE(Entity::restore(other).has_value());
  for (std::size_t i = 0; i < whole.size(); ++i) {
    auto altered = whole;
    altered[i] = '7';
    static_cast<void>(Entity::restore(altered));
  }
}

} // namespace parley::test
