#include "fuzzed.hpp"

#include "events/assertion.hpp"
#include "gateway/protocol/engineio_packet.hpp"
#include "gateway/protocol/peerjs_message.hpp"
#include "gateway/protocol/socketio_codec.hpp"
#include "gateway/protocol/socketio_packet.hpp"

namespace parley::fuzz {
namespace {

using namespace gateway;

constexpr std::size_t depth_max = 16, bytes_max = 4096, packets_max = 64;

void check_refusal(const error& e) { PARLEY_ASSERT(e.code == errc::malformed && !text_of(e).empty()); }

void check_engineio(std::string_view bytes) {
  const auto packets = engineio::parse_payload(bytes, packets_max);
  if (!packets) return check_refusal(packets.error());
  PARLEY_ASSERT(!packets->empty() && packets->size() <= packets_max);
  std::string again;
  for (const auto& p : *packets) {
    if (!again.empty()) again.push_back(engineio::separator);
    if (p.binary)
      engineio::append_binary_message(again, p.data);
    else
      engineio::append_packet(again, p.type, p.data);
  }
  const auto read = engineio::parse_payload(again, packets_max);
  PARLEY_ASSERT(read && read->size() == packets->size());
  for (std::size_t i = 0; i < read->size(); ++i)
    PARLEY_ASSERT((*read)[i].data == (*packets)[i].data && (*read)[i].binary == (*packets)[i].binary);
}

/// The first line is a packet, each further one an attachment.
void check_socketio(std::string_view bytes) {
  socketio::decoder d{depth_max, bytes_max};
  for (bool binary = false;; binary = true) {
    const auto line = bytes.substr(0, bytes.find('\n'));
    const auto p = d.add(line, binary);
    if (!p) return check_refusal(p.error());
    if (*p) {
      const auto& packet = **p;
      PARLEY_ASSERT(packet.nsp.starts_with('/') && packet.nsp.size() <= socketio::namespace_bytes_max);
      PARLEY_ASSERT(!packet.ack || *packet.ack <= socketio::ack_max);
      if (packet.type != socketio::packet_type::event && packet.type != socketio::packet_type::binary_event) return;
      const auto out = socketio::encode_event(packet.nsp, packet.data);
      socketio::decoder again{depth_max, bytes_max};
      auto read = again.add(out.text, false);
      for (const auto& attachment : out.attachments) read = again.add(attachment, true);
      PARLEY_ASSERT(read && *read && (*read)->data == packet.data && (*read)->nsp == packet.nsp);
      return;
    }
    if (line.size() == bytes.size()) return;
    bytes.remove_prefix(line.size() + 1);
  }
}

void check_peerjs(std::string_view bytes) {
  const auto m = peerjs::parse_message(bytes, depth_max);
  if (!m) return check_refusal(m.error());
  PARLEY_ASSERT(m->dst.size() <= peerjs::id_bytes_max);
  if (!peerjs::is_relayed(m->type)) return;
  const auto again = peerjs::parse_message(peerjs::relayed(*m, "src"), depth_max);
  PARLEY_ASSERT(again && again->type == m->type && again->dst == m->dst && again->payload == m->payload);
}

} // namespace

void framings(std::string_view bytes) {
  check_engineio(bytes);
  check_socketio(bytes);
  check_peerjs(bytes);
  PARLEY_ASSERT(parse_offset(bytes).size() <= 64);
}

} // namespace parley::fuzz
