#include "events/record.hpp"

#include "events/assertion.hpp"
#include "events/json_writer.hpp"

#include <openssl/evp.h>

namespace parley {
namespace {

using nlohmann::json;

const json* member(const json& object, std::string_view name, json::value_t kind) {
  const auto at = object.find(name);
  return at != object.end() && at->type() == kind ? &*at : nullptr;
}

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

result<record> parse_record(std::string_view bytes) {
  auto object = json::parse(bytes, nullptr, false);
  if (!object.is_object()) return fail(errc::corrupt, "a record is not a JSON object");
  using kind = json::value_t;
  const auto* stream = member(object, "stream", kind::string);
  const auto* at_version = member(object, "version", kind::number_unsigned);
  const auto* at_position = member(object, "position", kind::number_unsigned);
  const auto* type = member(object, "type", kind::string);
  const auto* schema = member(object, "schema", kind::number_unsigned);
  const auto* time = member(object, "time", kind::string);
  const auto* actor = member(object, "actor", kind::string);
  const auto* cause = member(object, "cause", kind::string);
  if (!stream || !at_version || !at_position || !type || !schema || !time || !actor || !cause ||
      !member(object, "data", kind::object) || !member(object, "personal", kind::object))
    return fail(errc::corrupt, "a record lacks a field");
  const auto when = parse_iso8601(time->get_ref<const std::string&>());
  if (!when) return fail(errc::corrupt, "a record's time cannot be read");
  return record{{stream->get<std::string>()}, at_version->get<version>(), at_position->get<position>(),
                type->get<std::string>(),     schema->get<int>(),         *when,
                actor->get<std::string>(),    cause->get<std::string>(),  std::move(object["data"]),
                std::move(object["personal"])};
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
