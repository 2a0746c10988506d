#include "actors/processes/follower.hpp"

#include "actors/processes/process.hpp"

#include <map>
#include <set>
#include <spdlog/spdlog.h>

namespace parley {
namespace {

using keep_atom = caf::atom_constant<caf::atom("keep")>;

constexpr std::size_t errands_max = 512; ///< not answered yet; the log is read on when there are fewer
constexpr int tries_told = 5;            ///< then it is said that an errand fails again and again
constexpr std::chrono::milliseconds retry_after{1'000};
constexpr std::chrono::milliseconds retry_after_max{std::chrono::minutes{1}};
constexpr std::chrono::milliseconds keep_every{1'000};
constexpr unsigned look_anyway = 10; ///< keepings between two looks that nobody asked for
constexpr int position_schema = 1;

class follower_actor final : public caf::event_based_actor {
public:
  follower_actor(caf::actor_config& config, runtime& rt)
    : caf::event_based_actor{config}
    , rt_{rt} {}

  caf::behavior make_behavior() override {
    return {[this](tick_atom) { look(); },
            [this](keep_atom) { keep(); },
            [this](const loaded_ptr& l) { begin_after(*l); },
            [this](const followed_ptr& f) { take(*f); },
            [this](const appended_ptr& a) { kept(*a); },
            [](const continuation_ptr& c) { (*c)(); }};
  }
  const char* name() const override { return "follower"; }

private:
  struct work {
    errand what;
    std::string cause; ///< tells it from every other
    position at = 0;
    int tries = 0;
  };

  // --- reading on ---

  /// Something was appended, or there is room again.
  void look() {
    if (!begun_) return begin();
    looked_for_ = true;
    if (reading_ || unanswered_.size() >= errands_max) return;
    looked_for_ = false;
    reading_ = true;
    rt_.log.follow(myself(), read_to_);
  }

  void begin() {
    if (std::exchange(beginning_, true)) return;
    rt_.log.load(myself(), 0, follower_stream(), 0, true);
  }

  void begin_after(const loaded& l) {
    if (begun_) return;
    beginning_ = false;
    if (!l.page || !l.base) return again_later();
    if (*l.base) read_to_ = kept_ = (*l.base)->version;
    begun_ = true;
    look();
    delayed_send(this, caf::timespan{keep_every}, keep_atom::value);
  }

  void take(const followed& f) {
    reading_ = false;
    if (!f.page) return again_later();
    for (const auto& r : f.page->records) react_to(r);
    read_to_ = f.page->reached;
    if (looked_for_ || read_to_ < f.head) look();
  }

  void react_to(const record& r) {
    const auto content = content_of(r);
    if (!content) {
      // The read side stops at such a record and says so; who follows it here could only guess.
      spdlog::critical("event {} of {} cannot be read: no process reacts to it", r.position, r.stream.text);
      return;
    }
    for (const auto& p : all_processes()) {
      std::uint32_t index = 0;
      for (auto& e : p.react(r, *content)) {
        auto cause = domain::cause_of({{std::string{p.name}}, {r.position, index++}});
        unanswered_.insert(r.position);
        auto& lane = lanes_[e.to];
        lane.push_back({std::move(e), std::move(cause), r.position, 0});
        if (lane.size() == 1) run(lane.front());
      }
    }
  }

  void again_later() { delayed_send(this, caf::timespan{retry_after}, tick_atom::value); }

  // --- errands ---

  void run(const work& w) {
    domain::context by;
    by.now = rt_.clock.now();
    by.cause = w.cause;
    auto answered = [this, handle = caf::actor_cast<caf::actor>(this), to = w.what.to](const result<answer>& r) {
      const bool again = !r && describe(r.error().code).status >= 500;
      if (!r && !again) spdlog::info("errand to {} was refused: {}", to.text, text_of(r.error()));
      caf::anon_send(handle, std::make_shared<continuation>([this, to, again] {
                       if (again)
                         retry(to);
                       else
                         finish(to);
                     }));
    };
    rt_.entities.ask(w.what.to, request_of(w.what.command, std::move(by), std::nullopt, reply{std::move(answered)}));
  }

  void finish(const stream_id& to) {
    const auto lane = lanes_.find(to);
    unanswered_.erase(unanswered_.find(lane->second.front().at));
    lane->second.pop_front();
    if (lane->second.empty())
      lanes_.erase(lane);
    else
      run(lane->second.front());
    if (looked_for_) look();
  }

  void retry(const stream_id& to) {
    auto& w = lanes_.at(to).front();
    const bool log_is_down = rt_.log.refuses_writes().has_value(); // nobody's fault
    if (!log_is_down && ++w.tries == tries_told)
      spdlog::error("errand {} to {} fails again and again; see what is said about that entity", w.cause, to.text);
    const auto wait = std::min(retry_after * (1 << std::min(w.tries, 10)), retry_after_max);
    delayed_send(this, caf::timespan{wait}, std::make_shared<continuation>([this, to] { run(lanes_.at(to).front()); }));
  }

  // --- the position ---

  [[nodiscard]] position dealt_with() const { return unanswered_.empty() ? read_to_ : *unanswered_.begin() - 1; }

  void keep() {
    delayed_send(this, caf::timespan{keep_every}, keep_atom::value);
    if (++kept_times_ % look_anyway == 0) look(); // what does not concern us counts as dealt with, too
    const auto now = dealt_with();
    if (now == kept_ || keeping_ != 0 || rt_.log.refuses_writes()) return;
    append_request request;
    request.time = rt_.clock.now();
    request.actor = "system";
    request.snapshot = snapshot{follower_stream(), now, position_schema, "{}"};
    keeping_ = now;
    rt_.log.submit(myself(), 0, std::move(request));
  }

  void kept(const appended& a) {
    if (a.answers.back().outcome) kept_ = keeping_;
    keeping_ = 0;
  }

  caf::strong_actor_ptr myself() { return caf::actor_cast<caf::strong_actor_ptr>(this); }

  runtime& rt_;
  std::map<stream_id, std::deque<work>> lanes_; ///< the first of each is under way
  std::multiset<position> unanswered_;          ///< where the errands come from that are not answered
  position read_to_ = 0, kept_ = 0, keeping_ = 0;
  unsigned kept_times_ = 0;
  bool begun_ = false, beginning_ = false, reading_ = false;
  bool looked_for_ = false; ///< somebody said that there is more
};

} // namespace

void follower_process::start(caf::actor_system& system, runtime& rt) {
  auto started = system.spawn<follower_actor>(rt);
  started->attach_functor([this, &system, &rt, was = started->address()](const caf::error&) {
    if (const auto now = current(); !now || now.address() != was) return; // stopped
    spdlog::error("the processes' follower failed and starts anew");
    start(system, rt);
    caf::delayed_anon_send(current(), caf::timespan{retry_after}, tick_atom::value);
  });
  const std::lock_guard lock{mutex_};
  actor_ = std::move(started);
}

void follower_process::begin() { happened(); }

void follower_process::happened() {
  if (const auto actor = current()) caf::anon_send(actor, tick_atom::value);
}

void follower_process::stop() {
  const std::unique_lock lock{mutex_};
  const auto last = std::exchange(actor_, nullptr);
  if (last) caf::anon_send_exit(last, caf::exit_reason::user_shutdown);
}

caf::actor follower_process::current() {
  const std::lock_guard lock{mutex_};
  return actor_;
}

} // namespace parley
