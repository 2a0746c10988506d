#include "events/random.hpp"

#include "events/assertion.hpp"
#include "events/record.hpp"

#include <sodium.h>

namespace parley {
namespace {

constexpr std::string_view base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view base32 = "23456789abcdefghjkmnpqrstuvwxyza"; // 'a' twice: 31 letters without look-alikes
constexpr std::size_t id_characters = 22, code_characters = 12;

/// One base62 character from two bytes: a bias below 0.1 % of one of 131 bits, which no id minds.
std::string id_from(std::span<const unsigned char> bytes, std::string_view prefix) {
  std::string id{prefix};
  id.reserve(prefix.size() + id_characters);
  for (std::size_t i = 0; i < id_characters; ++i)
    id.push_back(base62[(bytes[2 * i] * 256u + bytes[2 * i + 1]) % base62.size()]);
  return id;
}

std::string code_from(std::span<const unsigned char> bytes) {
  std::string code;
  for (std::size_t i = 0; i < code_characters; ++i) {
    if (i != 0 && i % 4 == 0) code.push_back('-');
    code.push_back(base32[bytes[i] % base32.size()]);
  }
  return code;
}

std::array<unsigned char, 64> sha512_of(std::string_view seed) {
  std::array<unsigned char, 64> out{};
  crypto_hash_sha512(out.data(), reinterpret_cast<const unsigned char*>(seed.data()), seed.size());
  return out;
}

} // namespace

secure_random::secure_random() { PARLEY_ASSERT(sodium_init() >= 0); }

// An id for each message would be a system call for each message: small requests are served from a thread's own
// supply, and what was given out is wiped from it.
void secure_random::fill(std::span<std::byte> out) {
  constexpr std::size_t small_max = 64;
  if (out.size() > small_max) return randombytes_buf(out.data(), out.size());
  thread_local std::array<std::byte, 1024> supply;
  thread_local std::size_t used = supply.size();
  if (supply.size() - used < out.size()) {
    randombytes_buf(supply.data(), supply.size());
    used = 0;
  }
  std::copy_n(supply.begin() + static_cast<std::ptrdiff_t>(used), out.size(), out.begin());
  sodium_memzero(supply.data() + used, out.size());
  used += out.size();
}

std::string random_id(random_source& random, std::string_view prefix) {
  std::array<unsigned char, 2 * id_characters> bytes{};
  random.fill(std::as_writable_bytes(std::span{bytes}));
  return id_from(bytes, prefix);
}

std::string random_room_code(random_source& random) {
  std::array<unsigned char, code_characters> bytes{};
  random.fill(std::as_writable_bytes(std::span{bytes}));
  return code_from(bytes);
}

std::string derived_id(std::string_view seed, std::string_view prefix) { return id_from(sha512_of(seed), prefix); }

std::string derived_room_code(std::string_view seed) { return code_from(sha512_of(seed)); }

} // namespace parley
