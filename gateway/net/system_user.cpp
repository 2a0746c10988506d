#include "gateway/net/system_user.hpp"

#include <array>
#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace parley::gateway {

std::string system_user(uid_t uid) {
  std::array<char, 4096> space{};
  passwd entry{};
  passwd* found = nullptr;
  std::string name = "uid" + std::to_string(uid);
  if (::getpwuid_r(uid, &entry, space.data(), space.size(), &found) == 0 && found) name = found->pw_name;
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) return name + "@localhost";
  return name + '@' + host.data();
}

std::string system_user_behind(int socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return {};
  return system_user(peer.uid);
}

} // namespace parley::gateway
