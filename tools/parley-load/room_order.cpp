#include "tools/parley-load/room_order.hpp"

#include <algorithm>
#include <cstring>

namespace parley::load {

room_order::room_order(std::uint32_t run, std::uint32_t first_client, std::uint32_t members)
  : run_{run}
  , first_client_{first_client}
  , present_{members}
  , positions_(members, 0)
  , next_number_(members, 0)
  , gone_(members, false) {}

void room_order::drop_front() {
  order_.pop_front();
  ++base_;
}

room_order::delivery room_order::search(std::uint32_t member, std::string_view frame) {
  auto const offset = frame.find(stamp::mark);
  auto const found = offset == std::string_view::npos ? std::nullopt : read_stamp(frame.substr(offset));
  if (!found || found->run != run_ || found->sender < first_client_ ||
      found->sender - first_client_ >= next_number_.size())
    return {outcome::foreign, 0, {}};
  auto const text = frame.substr(offset, stamp::bytes);
  auto const at = positions_[member] - base_;
  auto const same = [&](message const& m) { return text == std::string_view{m.text.data(), stamp::bytes}; };

  if (at < order_.size() && same(order_[at])) return count(member, at);
  auto& next = next_number_[found->sender - first_client_];
  if (at == order_.size() && found->number >= next) {
    // Whoever is first at a gap tells of it; for everybody after, this is simply the room's next message.
    bool const gap = found->number > next;
    next = found->number + 1;
    message m{{}, offset, present_, found->sender, found->sent};
    std::memcpy(m.text.data(), text.data(), stamp::bytes);
    order_.push_back(m);
    auto const counted = count(member, at);
    return gap ? delivery{outcome::mismatch, found->sender, found->sent} : counted;
  }
  // Something is wrong. Who finds its message further on has lost what is between; who does not stays where it is until
  // the others have caught up. So one lost message may be told more than once, but not more often than messages were
  // under way.
  auto const from = order_.begin() + static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(at, order_.size()));
  if (auto const place = std::find_if(from, order_.end(), same); place != order_.end()) {
    for (auto skipped = from; skipped <= place; ++skipped) --skipped->waiting;
    positions_[member] = base_ + static_cast<std::uint64_t>(place - order_.begin()) + 1;
    while (!order_.empty() && order_.front().waiting == 0) drop_front();
  }
  return {outcome::mismatch, found->sender, found->sent};
}

} // namespace parley::load
