#pragma once
// A listing's shell: who asks how a purchase stands, and can wait, is answered when it has ended, or after
// `purchase_wait` as it stands then. So a buyer's request is answered with the outcome, and nobody polls.

#include "actors/event_sourced.hpp"

namespace parley {

class listing_actor final : public event_sourced<domain::listing> {
public:
  using event_sourced::event_sourced;

  caf::behavior make_behavior() override {
    return caf::message_handler{[](const continuation_ptr& c) { (*c)(); }}.or_else(entity_messages());
  }
  void on_exit() override {
    waiting_.clear();
    event_sourced::on_exit();
  }

private:
  using waiter = request_ptr<domain::listing>;

  static constexpr std::chrono::milliseconds purchase_wait{2'000};
  static constexpr std::size_t waiting_max = 2 * domain::purchases_open_max; ///< who comes then is answered at once

  bool takes_over(waiter& r) override {
    auto* asked = std::get_if<domain::listing::read_purchase>(&r->command);
    if (!asked || !asked->when_ended || !state().open.contains(asked->id) || waiting_.size() >= waiting_max)
      return false;
    asked->when_ended = false; // asked once more, it is answered as things stand
    const auto id = asked->id;
    const auto number = ++last_waiter_;
    waiting_.emplace(number, std::move(r));
    by_purchase_.emplace(id, number);
    delayed_send(this, caf::timespan{purchase_wait},
                 std::make_shared<continuation>([this, id, number] { answer(id, number); }));
    return true;
  }

  void committed(const events::listing_event& e) override {
    if (const auto* paid = std::get_if<events::purchase_completed>(&e)) return answer_all(paid->purchase);
    if (const auto* failed = std::get_if<events::purchase_failed>(&e)) return answer_all(failed->purchase);
  }
  [[nodiscard]] bool may_passivate() const override { return waiting_.empty(); }

  void answer_all(const purchase_id& id) {
    while (true) {
      const auto at = by_purchase_.find(id);
      if (at == by_purchase_.end()) return;
      answer(id, at->second);
    }
  }

  /// Asks again for whoever waits, in a turn of its own.
  void answer(const purchase_id& id, std::uint64_t number) {
    const auto node = waiting_.extract(number);
    if (node.empty()) return; // answered already
    const auto [begin, end] = by_purchase_.equal_range(id);
    for (auto at = begin; at != end; ++at)
      if (at->second == number) {
        by_purchase_.erase(at);
        break;
      }
    send(this, node.mapped());
  }

  std::map<std::uint64_t, waiter> waiting_;
  std::multimap<purchase_id, std::uint64_t> by_purchase_;
  std::uint64_t last_waiter_ = 0;
};

} // namespace parley
