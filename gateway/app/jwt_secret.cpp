#include "gateway/app/jwt_secret.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace parley::gateway {

namespace {

constexpr std::size_t secret_bytes_min = 32; // HS256 asks for 256 bits (RFC 7518 section 3.2).
constexpr std::size_t secret_bytes_max = 4096;

class file_descriptor {
public:
  explicit file_descriptor(int fd)
    : fd_{fd} {}
  file_descriptor(const file_descriptor&) = delete;
  file_descriptor& operator=(const file_descriptor&) = delete;
  ~file_descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] bool open() const { return fd_ >= 0; }
  [[nodiscard]] int get() const { return fd_; }

private:
  int fd_;
};

tl::unexpected<error> failed(std::string_view what, const std::string& path) {
  return fail(errc::internal, fmt::format("{} {}: {}", what, path, std::strerror(errno)));
}

result<std::string> read_secret(const std::string& path) {
  const file_descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
  if (!file.open()) return failed("cannot read", path);
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) return failed("cannot read", path);
  if ((info.st_mode & 077) != 0)
    return fail(errc::internal,
                fmt::format("{0} can be read by others, who could then sign tokens: run `chmod 600 {0}`, or delete it "
                            "if somebody may have read it (everybody then signs in again)",
                            path));
  std::array<char, secret_bytes_max + 1> buffer{};
  std::size_t size = 0;
  while (size < buffer.size()) {
    const auto got = ::read(file.get(), buffer.data() + size, buffer.size() - size);
    if (got < 0) return failed("cannot read", path);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  std::string secret{buffer.data(), size};
  while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) secret.pop_back();
  if (secret.size() < secret_bytes_min || size > secret_bytes_max)
    return fail(errc::internal, fmt::format("{} must hold {} to {} bytes; delete it to have a new one made", path,
                                            secret_bytes_min, secret_bytes_max));
  return secret;
}

/// Written beside, synced, then linked into place: a crash leaves a whole secret or none, and link(2) refuses to
/// replace the one that another process made meanwhile.
result<void> make_secret(const std::string& directory, const std::string& path, random_source& random) {
  const auto draft = fmt::format("{}.{}", path, random_id(random, "new"));
  const auto secret = random_id(random, "") + random_id(random, "").substr(0, 21) + "\n";
  {
    const file_descriptor file{::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
    if (!file.open()) return failed("cannot write", draft);
    if (::write(file.get(), secret.data(), secret.size()) != static_cast<ssize_t>(secret.size()) ||
        ::fsync(file.get()) != 0) {
      auto failure = failed("cannot write", draft);
      ::unlink(draft.c_str());
      return failure;
    }
  }
  const auto linked = ::link(draft.c_str(), path.c_str());
  const auto why = errno;
  ::unlink(draft.c_str());
  if (linked != 0 && why != EEXIST) {
    errno = why;
    return failed("cannot write", path);
  }
  const file_descriptor held{::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!held.open() || ::fsync(held.get()) != 0) return failed("cannot sync", directory);
  return {};
}

} // namespace

result<std::string> load_jwt_secret(const std::string& data_directory, random_source& random) {
  const auto path = data_directory + "/jwt.secret";
  if (::access(path.c_str(), F_OK) != 0) {
    if (errno != ENOENT) return failed("cannot read", path);
    if (auto made = make_secret(data_directory, path, random); !made) return tl::make_unexpected(made.error());
  }
  return read_secret(path);
}

} // namespace parley::gateway
