#include "actors/entities.hpp"

namespace parley {
namespace {

/// The commands of one entity are the alternative with the same index.
template <std::size_t I>
any_request carry(any_command& c, domain::context by, std::optional<idempotency> once, reply respond) {
  using made = std::variant_alternative_t<I, any_request>;
  return any_request{std::in_place_index<I>,
                     made{std::move(std::get<I>(c)), std::move(by), std::move(once), std::nullopt, std::move(respond)}};
}

} // namespace

any_request request_of(any_command c, domain::context by, std::optional<idempotency> once, reply respond) {
  std::optional<any_request> made;
  const auto attempt = [&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
    if (c.index() == I) made.emplace(carry<I>(c, std::move(by), std::move(once), std::move(respond)));
  };
  [&]<std::size_t... I>(std::index_sequence<I...>) { (attempt(std::integral_constant<std::size_t, I>{}), ...); }
  (std::make_index_sequence<std::variant_size_v<any_command>>{});
  return std::move(*made);
}

} // namespace parley
