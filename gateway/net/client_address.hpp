#pragma once
// Whose request it is: the address at the other end of the connection, or, when a proxy that the operator trusts is
// there, the one that the proxies say they serve (X-Forwarded-For). Pure.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace parley::gateway {

/// Networks in CIDR notation (RFC 4632 section 3.1, RFC 4291 section 2.3) and single addresses. An IPv4 address is the
/// same when it is mapped into IPv6.
class address_ranges {
public:
  /// False for what is neither, and for a network with bits set beyond its prefix: more was meant than it says.
  [[nodiscard]] bool add(std::string_view range);
  [[nodiscard]] bool contains(std::string_view address) const noexcept;
  [[nodiscard]] bool empty() const noexcept { return ranges_.empty(); }

private:
  struct range {
    std::array<std::uint8_t, 16> first;
    unsigned prefix; ///< bits
  };
  std::vector<range> ranges_;
};

/// X-Forwarded-For is read from the right, where our own proxies wrote, and only as far as each one that wrote is
/// trusted: what stands further left is a stranger's word. Whatever is no address ends it at the proxy that passed it
/// on; so do more than 32 entries. IPv4 comes as IPv4, however it was written; a port is taken off. Names of `headers`
/// are in lower case.
[[nodiscard]] std::string client_address(std::string_view peer,
                                         const std::vector<std::pair<std::string, std::string>>& headers,
                                         const address_ranges& trusted);

} // namespace parley::gateway
