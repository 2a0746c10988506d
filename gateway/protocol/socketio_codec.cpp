#include "gateway/protocol/socketio_codec.hpp"

#include "events/json_writer.hpp"
#include "gateway/protocol/engineio_packet.hpp"
#include "gateway/protocol/socketio_packet.hpp"
#include "gateway/protocol/websocket_frame.hpp"

#include <charconv>

namespace parley::gateway {
namespace {

constexpr std::size_t places_max = 64, stream_bytes_max = 256; // as many as an id of a stream may have
constexpr char between_places = '\n';

void append_place(std::string& offset, std::string_view stream, std::uint64_t seq) {
  offset.append(stream).append(1, ':').append(std::to_string(seq));
}

} // namespace

socketio_codec::socketio_codec(options o)
  : options_{std::move(o)}
  , head_(1, static_cast<char>(engineio::packet_type::message)) {
  socketio::append_head(head_, socketio::packet_type::event, options_.nsp);
}

std::string socketio_codec::offset_of(const push& p) const {
  std::string offset;
  if (!options_.offsets || p.seq == 0) return offset;
  std::string place;
  append_place(place, p.stream, p.seq);
  append_quoted(offset, place);
  return offset;
}

void socketio_codec::append_foreign(std::string& out, std::string_view name, std::string_view args,
                                    const push& p) const {
  std::string packet = head_ + '[';
  append_quoted(packet, name);
  args.remove_suffix(1); // its bracket, behind what may follow
  if (args.size() > 1) packet.append(1, ',').append(args.substr(1));
  if (const auto offset = offset_of(p); !offset.empty()) packet.append(1, ',').append(offset);
  packet.push_back(']');
  append_message(out, options_.transport, packet);
}

void socketio_codec::append_push(std::string& out, const push& p) const {
  const auto offset = offset_of(p);
  append_event(out, p.name, p.body, offset);
  if (options_.aliases && !p.alias.empty()) append_event(out, p.alias, p.body, offset);
}

void socketio_codec::append_event(std::string& out, std::string_view name, std::string_view body,
                                  std::string_view offset) const {
  constexpr std::string_view before = "[\"", between = "\",";
  const auto size = head_.size() + before.size() + name.size() + between.size() + body.size() +
                    (offset.empty() ? 0 : offset.size() + 1) + 1;
  if (options_.transport == engineio_transport::websocket) append_text_header(out, size);
  out.append(head_).append(before).append(name).append(between).append(body);
  if (!offset.empty()) out.append(1, ',').append(offset);
  out.push_back(']');
  if (options_.transport == engineio_transport::polling) out.push_back(engineio::separator);
}

void socketio_codec::append_marks(std::string& out, std::span<const mark> all) const {
  std::string offset, quoted;
  for (const auto& m : all.first(std::min(all.size(), places_max))) {
    if (!offset.empty()) offset.push_back(between_places);
    append_place(offset, m.stream, m.seq);
  }
  append_quoted(quoted, offset);
  append_event(out, "offset", quoted, {});
}

void append_message(std::string& out, engineio_transport transport, std::string_view packet) {
  if (transport == engineio_transport::websocket) return append_text_frame(out, packet);
  out.append(packet).push_back(engineio::separator);
}

std::vector<std::pair<std::string, std::uint64_t>> parse_offset(std::string_view offset) {
  std::vector<std::pair<std::string, std::uint64_t>> all;
  while (!offset.empty()) {
    const auto place = offset.substr(0, offset.find(between_places));
    offset.remove_prefix(std::min(offset.size(), place.size() + 1));
    const auto colon = place.rfind(':');
    if (colon > stream_bytes_max || all.size() == places_max) return {}; // also where there is none
    const auto digits = place.substr(colon + 1);
    std::uint64_t seq = 0;
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), seq);
    if (failure != std::errc{} || end != digits.data() + digits.size()) return {};
    all.emplace_back(place.substr(0, colon), seq);
  }
  return all;
}

} // namespace parley::gateway
