#include "gateway/bridge/io_loop.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <utility>

namespace parley::gateway {
namespace {

thread_local io_loop* running_here = nullptr;

} // namespace

io_loop::io_loop(std::size_t index)
  : index_{index}
  , context_{1} {}

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

bool io_loop::end_turn() {
  int rounds = 0;
  bool unfinished = false;
  for (std::size_t i = 0; i < hooks_.size();) {
    const bool more = hooks_[i]();
    if (more && ++rounds < turn_rounds_max) {
      drain_posted();
      i = 0;
    } else {
      // Past the bound every later hook still gets its turn; the rest of the work waits until the sockets were asked.
      unfinished |= more;
      ++i;
    }
  }
  return unfinished;
}

void io_loop::run() {
  auto* const outer = std::exchange(running_here, this);
  const auto work = boost::asio::make_work_guard(context_);
  bool unfinished = end_turn(); // the hooks may hold work from before the loop ran
  while (!stopped_) {
    if (unfinished)
      context_.poll_one();
    else if (context_.run_one() == 0)
      break;
    for (int handled = 1; handled < turn_handlers_max && context_.poll_one() != 0; ++handled) {
    }
    if (!stopped_) unfinished = end_turn();
  }
  running_here = outer;
}

void io_loop::stop() {
  stopped_ = true;
  context_.stop();
}

} // namespace parley::gateway
