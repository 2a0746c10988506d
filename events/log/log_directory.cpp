#include "events/log/log_directory.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <vector>

namespace parley {
namespace {

constexpr std::size_t probe_bytes = 4 << 20;

auto unusable(const std::filesystem::path& directory, const std::string& why) {
  return fail(errc::log_unavailable, "the log's directory " + directory.string() + " cannot be used: " + why +
                                         "; give the user who runs Parley write access to it and room on its disk, or "
                                         "choose another data directory");
}

} // namespace

result<log_directory> log_directory::claim(const std::filesystem::path& directory) {
  std::error_code failure;
  std::filesystem::create_directories(directory, failure);
  if (failure) return unusable(directory, failure.message());
  const auto file = directory / "LOCK";
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
  if (fd < 0) return unusable(directory, std::strerror(errno));
  log_directory claimed{directory, fd};
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return unusable(directory, std::strerror(errno));
    std::array<char, 32> holder{};
    const auto got = ::pread(fd, holder.data(), holder.size() - 1, 0);
    const std::string pid{holder.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
    return fail(errc::conflict, "the log in " + directory.string() + " is in use by another process" +
                                    (pid.empty() ? "" : " (pid " + pid + ")") +
                                    "; stop it first, or choose another data directory");
  }
  // For the message above only, so that failing to write it does not matter here; `probe` and RocksDB will tell.
  const auto pid = std::to_string(::getpid());
  if (::ftruncate(fd, 0) == 0 && ::pwrite(fd, pid.data(), pid.size(), 0) < 0) errno = 0;
  return claimed;
}

log_directory::log_directory(log_directory&& other) noexcept
  : directory_{std::move(other.directory_)}
  , lock_{std::exchange(other.lock_, -1)} {}

log_directory::~log_directory() {
  if (lock_ >= 0) ::close(lock_);
}

result<void> log_directory::probe() const {
  const auto file = directory_ / "probe";
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
  if (fd < 0) return unusable(directory_, std::strerror(errno));
  const std::vector<char> zeros(64 << 10);
  bool ok = true;
  for (std::size_t written = 0; ok && written < probe_bytes; written += zeros.size())
    ok = ::write(fd, zeros.data(), zeros.size()) == static_cast<ssize_t>(zeros.size());
  ok = ok && ::fdatasync(fd) == 0;
  const int why = errno;
  ::close(fd);
  ::unlink(file.c_str());
  if (!ok) return unusable(directory_, why == 0 ? "no room left" : std::strerror(why));
  return {};
}

} // namespace parley
