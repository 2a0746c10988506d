#include "events/log/head_file.hpp"

#include "events/record.hpp"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <unistd.h>

namespace parley {
namespace {

constexpr std::size_t line_bytes = 64, digits = 20, check_digits = 32;

/// 64 bytes: the position in 20 digits, a space, 32 digits of its SHA-256, spaces, a line feed.
std::string line_for(position head) {
  auto number = std::to_string(head);
  number.insert(0, digits - number.size(), '0');
  auto line = number + ' ' + to_hex(sha256(number)).substr(0, check_digits);
  line.resize(line_bytes - 1, ' ');
  return line + '\n';
}

std::optional<position> take_line(std::string_view line) {
  position head = 0;
  if (line.size() != line_bytes) return std::nullopt;
  std::from_chars(line.data(), line.data() + digits, head);
  if (line != line_for(head)) return std::nullopt;
  return head;
}

error cannot(const char* what) {
  return {errc::log_unavailable, std::string{"the log's file HEAD "} + what + ": " + std::strerror(errno), 0};
}

} // namespace

result<std::optional<position>> read_head_file(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  if (!in) return std::optional<position>{};
  std::array<char, 2 * line_bytes> bytes{};
  in.read(bytes.data(), bytes.size());
  const std::string_view read{bytes.data(), static_cast<std::size_t>(in.gcount())};
  // Empty: the process ended between creating it and its first line; then nothing was acknowledged.
  if (read.empty()) return std::optional<position>{};
  const auto first = take_line(read.substr(0, line_bytes));
  const auto second = read.size() > line_bytes ? take_line(read.substr(line_bytes)) : std::nullopt;
  if (!first && !second) return fail(errc::corrupt, "the log's file HEAD is damaged: " + file.string());
  return std::max(first, second);
}

result<head_file> head_file::open(const std::filesystem::path& file) {
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
  if (fd < 0) return tl::make_unexpected(cannot("cannot be opened"));
  return head_file{fd};
}

head_file::head_file(head_file&& other) noexcept
  : fd_{std::exchange(other.fd_, -1)}
  , line_{other.line_} {}

head_file::~head_file() {
  if (fd_ >= 0) ::close(fd_);
}

result<void> head_file::write(position head) {
  const auto line = line_for(head);
  const auto written = ::pwrite(fd_, line.data(), line.size(), static_cast<off_t>(line_bytes) * line_);
  if (written != static_cast<ssize_t>(line.size()) || ::fdatasync(fd_) != 0)
    return tl::make_unexpected(cannot("cannot be written"));
  line_ = 1 - line_;
  return {};
}

result<void> head_file::reset(position head) {
  if (auto first = write(head); !first) return first;
  return write(head);
}

} // namespace parley
