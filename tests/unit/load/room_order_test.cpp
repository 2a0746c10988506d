#include "tools/parley-load/room_order.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace parley::load;
using enum room_order::outcome;

namespace {

constexpr std::uint32_t run = 77;
constexpr std::uint32_t first = 10; // the room's clients are 10, 11 and 12

std::string frame(std::uint32_t sender, std::uint32_t number, std::string_view before = "{\"text\":\"",
                  std::uint32_t of = run) {
  std::string text(stamp::bytes, '.');
  write_stamp(text.data(), {of, sender, number, std::chrono::nanoseconds{1000 + number}});
  return std::string{before} + text + "......\"}";
}

} // namespace

TEST_CASE("a message is complete when the last member has it, and tells its sender and time") {
  room_order room{run, first, 3};
  CHECK(room.deliver(0, frame(11, 0)).what == fine);
  CHECK(room.deliver(2, frame(11, 0)).what == fine);
  CHECK(room.under_way() == 1);
  const auto last = room.deliver(1, frame(11, 0));
  CHECK(last.what == complete);
  CHECK(last.sender == 11);
  CHECK(last.sent == std::chrono::nanoseconds{1000});
  CHECK(room.under_way() == 0);
}

TEST_CASE("members may be far apart as long as the order is one") {
  room_order room{run, first, 2};
  for (std::uint32_t i = 0; i < 100; ++i) REQUIRE(room.deliver(0, frame(10 + i % 2, i / 2)).what == fine);
  CHECK(room.under_way() == 100);
  for (std::uint32_t i = 0; i < 100; ++i) REQUIRE(room.deliver(1, frame(10 + i % 2, i / 2)).what == complete);
  CHECK(room.under_way() == 0);
}

TEST_CASE("a member whose frames are laid out differently is still served") {
  room_order room{run, first, 2};
  CHECK(room.deliver(0, frame(10, 0)).what == fine);
  CHECK(room.deliver(1, frame(10, 0, "{\"other\":1,\"text\":\"")).what == complete);
}

TEST_CASE("another order for one member is a mismatch") {
  room_order room{run, first, 2};
  CHECK(room.deliver(0, frame(10, 0)).what == fine);
  CHECK(room.deliver(0, frame(11, 0)).what == fine);
  CHECK(room.deliver(1, frame(11, 0)).what == mismatch);
  CHECK(room.deliver(1, frame(10, 0)).what == mismatch);
}

TEST_CASE("a repeat is a mismatch, for whoever is first and for the others") {
  room_order room{run, first, 2};
  CHECK(room.deliver(0, frame(10, 0)).what == fine);
  CHECK(room.deliver(0, frame(10, 0)).what == mismatch);
  CHECK(room.deliver(1, frame(10, 0)).what == complete);
  CHECK(room.deliver(1, frame(10, 0)).what == mismatch);
  CHECK(room.deliver(0, frame(10, 1)).what == fine);
  CHECK(room.deliver(1, frame(10, 1)).what == complete);
}

TEST_CASE("a loss for everybody is told by whoever is first to see the gap") {
  room_order room{run, first, 2};
  CHECK(room.deliver(0, frame(10, 1)).what == mismatch);
  CHECK(room.deliver(1, frame(10, 1)).what == complete);
  CHECK(room.deliver(0, frame(10, 2)).what == fine);
}

TEST_CASE("a loss for one member is told once and hurts nothing after it") {
  room_order room{run, first, 3};
  for (std::uint32_t i = 0; i < 3; ++i) CHECK(room.deliver(0, frame(10, i)).what == fine);
  for (std::uint32_t i = 0; i < 3; ++i) CHECK(room.deliver(2, frame(10, i)).what == fine);
  CHECK(room.deliver(1, frame(10, 0)).what == complete);
  CHECK(room.deliver(1, frame(10, 2)).what == mismatch);
  CHECK(room.under_way() == 0);
  CHECK(room.deliver(1, frame(10, 3)).what == fine);
  CHECK(room.deliver(0, frame(10, 3)).what == fine);
  CHECK(room.deliver(2, frame(10, 3)).what == complete);
}

TEST_CASE("messages of another run or room and other texts are foreign") {
  room_order room{run, first, 2};
  CHECK(room.deliver(0, frame(10, 0, "", run + 1)).what == foreign);
  CHECK(room.deliver(0, frame(9, 0)).what == foreign);
  CHECK(room.deliver(0, frame(12, 0)).what == foreign);
  CHECK(room.deliver(0, "{}").what == foreign);
  CHECK(room.deliver(0, "").what == foreign);
  CHECK(room.deliver(0, frame(10, 0).substr(0, 30)).what == foreign);
  CHECK(room.deliver(0, frame(10, 0)).what == fine);
}

TEST_CASE("who is gone is not waited for, neither by earlier nor by later messages") {
  room_order room{run, first, 3};
  CHECK(room.deliver(0, frame(10, 0)).what == fine);
  CHECK(room.deliver(1, frame(10, 0)).what == fine);
  CHECK(room.deliver(0, frame(11, 0)).what == fine);
  std::vector<std::uint32_t> freed;
  room.lose(2, [&](std::uint32_t sender) { freed.push_back(sender); });
  CHECK(freed == std::vector<std::uint32_t>{10});
  CHECK(room.deliver(1, frame(11, 0)).what == complete);
  CHECK(room.deliver(1, frame(11, 1)).what == fine);
  CHECK(room.deliver(0, frame(11, 1)).what == complete);
}
