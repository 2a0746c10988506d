#pragma once
// What reading the rules of a profile goes by: how much there may still be, and how names are checked. Pure.

#include "gateway/profiles/condition.hpp"
#include "gateway/profiles/json_template.hpp"

namespace parley::gateway {

inline constexpr std::size_t foreign_name_bytes_max = 64;

/// Over one profile.
struct rule_reading {
  const std::vector<std::string>& namespaces; ///< that it serves
  std::size_t rules_left = 512;
  template_reading templates{};

  /// Counts one rule.
  [[nodiscard]] std::optional<file_fault> take(std::size_t line);
  /// A rule that is alone, or the rules of a list; at least one.
  [[nodiscard]] static checked<std::vector<const located_json*>> rules_of(const located_json& entry);
  /// The rule's `namespace`; empty: it has none, and applies in all.
  [[nodiscard]] checked<std::string> namespace_of(const located_json& rule) const;
  /// The rule's `if`; none: it applies always.
  [[nodiscard]] static checked<condition> condition_of(const located_json& rule, roots allowed);
  /// The rule's `args`; none: what comes is passed on as it is.
  [[nodiscard]] checked<std::optional<args_template>> args_of(const located_json& rule, roots allowed);
};

/// What is wrong with an event's name in somebody else's vocabulary; nothing: it may be one.
[[nodiscard]] std::optional<file_fault> check_foreign_name(std::string_view name, std::size_t line);
/// What is wrong with a name that must be one of `known`; `what` says of which: "what clients are told".
[[nodiscard]] std::optional<file_fault> check_own_name(std::string_view name, std::size_t line,
                                                       std::span<const std::string_view> known, std::string_view what);

} // namespace parley::gateway
