#include "projections/projection_run.hpp"

#include <algorithm>
#include <spdlog/spdlog.h>

namespace parley {
namespace {

/// The database may be back in a moment, and so may the log's disk.
bool is_passing(const error& why) { return why.code == errc::unavailable || why.code == errc::log_unavailable; }

} // namespace

projection_run::projection_run(const event_log& log, read_store& store, projection_progress& progress,
                               projector_options options)
  : log_{log}
  , store_{store}
  , progress_{progress}
  , options_{options}
  , limit_{options.batch_events}
  , backoff_{options.backoff_min} {}

projection_run::next projection_run::step() {
  if (stopped_) return over{};
  if (!ended_) {
    auto done = open_ ? apply_next() : open();
    if (done) return *done;
    if (!ended_) return failed(done.error());
  }
  progress_.state(projection_state::ended);
  return over{};
}

projection_run::next projection_run::failed(const error& why) {
  open_ = false;
  if (!is_passing(why)) {
    spdlog::error("projections stopped: {}", text_of(why));
    progress_.state(projection_state::stopped, std::string{text_of(why)});
    stopped_ = true;
    return over{};
  }
  if (progress_.status().state != projection_state::unreachable) spdlog::warn("projections wait: {}", text_of(why));
  progress_.state(projection_state::unreachable, std::string{text_of(why)});
  limit_ = options_.batch_events;
  suspect_until_ = 0;
  return pause{std::exchange(backoff_, std::min(backoff_ * 2, options_.backoff_max))};
}

result<projection_run::next> projection_run::open() {
  if (auto opened = store_.open(); !opened) return tl::make_unexpected(opened.error());
  const auto checkpoint = store_.begin();
  if (!checkpoint) return tl::make_unexpected(checkpoint.error());
  store_.rollback();
  open_ = true;
  checkpoint_ = *checkpoint;
  progress_.applied(checkpoint_);
  progress_.state(projection_state::running);
  return more{};
}

result<projection_run::next> projection_run::apply_next() {
  const auto applied = apply_batch();
  if (!applied && !is_passing(applied.error()) && limit_ > 1) {
    // Something in the batch is refused: smaller batches bring us to just before it, then it stands alone.
    suspect_until_ = std::max(suspect_until_, checkpoint_ + limit_);
    limit_ /= 2;
    open_ = false;
    return more{};
  }
  if (checkpoint_ >= suspect_until_) limit_ = options_.batch_events;
  if (!applied) return tl::make_unexpected(applied.error());
  backoff_ = options_.backoff_min;
  if (*applied == 0) return log_beyond{checkpoint_};
  return more{};
}

result<std::size_t> projection_run::apply_batch() {
  const auto head = log_.head();
  if (checkpoint_ > head)
    return fail(errc::precondition_failed,
                "the read models stand at " + std::to_string(checkpoint_) + ", beyond the log's head " +
                    std::to_string(head) +
                    ": they were made from another log. Point the server at its own database, "
                    "or drop the read models (DROP SCHEMA parley CASCADE) to have them made anew.");
  if (checkpoint_ == head) return 0;
  const auto records = log_.read(checkpoint_, limit_, options_.batch_bytes);
  if (!records) return tl::make_unexpected(records.error());
  const auto changes = fold(checkpoint_, *records);
  if (!changes) return tl::make_unexpected(changes.error());

  const auto at = store_.begin();
  if (!at) return tl::make_unexpected(at.error());
  if (*at != checkpoint_) {
    // Somebody else moved it: a rebuild that was swapped in, another server, or tables made anew.
    store_.rollback();
    checkpoint_ = *at;
    progress_.applied(checkpoint_);
    return records->size();
  }
  auto written = store_.apply(*changes);
  if (written)
    written = store_.commit(changes->to);
  else
    store_.rollback();
  if (!written && records->size() == 1 && written.error().code != errc::unavailable)
    return fail(written.error().code, "event " + std::to_string(changes->to) + " (" + records->front().type + " of " +
                                          records->front().stream.text +
                                          ") was refused: " + std::string{text_of(written.error())});
  if (!written) return tl::make_unexpected(written.error());
  checkpoint_ = changes->to;
  progress_.applied(checkpoint_);
  return records->size();
}

} // namespace parley
