#include "tools/parley-load/stamp.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace parley::load;

TEST_CASE("a stamp is read back as it was written, the extremes too") {
  for (const stamp& s :
       {stamp{}, stamp{1, 2, 3, std::chrono::nanoseconds{4}}, stamp{~0U, ~0U, ~0U, std::chrono::nanoseconds::max()}}) {
    std::string text(stamp::bytes + 5, '.');
    write_stamp(text.data(), s);
    CHECK(text.substr(stamp::bytes) == ".....");
    CHECK(read_stamp(text) == s);
  }
}

TEST_CASE("what is no stamp is not read as one") {
  std::string text(stamp::bytes, '.');
  write_stamp(text.data(), {7, 8, 9, std::chrono::nanoseconds{10}});
  CHECK_FALSE(read_stamp(text.substr(1)));
  CHECK_FALSE(read_stamp(text.substr(0, text.size() - 1)));
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto broken = text;
    broken[i] = 'Z';
    CAPTURE(i);
    CHECK_FALSE(read_stamp(broken));
  }
}
