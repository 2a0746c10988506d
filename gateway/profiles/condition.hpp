#pragma once
// When a rule applies: tests of what is mapped, all of which must hold. {"$.reason": "kicked", "$.by": {"present":
// true}} Immutable and pure.

#include "gateway/profiles/reference.hpp"

namespace parley::gateway {

class condition {
public:
  static constexpr std::size_t tests_max = 8;

  condition() = default; ///< holds always
  [[nodiscard]] static checked<condition> compile(const located_json& from, roots allowed);
  [[nodiscard]] bool holds(const mapped_input& in) const;

private:
  enum class kind : std::uint8_t { one_of, none_of, present, absent };
  struct test {
    reference of;
    kind is = kind::one_of;
    std::vector<nlohmann::json> values{};
    std::optional<reference> same{}; ///< equal to the value there
  };
  struct compiler;

  [[nodiscard]] static bool holds(const test& t, const mapped_input& in);

  std::vector<test> tests_;
};

} // namespace parley::gateway
