#pragma once
// Which handler serves which method and path: data, with every alias beside its route. Pure.

#include "gateway/rest/call.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace parley::gateway {

enum class access {
  open,       ///< nobody is asked who they are
  known,      ///< anybody; a token that is sent must hold
  signed_in,  ///< a user, a guest or a service
  registered, ///< no guests
  operators,  ///< who has the role operator or service
  auditors    ///< who has the role auditor or operator
};

enum class limited {
  no,
  as_auth,
  as_room_opening,
  as_creation, ///< of what lasts; by user, so only where one is asked for
  not_at_all   ///< not by address either
};

struct route {
  std::string method;                ///< GET serves HEAD as well
  std::vector<std::string> patterns; ///< `/api/rooms/:roomId`; a segment that starts with ':' captures
  access who = access::signed_in;
  std::function<void(const call_ptr&)> handle;
  limited by = limited::no;
};

class router {
public:
  struct match {
    const route* found = nullptr;
    std::vector<std::string> captured;     ///< in the order of the pattern
    std::vector<std::string_view> methods; ///< of the path, for Allow; empty: no such path
  };

  void add(route r);
  /// `path` is decoded; one trailing slash is ignored.
  [[nodiscard]] match find(std::string_view method, std::string_view path) const;
  [[nodiscard]] const std::vector<route>& all() const noexcept { return routes_; }

private:
  struct entry {
    std::vector<std::string> segments;
    std::size_t route;
  };
  std::vector<route> routes_;
  std::vector<entry> entries_;
};

} // namespace parley::gateway
