#include "tests/integration/log/faults.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <dlfcn.h>
#include <string>
#include <unistd.h>

namespace {

std::atomic<bool> disk_full{false}, sync_fails{false};
std::atomic<long> room{0};
std::string where; // set before the flags, read after

std::string path_of(int fd) {
  std::array<char, 512> path{};
  const auto link = "/proc/self/fd/" + std::to_string(fd);
  const auto n = ::readlink(link.c_str(), path.data(), path.size());
  return {path.data(), n > 0 ? static_cast<std::size_t>(n) : 0};
}

bool concerns(int fd, std::string_view suffix) {
  const auto path = path_of(fd);
  return path.starts_with(where) && path.ends_with(suffix);
}

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

/// How much of `count` bytes the disk takes.
std::size_t taken(int fd, std::size_t count) {
  if (!disk_full || !concerns(fd, "")) return count;
  const auto before = room.fetch_sub(static_cast<long>(count));
  return before <= 0 ? 0 : std::min(count, static_cast<std::size_t>(before));
}

} // namespace

extern "C" ssize_t write(int fd, const void* bytes, size_t count) {
  static auto* const real = next<ssize_t(int, const void*, size_t)>("write");
  const auto fits = taken(fd, count);
  if (fits == 0 && count != 0) {
    errno = ENOSPC;
    return -1;
  }
  return real(fd, bytes, fits);
}

extern "C" ssize_t pwrite(int fd, const void* bytes, size_t count, off_t offset) {
  static auto* const real = next<ssize_t(int, const void*, size_t, off_t)>("pwrite");
  const auto fits = taken(fd, count);
  if (fits == 0 && count != 0) {
    errno = ENOSPC;
    return -1;
  }
  return real(fd, bytes, fits, offset);
}

extern "C" int fdatasync(int fd) {
  static auto* const real = next<int(int)>("fdatasync");
  if (sync_fails && concerns(fd, ".log")) {
    errno = EIO;
    return -1;
  }
  return real(fd);
}

namespace parley::test {

full_disk::full_disk(const char* directory, long bytes) {
  where = directory;
  room = bytes;
  disk_full = true;
}
full_disk::~full_disk() { disk_full = false; }
failing_sync::failing_sync(const char* directory) {
  where = directory;
  sync_fails = true;
}
failing_sync::~failing_sync() { sync_fails = false; }

} // namespace parley::test
