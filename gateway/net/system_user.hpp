#pragma once
// Who somebody is to the operating system: for the record of what is done on the machine itself.

#include <string>
#include <sys/types.h>

namespace parley::gateway {

/// `name@host`; `uid1000@host` for a user without a name. May ask a directory service: not for a busy loop.
[[nodiscard]] std::string system_user(uid_t uid);
/// The same of the process at the other end of a Unix domain socket, as the kernel knows it (unix(7), SO_PEERCRED);
/// empty when it cannot be told.
[[nodiscard]] std::string system_user_behind(int socket);

} // namespace parley::gateway
