#include "events/record.hpp"

#include "events/assertion.hpp"
#include "events/json_writer.hpp"
#include "events/simd_json.hpp"

#include <algorithm>
#include <limits>
#include <openssl/evp.h>

namespace parley {
namespace {

constexpr std::size_t depth_max = 1000; ///< of an event's content: more than any client's text may have

/// The members of a record as they come, which is in the order that append_record writes; any other order is slower.
class members {
public:
  explicit members(simdjson::dom::object of)
    : of_{of} {}

  [[nodiscard]] bool take(std::string_view name, std::string& to) const {
    std::string_view text;
    if (of_[name].get_string().get(text) != simdjson::SUCCESS) return false;
    to = text;
    return true;
  }
  [[nodiscard]] bool take(std::string_view name, std::uint64_t& to) const {
    return of_[name].get_uint64().get(to) == simdjson::SUCCESS;
  }
  [[nodiscard]] bool take(std::string_view name, nlohmann::json& to) const {
    simdjson::dom::element element;
    return of_[name].get(element) == simdjson::SUCCESS && element.is_object() && take_value(element, to, depth_max);
  }

private:
  simdjson::dom::object of_;
};

/// One digest context a thread: fetching SHA-256 anew for each record would cost more than hashing it.
struct sha256_context {
  EVP_MD* algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  sha256_context() { PARLEY_ASSERT(algorithm != nullptr && context != nullptr); }
  sha256_context(const sha256_context&) = delete;
  sha256_context& operator=(const sha256_context&) = delete;
  ~sha256_context() {
    EVP_MD_CTX_free(context);
    EVP_MD_free(algorithm);
  }
};

} // namespace

void append_record(std::string& out, const stream_id& stream, version v, position p, const encoded_event& content,
                   time_point time, std::string_view actor, std::string_view cause) {
  json_writer w{out};
  w.begin_object().field("stream", stream.text).field("version", v).field("type", content.type);
  w.field("schema", content.schema).key("time");
  out.push_back('"');
  append_iso8601(out, time);
  out.push_back('"');
  out.append(",\"actor\":");
  append_quoted(out, actor);
  out.append(",\"cause\":");
  append_quoted(out, cause);
  out.append(",\"data\":").append(content.data);
  out.append(",\"personal\":").append(content.personal);
  out.append(",\"position\":");
  json_writer{out}.value(p);
  out.push_back('}');
}

bool record_is_of(std::string_view bytes, std::span<const std::string_view> families) noexcept {
  constexpr std::string_view before = "{\"stream\":\"";
  if (!bytes.starts_with(before)) return false;
  const auto stream = bytes.substr(before.size());
  return std::any_of(families.begin(), families.end(), [&](std::string_view family) {
    return stream.starts_with(family) && stream.substr(family.size()).starts_with('/');
  });
}

result<record> parse_record(std::string_view bytes) {
  simdjson::dom::object object;
  if (parse_here(bytes).get_object().get(object) != simdjson::SUCCESS)
    return fail(errc::corrupt, "a record is not a JSON object");
  const members from{object};
  record r;
  std::uint64_t schema = 0;
  std::string time;
  if (!from.take("stream", r.stream.text) || !from.take("version", r.version) || !from.take("type", r.type) ||
      !from.take("schema", schema) || schema > std::numeric_limits<int>::max() || !from.take("time", time) ||
      !from.take("actor", r.actor) || !from.take("cause", r.cause) || !from.take("data", r.data) ||
      !from.take("personal", r.personal) || !from.take("position", r.position))
    return fail(errc::corrupt, "a record lacks a field");
  const auto when = parse_iso8601(time);
  if (!when) return fail(errc::corrupt, "a record's time cannot be read");
  r.schema = static_cast<int>(schema);
  r.time = *when;
  return r;
}

result<event> content_of(const record& r) { return decode(r.stream.family(), r.type, r.schema, r.data, r.personal); }

digest sha256(std::string_view bytes) {
  thread_local sha256_context sha;
  digest out{};
  const bool ok = EVP_DigestInit_ex2(sha.context, sha.algorithm, nullptr) == 1 &&
                  EVP_DigestUpdate(sha.context, bytes.data(), bytes.size()) == 1 &&
                  EVP_DigestFinal_ex(sha.context, out.data(), nullptr) == 1;
  PARLEY_ASSERT(ok);
  return out;
}

std::string to_hex(std::span<const unsigned char> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * bytes.size());
  for (const auto b : bytes) {
    hex.push_back(digits[b >> 4]);
    hex.push_back(digits[b & 15]);
  }
  return hex;
}

} // namespace parley
