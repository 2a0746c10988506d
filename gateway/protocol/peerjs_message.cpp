#include "gateway/protocol/peerjs_message.hpp"

#include "events/json_reader.hpp"
#include "events/json_writer.hpp"

#include <algorithm>
#include <array>

namespace parley::gateway::peerjs {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 5> relays{"OFFER", "ANSWER", "CANDIDATE", "LEAVE", "EXPIRE"};

std::string envelope(std::string_view type, std::string_view src, std::string_view dst, std::string_view payload) {
  std::string out;
  out.reserve(type.size() + src.size() + dst.size() + payload.size() + 48); // the names around them
  json_writer w{out};
  w.begin_object().field("type", type).field("src", src).field("dst", dst);
  if (!payload.empty()) w.key("payload").raw(payload);
  w.end_object();
  return out;
}

} // namespace

result<message> parse_message(std::string_view text, std::size_t depth_max) {
  auto read = read_json(text, depth_max);
  if (!read || !read->is_object()) return fail(errc::malformed, "a message must be one JSON object, not too deep");
  message m;
  const auto type = read->find("type");
  if (type == read->end() || !type->is_string()) return fail(errc::malformed, "a message needs a type");
  m.type = type->get<std::string>();
  if (const auto dst = read->find("dst"); dst != read->end() && !dst->is_null()) {
    if (!dst->is_string() || dst->get_ref<const std::string&>().size() > id_bytes_max)
      return fail(errc::malformed, "a destination must be a peer's id");
    m.dst = dst->get<std::string>();
  }
  if (const auto payload = read->find("payload"); payload != read->end()) m.payload = payload->dump();
  return m;
}

bool is_relayed(std::string_view type) noexcept { return std::ranges::find(relays, type) != relays.end(); }

bool is_queued(std::string_view type) noexcept { return is_relayed(type) && type != "LEAVE" && type != "EXPIRE"; }

std::string relayed(const message& m, std::string_view src) { return envelope(m.type, src, m.dst, m.payload); }

std::string expired(std::string_view absent, std::string_view sender) { return envelope("EXPIRE", absent, sender, {}); }

std::string told(std::string_view type, std::string_view msg) {
  std::string out;
  json_writer w{out};
  w.begin_object().field("type", type).key("payload").begin_object().field("msg", msg).end_object().end_object();
  return out;
}

} // namespace parley::gateway::peerjs
