#include "gateway/net/write_queue.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

namespace parley::gateway {
namespace {

constexpr std::size_t gather_max = 64;          // slices in one system call
constexpr std::size_t slices_kept = 8;          // room an idle queue keeps
constexpr std::size_t compact_from = 64 * 1024; // sent bytes before an own blob is moved down

} // namespace

void write_queue::append(std::shared_ptr<const std::string> blob, std::size_t offset, std::size_t size) {
  if (size == 0) return;
  if (blocked_) return append(std::string_view{*blob}.substr(offset, size));
  own_.reset();
  bytes_ += size;
  if (head_ < slices_.size()) {
    auto& last = slices_.back();
    if (last.blob == blob && last.offset + last.size == offset) {
      last.size += size;
      return;
    }
  }
  slices_.push_back({std::move(blob), offset, size});
}

void write_queue::append(std::string_view bytes) {
  if (bytes.empty()) return;
  tail().append(bytes);
  appended(bytes.size());
}

std::string& write_queue::tail() {
  if (!own_) {
    own_ = std::make_shared<std::string>();
    slices_.push_back({own_, 0, 0});
  } else {
    compact();
  }
  return *own_;
}

void write_queue::appended(std::size_t size) noexcept {
  slices_.back().size += size;
  bytes_ += size;
}

void write_queue::compact() {
  auto& last = slices_.back();
  if (last.offset < compact_from || last.offset < last.size) return;
  own_->erase(0, last.offset);
  last.offset = 0;
}

void write_queue::unshare() {
  auto rest = std::make_shared<std::string>();
  rest->reserve(bytes_);
  for (auto i = head_; i < slices_.size(); ++i) rest->append(*slices_[i].blob, slices_[i].offset, slices_[i].size);
  slices_.clear();
  head_ = 0;
  own_ = std::move(rest);
  slices_.push_back({own_, 0, bytes_});
}

void write_queue::consume(std::size_t size) noexcept {
  bytes_ -= size;
  sent_ += size;
  while (size > 0) {
    auto& first = slices_[head_];
    const auto part = std::min(size, first.size);
    first.offset += part;
    first.size -= part;
    size -= part;
    if (first.size == 0) {
      first.blob.reset();
      ++head_;
    }
  }
}

write_queue::outcome write_queue::flush(int socket) {
  while (bytes_ > 0) {
    std::array<iovec, gather_max> parts;
    std::size_t count = 0;
    for (auto i = head_; i < slices_.size() && count < gather_max; ++i) {
      auto& s = slices_[i];
      if (s.size > 0) parts[count++] = {const_cast<char*>(s.blob->data() + s.offset), s.size};
    }
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = count;
    const auto taken = ::sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (taken >= 0) {
      consume(static_cast<std::size_t>(taken));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      // One blob of our own is left in place while more is appended and some of it is sent.
      if (slices_.size() - head_ > 1 || !own_) unshare();
      blocked_ = true;
      return outcome::blocked;
    } else if (errno != EINTR) {
      return outcome::broken;
    }
  }
  clear();
  return outcome::empty;
}

void write_queue::clear() noexcept {
  slices_.clear();
  if (slices_.capacity() > slices_kept) std::vector<slice>{}.swap(slices_);
  head_ = 0;
  own_.reset();
  bytes_ = 0;
  blocked_ = false;
}

int write_queue::unacknowledged(int socket) noexcept {
  int bytes = 0;
  return ::ioctl(socket, SIOCOUTQ, &bytes) == 0 ? bytes : std::numeric_limits<int>::max();
}

} // namespace parley::gateway
