#pragma once
// The actors' clock: delayed messages of CAF, driven by a timer of one io loop instead of a thread of its own.
// Thread-safe; what is due is delivered on that loop.

#include "gateway/bridge/io_loop.hpp"

#include <boost/asio/steady_timer.hpp>
#include <caf/all.hpp>
#include <caf/detail/simple_actor_clock.hpp>
#include <mutex>

namespace parley::gateway {

class turn_clock final : public caf::detail::simple_actor_clock {
public:
  explicit turn_clock(io_loop& loop);

  void set_ordinary_timeout(time_point t, caf::abstract_actor* self, caf::atom_value type, uint64_t id) override;
  void set_multi_timeout(time_point t, caf::abstract_actor* self, caf::atom_value type, uint64_t id) override;
  void set_request_timeout(time_point t, caf::abstract_actor* self, caf::message_id id) override;
  void cancel_ordinary_timeout(caf::abstract_actor* self, caf::atom_value type) override;
  void cancel_request_timeout(caf::abstract_actor* self, caf::message_id id) override;
  void cancel_timeouts(caf::abstract_actor* self) override;
  void schedule_message(time_point t, caf::strong_actor_ptr receiver, caf::mailbox_element_ptr content) override;
  void schedule_message(time_point t, caf::group target, caf::strong_actor_ptr sender, caf::message content) override;
  void cancel_all() override;

private:
  using super = caf::detail::simple_actor_clock;

  /// Runs `change` on the schedule, then sees to it that the timer fires when the first entry is due.
  template <class Change>
  void changing(Change change);
  void arm();
  void fire();

  io_loop& loop_;
  boost::asio::steady_timer timer_;          // on the loop only
  std::recursive_mutex mutex_;               // delivering a due message may set the next
  time_point armed_for_ = time_point::max(); // guarded by mutex_
};

} // namespace parley::gateway
