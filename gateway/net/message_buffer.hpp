#pragma once
// One message as it comes in. A short one is read without an allocation; a longer one gets room as it comes, not as it
// claims, and gives it back.

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace parley::gateway {

class message_buffer {
public:
  /// Where the next bytes go.
  [[nodiscard]] std::span<char> room() {
    if (size_ == 0) return short_;
    long_.resize(size_ + growth_bytes);
    return {long_.data() + size_, growth_bytes};
  }
  /// `size` bytes came, and more will.
  void keep(std::size_t size) {
    if (size_ == 0) long_.assign(short_.data(), size);
    size_ += size;
  }
  /// `size` bytes came, and the message is whole: `use` is given it.
  template <class Use>
  void finish(std::size_t size, Use&& use) {
    if (size_ == 0) return use(std::string_view{short_.data(), size});
    const auto text = std::exchange(long_, {});
    use(std::string_view{text.data(), std::exchange(size_, 0) + size});
  }

private:
  static constexpr std::size_t short_bytes = 256;
  static constexpr std::size_t growth_bytes = 8 * 1024;

  std::array<char, short_bytes> short_;
  std::string long_;
  std::size_t size_ = 0; // so far, in `long_`
};

} // namespace parley::gateway
