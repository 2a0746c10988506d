#pragma once
// Where ids and secrets come from. Injected: libsodium's generator in production, a seeded one in the simulation.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace parley {

/// Thread-safe in production.
class random_source {
public:
  virtual ~random_source() = default;
  virtual void fill(std::span<std::byte> out) = 0;
};

/// libsodium's randombytes; safe for secrets.
class secure_random final : public random_source {
public:
  secure_random();
  void fill(std::span<std::byte> out) override;
};

/// `prefix` and 22 characters of base62 (131 bits): `u_3kT…`. Case matters.
[[nodiscard]] std::string random_id(random_source& random, std::string_view prefix);
/// 12 characters of lower-case base32 without look-alikes (60 bits), in groups of four: `k7d3-x9qp-2mwa`.
[[nodiscard]] std::string random_room_code(random_source& random);
/// The same shapes derived from a secret-free seed, so that a repeated create meets the entity it made before.
[[nodiscard]] std::string derived_id(std::string_view seed, std::string_view prefix);
[[nodiscard]] std::string derived_room_code(std::string_view seed);

} // namespace parley
