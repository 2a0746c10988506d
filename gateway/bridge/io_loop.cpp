#include "gateway/bridge/io_loop.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <tuple>
#include <utility>

namespace parley::gateway {
namespace {

thread_local io_loop* running_here = nullptr;

} // namespace

class io_loop::pending {
public:
  pending(io_loop& of, time when, std::uint64_t made, std::function<void()> what)
    : loop{&of}
    , due{when}
    , number{made}
    , task{std::move(what)} {}

  io_loop* loop; ///< null once it is gone
  const time due;
  const std::uint64_t number; ///< orders what is due at the same time
  std::function<void()> task;
};

bool io_loop::due_first::operator()(const pending* a, const pending* b) const noexcept {
  return std::tie(a->due, a->number) < std::tie(b->due, b->number);
}

void io_loop::cancel::operator()(pending* waiting) const noexcept {
  if (waiting->loop) waiting->loop->pending_.erase(waiting);
  delete waiting;
}

io_loop::standing_in::standing_in(io_loop& loop) noexcept
  : outer_{std::exchange(running_here, &loop)} {}

io_loop::standing_in::~standing_in() { running_here = outer_; }

io_loop::io_loop(std::size_t index, steady_now now)
  : index_{index}
  , context_{1}
  , now_{std::move(now)} {}

io_loop::~io_loop() {
  // The context goes after this, and with it handlers that may own what owns a timer.
  for (auto* waiting : pending_) waiting->loop = nullptr;
}

bool io_loop::is_current() const noexcept { return running_here == this; }

io_loop* io_loop::current() noexcept { return running_here; }

void io_loop::post(std::function<void()> task) {
  bool first = false;
  {
    const std::lock_guard lock{mutex_};
    first = posted_.empty();
    posted_.push_back(std::move(task));
  }
  if (first) boost::asio::post(context_, [this] { drain_posted(); });
}

void io_loop::dispatch(std::function<void()> task) {
  if (is_current())
    task();
  else
    post(std::move(task));
}

void io_loop::at_turn_end(std::function<bool()> hook) { hooks_.push_back(std::move(hook)); }

bool io_loop::drain_posted() {
  std::vector<std::function<void()>> tasks;
  {
    const std::lock_guard lock{mutex_};
    tasks.swap(posted_);
  }
  // What these tasks post in turn waits for the next drain, so that tasks which breed tasks cannot shut the sockets
  // out.
  for (auto& task : tasks) task();
  return !tasks.empty();
}

io_loop::turn_end io_loop::end_turn() {
  int rounds = 0;
  turn_end end{};
  for (std::size_t i = 0; i < hooks_.size();) {
    const bool more = hooks_[i]();
    end.worked |= more;
    if (more && ++rounds < turn_rounds_max) {
      drain_posted();
      i = 0;
    } else {
      // Past the bound every later hook still gets its turn; the rest of the work waits until the sockets were asked.
      end.unfinished |= more;
      ++i;
    }
  }
  return end;
}

void io_loop::run() {
  const standing_in here{*this};
  const auto work = boost::asio::make_work_guard(context_);
  alarm_.emplace(context_);
  arm();
  bool unfinished = end_turn().unfinished; // the hooks may hold work from before the loop ran
  while (!stopped_) {
    if (unfinished)
      context_.poll_one();
    else if (context_.run_one() == 0)
      break;
    for (int handled = 1; handled < turn_handlers_max && context_.poll_one() != 0; ++handled) {
    }
    if (!stopped_) unfinished = end_turn().unfinished;
  }
  alarm_.reset();
}

bool io_loop::run_turn() {
  if (stopped_) return false;
  const standing_in here{*this};
  context_.restart(); // it stops by itself whenever it has nothing to wait for
  bool worked = fire_due();
  for (int handled = 0; handled < turn_handlers_max && context_.poll_one() != 0; ++handled) worked = true;
  return end_turn().worked || worked;
}

void io_loop::stop() {
  stopped_ = true;
  context_.stop();
}

// --- timers
// -----------------------------------------------------------------------------------------------------------

io_loop::timer io_loop::after(std::chrono::milliseconds delay, std::function<void()> task) {
  timer made{new pending{*this, now_() + delay, ++timers_made_, std::move(task)}};
  pending_.insert(made.get());
  if (alarm_) arm();
  return made;
}

std::optional<io_loop::time> io_loop::next_timer() const {
  if (pending_.empty()) return std::nullopt;
  return (*pending_.begin())->due;
}

bool io_loop::fire_due() {
  const auto now = now_();
  const auto last = timers_made_; // those that a task sets in turn wait for the next time
  int fired = 0;
  while (fired < turn_handlers_max && !pending_.empty()) {
    auto* const first = *pending_.begin();
    if (first->due > now || first->number > last) break;
    pending_.erase(pending_.begin());
    ++fired;
    const auto task = std::move(first->task); // which may destroy its timer
    task();
  }
  return fired != 0;
}

void io_loop::arm() {
  const auto due = next_timer().value_or(time::max());
  if (due >= armed_for_) return; // it rings in time; who was cancelled meanwhile makes it ring for nothing
  armed_for_ = due;
  alarm_->expires_after(due - now_()); // cancels an earlier wait
  alarm_->async_wait([this](boost::system::error_code failure) {
    if (failure) return;
    armed_for_ = time::max();
    fire_due();
    if (alarm_) arm();
  });
}

} // namespace parley::gateway
