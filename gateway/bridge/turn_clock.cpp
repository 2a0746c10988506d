#include "gateway/bridge/turn_clock.hpp"

namespace parley::gateway {

turn_clock::turn_clock(io_loop& loop)
  : loop_{loop}
  , timer_{loop.context()} {}

template <class Change>
void turn_clock::changing(Change change) {
  const std::lock_guard lock{mutex_};
  change();
  if (schedule_.empty() || schedule_.begin()->first >= armed_for_) return;
  armed_for_ = schedule_.begin()->first;
  loop_.dispatch([this] { arm(); });
}

void turn_clock::arm() {
  const std::lock_guard lock{mutex_};
  if (armed_for_ == time_point::max()) return;
  timer_.expires_at(armed_for_); // cancels an earlier wait
  timer_.async_wait([this](boost::system::error_code failure) {
    if (!failure) fire();
  });
}

void turn_clock::fire() {
  const std::lock_guard lock{mutex_};
  trigger_expired_timeouts();
  armed_for_ = schedule_.empty() ? time_point::max() : schedule_.begin()->first;
  arm();
}

void turn_clock::set_ordinary_timeout(time_point t, caf::abstract_actor* self, caf::atom_value type, uint64_t id) {
  changing([&] { super::set_ordinary_timeout(t, self, type, id); });
}
void turn_clock::set_multi_timeout(time_point t, caf::abstract_actor* self, caf::atom_value type, uint64_t id) {
  changing([&] { super::set_multi_timeout(t, self, type, id); });
}
void turn_clock::set_request_timeout(time_point t, caf::abstract_actor* self, caf::message_id id) {
  changing([&] { super::set_request_timeout(t, self, id); });
}
void turn_clock::cancel_ordinary_timeout(caf::abstract_actor* self, caf::atom_value type) {
  changing([&] { super::cancel_ordinary_timeout(self, type); });
}
void turn_clock::cancel_request_timeout(caf::abstract_actor* self, caf::message_id id) {
  changing([&] { super::cancel_request_timeout(self, id); });
}
void turn_clock::cancel_timeouts(caf::abstract_actor* self) {
  changing([&] { super::cancel_timeouts(self); });
}
void turn_clock::schedule_message(time_point t, caf::strong_actor_ptr receiver, caf::mailbox_element_ptr content) {
  changing([&] { super::schedule_message(t, std::move(receiver), std::move(content)); });
}
void turn_clock::schedule_message(time_point t, caf::group target, caf::strong_actor_ptr sender, caf::message content) {
  changing([&] { super::schedule_message(t, std::move(target), std::move(sender), std::move(content)); });
}
void turn_clock::cancel_all() {
  changing([&] { super::cancel_all(); });
}

} // namespace parley::gateway
