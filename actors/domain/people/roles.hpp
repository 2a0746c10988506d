#pragma once
// What an account may do beyond what everybody may. Roles are granted on the machine itself (`parley admin`), never by
// a request over the network. Pure.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace parley::domain {

/// Numbered, because snapshots hold the numbers.
enum class role : std::uint8_t { operator_ = 0, service = 1, auditor = 2 };

/// As in events and on the wire: operator, service, auditor.
[[nodiscard]] std::string_view text_of(role r) noexcept;
[[nodiscard]] std::optional<role> role_named(std::string_view text) noexcept;

struct role_set {
  std::uint32_t bits = 0;

  [[nodiscard]] bool empty() const noexcept { return bits == 0; }
  [[nodiscard]] bool has(role r) const noexcept { return (bits >> static_cast<unsigned>(r) & 1u) != 0; }
  void add(role r) noexcept { bits |= 1u << static_cast<unsigned>(r); }
  void remove(role r) noexcept { bits &= ~(1u << static_cast<unsigned>(r)); }
  /// Deposits, notifications to anybody: an operator, or a machine of theirs.
  [[nodiscard]] bool may_operate() const noexcept { return has(role::operator_) || has(role::service); }
  /// Reads everybody's history: an auditor, or an operator.
  [[nodiscard]] bool may_audit() const noexcept { return has(role::auditor) || has(role::operator_); }
  /// In the order above.
  [[nodiscard]] std::vector<role> all() const;
  friend bool operator==(const role_set&, const role_set&) = default;
};

} // namespace parley::domain
