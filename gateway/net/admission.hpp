#pragma once
// Who may connect: at most so many connections, so many of one address, and so many new ones of an address a second.
// Thread-safe. A ticket counts as one connection until it is destroyed; it may outlive the admission.

#include "gateway/net/net_limits.hpp"
#include "gateway/net/rate_limiter.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace parley::gateway {

class admission {
  struct counts;

public:
  class ticket {
  public:
    ticket() = default;
    ticket(ticket&&) noexcept = default;
    ticket& operator=(ticket&& other) noexcept;
    ~ticket();

  private:
    friend class admission;
    ticket(std::shared_ptr<counts> held_by, std::string key);
    void give_back() noexcept;

    std::shared_ptr<counts> counts_;
    std::string key_; ///< empty: a proxy's
  };

  explicit admission(const net_limits& bounds, rate_limiter::steady_now now = &std::chrono::steady_clock::now);

  /// None: close the connection, nothing is owed to it.
  [[nodiscard]] std::optional<ticket> admit(std::string_view address);
  /// Of a proxy, which brings many clients: only the bound on all connections holds.
  [[nodiscard]] std::optional<ticket> admit_proxy();
  /// Makes a proxy's connection that of one client: the bounds on an address hold from now on. Among all it counts
  /// already. False: it stays the proxy's.
  [[nodiscard]] bool hand_over(ticket& proxys, std::string_view address);
  [[nodiscard]] std::size_t connections() const;

private:
  /// With the counts locked.
  [[nodiscard]] bool add(const std::string& key);

  const std::size_t connections_max_, per_address_max_;
  rate_limiter connects_;
  std::shared_ptr<counts> counts_;
};

} // namespace parley::gateway
