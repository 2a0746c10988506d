#include "events/log/head_file.hpp"

#include "events/log/head_lines.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <unistd.h>

namespace parley {
namespace {

result<head_lines::found> look_into(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  if (!in) return head_lines::found{};
  std::array<char, head_lines::lines * head_lines::line_bytes> bytes{};
  in.read(bytes.data(), bytes.size());
  return head_lines::parse({bytes.data(), static_cast<std::size_t>(in.gcount())});
}

error cannot(const char* what) {
  return {errc::log_unavailable, std::string{"the log's file HEAD "} + what + ": " + std::strerror(errno), 0};
}

} // namespace

result<std::optional<position>> read_head_file(const std::filesystem::path& file) {
  const auto found = look_into(file);
  if (!found) return fail(errc::corrupt, found.error().message + ": " + file.string());
  return found->newest;
}

result<head_file> head_file::open(const std::filesystem::path& file) {
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
  if (fd < 0) return tl::make_unexpected(cannot("cannot be opened"));
  // A damaged one is opened only to be reset, and that writes both lines.
  return head_file{fd, look_into(file).value_or(head_lines::found{}).next};
}

head_file::head_file(head_file&& other) noexcept
  : fd_{std::exchange(other.fd_, -1)}
  , line_{other.line_} {}

head_file::~head_file() {
  if (fd_ >= 0) ::close(fd_);
}

result<void> head_file::write(position head) {
  const auto line = head_lines::line(head);
  const auto written = ::pwrite(fd_, line.data(), line.size(), static_cast<off_t>(line_ * line.size()));
  if (written != static_cast<ssize_t>(line.size()) || ::fdatasync(fd_) != 0)
    return tl::make_unexpected(cannot("cannot be written"));
  line_ = (line_ + 1) % head_lines::lines;
  return {};
}

result<void> head_file::reset(position head) {
  if (auto first = write(head); !first) return first;
  return write(head);
}

} // namespace parley
