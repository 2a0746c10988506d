#pragma once
// One room's messages on their way, and the check that every member gets all of them, once, in the same order.
//
// The member that is furthest along sets the order; each message it is first to see must be its sender's next one, so
// nothing is lost, repeated or reordered for it. Everybody else must see exactly the same bytes at the same place. That
// is one comparison a delivery and no table of members by senders. One thread.

#include "tools/parley-load/stamp.hpp"

#include <array>
#include <deque>
#include <vector>

namespace parley::load {

class room_order {
public:
  /// `first_client` and `members`: the room's clients have consecutive numbers, which are the senders' in the stamps.
  room_order(std::uint32_t run, std::uint32_t first_client, std::uint32_t members);

  enum class outcome : std::uint8_t {
    fine,
    complete, ///< fine, and this was the last member: `sender` may send its next
    foreign,  ///< no message of this run and room
    mismatch, ///< lost, repeated or out of order; the member is moved past the message if it is a known one
  };
  struct delivery {
    outcome what{};
    std::uint32_t sender = 0; ///< the client number, when complete
    std::chrono::nanoseconds sent{0};
  };

  /// The next message that `member` (from 0 within the room) was handed, `frame` being the whole text frame.
  [[nodiscard]] delivery deliver(std::uint32_t member, std::string_view frame) {
    auto const at = positions_[member] - base_;
    if (at < order_.size()) {
      auto& known = order_[at];
      // Members are usually sent the same frame, so the text is where the first one found it.
      if (known.offset + stamp::bytes <= frame.size() &&
          frame.substr(known.offset, stamp::bytes) == std::string_view{known.text.data(), stamp::bytes})
        return count(member, at);
    }
    return search(member, frame);
  }

  /// A member that is gone owes nothing any more. Calls `freed(sender)` for each message that waited for it alone.
  template <class Freed>
  void lose(std::uint32_t member, Freed&& freed) {
    for (auto at = positions_[member] - base_; at < order_.size(); ++at) --order_[at].waiting;
    gone_[member] = true;
    --present_;
    while (!order_.empty() && order_.front().waiting == 0) {
      freed(order_.front().sender);
      drop_front();
    }
  }

  /// Messages that some member saw and another has yet to.
  [[nodiscard]] std::size_t under_way() const noexcept { return order_.size(); }
  [[nodiscard]] std::uint32_t present() const noexcept { return present_; }
  /// How many of the sender's messages somebody saw.
  [[nodiscard]] std::uint32_t seen_of(std::uint32_t client) const { return next_number_[client - first_client_]; }

private:
  struct message {
    std::array<char, stamp::bytes> text;
    std::size_t offset;    ///< of the text in the frame
    std::uint32_t waiting; ///< members that have yet to get it
    std::uint32_t sender;
    std::chrono::nanoseconds sent;
  };

  delivery count(std::uint32_t member, std::uint64_t at) {
    auto& known = order_[at];
    ++positions_[member];
    auto const result = delivery{outcome::fine, known.sender, known.sent};
    if (--known.waiting > 0) return result;
    // Members are never ahead of whoever set the order, so the oldest message completes first unless one is missing.
    while (!order_.empty() && order_.front().waiting == 0) drop_front();
    return {outcome::complete, result.sender, result.sent};
  }
  delivery search(std::uint32_t member, std::string_view frame);
  void drop_front();

  std::uint32_t run_;
  std::uint32_t first_client_;
  std::uint32_t present_;
  std::uint64_t base_ = 0; ///< the place in the room's order of order_.front()
  std::deque<message> order_;
  std::vector<std::uint64_t> positions_;   ///< by member: how many messages it got
  std::vector<std::uint32_t> next_number_; ///< by member as a sender
  std::vector<bool> gone_;
};

} // namespace parley::load
