#include "gateway/protocol/socketio_packet.hpp"

#include "events/assertion.hpp"
#include "events/json_reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace parley::gateway::socketio {
namespace {

using nlohmann::json;

tl::unexpected<error> malformed(const char* what) { return fail(errc::malformed, what); }

/// Takes a decimal number off the front; none when there is no digit, or it is beyond `max`.
std::optional<std::uint64_t> take_number(std::string_view& rest, std::uint64_t max) {
  std::uint64_t value = 0;
  const auto [end, failure] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
  if (failure != std::errc{} || value > max) return std::nullopt;
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  return value;
}

bool begins_with_digit(std::string_view text) { return !text.empty() && text.front() >= '0' && text.front() <= '9'; }

result<void> take_namespace(std::string_view& rest, packet& p) {
  if (!rest.starts_with('/')) return {};
  const auto end = std::min(rest.find(','), rest.size());
  const auto whole = rest.substr(0, end);
  if (whole.size() > namespace_bytes_max) return malformed("a namespace is too long");
  rest.remove_prefix(std::min(end + 1, rest.size()));
  const auto mark = std::min(whole.find('?'), whole.size());
  p.nsp = whole.substr(0, mark);
  p.query = whole.substr(std::min(mark + 1, whole.size()));
  return {};
}

/// What each type may carry.
result<void> check_data(const packet& p) {
  const auto& data = p.data;
  switch (p.type) {
  case packet_type::connect:
    if (!data.is_null() && !data.is_object()) return malformed("what a CONNECT brings must be an object");
    return {};
  case packet_type::disconnect:
    if (!data.is_null()) return malformed("a DISCONNECT brings nothing");
    return {};
  case packet_type::event:
  case packet_type::binary_event:
    if (!data.is_array() || data.empty() || (!data[0].is_string() && !data[0].is_number()))
      return malformed("an EVENT must be an array that begins with its name");
    if (data[0].is_string() && is_reserved(data[0].get_ref<const std::string&>()))
      return malformed("an EVENT has a reserved name");
    return {};
  case packet_type::ack:
  case packet_type::binary_ack:
    if (!data.is_array() || !p.ack) return malformed("an ACK must be a number and an array");
    return {};
  case packet_type::connect_error: return {};
  }
  return malformed("a packet must begin with its type, 0 to 6");
}

/// The number of the attachment that a placeholder stands for; none when it is no placeholder.
const json* placeholder(const json& value) {
  if (!value.is_object()) return nullptr;
  const auto mark = value.find("_placeholder");
  if (mark == value.end() || !mark->is_boolean() || !mark->get<bool>()) return nullptr;
  const auto number = value.find("num");
  return number == value.end() ? &value : &*number;
}

/// Each attachment stands in one place: a message must not grow by naming one many times. False for a bad number.
bool put_in(json& value, std::vector<json::binary_t>& attachments, std::vector<bool>& used) {
  if (const auto* number = placeholder(value)) {
    if (!number->is_number_unsigned()) return false;
    const auto at = number->get<std::uint64_t>();
    if (at >= attachments.size() || used[at]) return false;
    used[at] = true;
    value = json::binary(std::move(attachments[at]));
    return true;
  }
  if (!value.is_structured()) return true;
  return std::all_of(value.begin(), value.end(), [&](json& each) { return put_in(each, attachments, used); });
}

void take_out(json& value, std::vector<std::string>& attachments) {
  if (value.is_binary()) {
    const auto& bytes = value.get_binary();
    PARLEY_ASSERT(attachments.size() < attachments_max);
    attachments.emplace_back(bytes.begin(), bytes.end());
    value = json{{"_placeholder", true}, {"num", attachments.size() - 1}};
  } else if (value.is_structured()) {
    for (auto& each : value) take_out(each, attachments);
  }
}

encoded encode(packet_type plain, packet_type with_bytes, std::string_view nsp, std::optional<std::uint64_t> ack,
               json data) {
  encoded e;
  take_out(data, e.attachments);
  e.text.push_back(static_cast<char>(e.attachments.empty() ? plain : with_bytes));
  if (!e.attachments.empty()) e.text.append(std::to_string(e.attachments.size())).push_back('-');
  if (nsp != "/") e.text.append(nsp).push_back(',');
  if (ack) e.text.append(std::to_string(*ack));
  e.text.append(data.dump(-1, ' ', false, json::error_handler_t::replace));
  return e;
}

} // namespace

result<std::optional<packet>> decoder::add(std::string_view message, bool binary) {
  if (!binary) return missing_ > 0 ? malformed("attachments are still to come") : add_text(message);
  if (missing_ == 0) return malformed("bytes without a packet that announces them");
  bytes_ += message.size();
  if (bytes_ > bytes_max_) return malformed("the attachments of a packet are too large");
  attachments_.emplace_back(std::vector<std::uint8_t>(message.begin(), message.end()));
  if (--missing_ > 0) return std::nullopt;
  auto attachments = std::exchange(attachments_, {});
  std::vector<bool> used(attachments.size());
  if (!put_in(pending_.data, attachments, used)) return malformed("a placeholder names no attachment of its own");
  return std::exchange(pending_, {});
}

result<std::optional<packet>> decoder::add_text(std::string_view rest) {
  if (rest.empty() || rest.front() < '0' || rest.front() > '6')
    return malformed("a packet must begin with its type, 0 to 6");
  packet p;
  p.type = static_cast<packet_type>(rest.front());
  rest.remove_prefix(1);
  std::size_t announced = 0;
  const bool with_bytes = p.type == packet_type::binary_event || p.type == packet_type::binary_ack;
  if (with_bytes) {
    const auto count = take_number(rest, attachments_max);
    if (!count || !rest.starts_with('-')) return malformed("a packet must announce at most 10 attachments");
    rest.remove_prefix(1);
    announced = *count;
  }
  if (auto named = take_namespace(rest, p); !named) return tl::make_unexpected(std::move(named.error()));
  if (begins_with_digit(rest)) {
    p.ack = take_number(rest, ack_max);
    if (!p.ack) return malformed("an ack number is too large");
  }
  if (!rest.empty()) {
    auto data = read_json(rest, depth_max_);
    if (!data) return malformed("what a packet brings must be JSON, not too deep");
    p.data = std::move(*data);
  }
  if (auto sound = check_data(p); !sound) return tl::make_unexpected(std::move(sound.error()));
  if (announced == 0) {
    std::vector<json::binary_t> none;
    std::vector<bool> used;
    if (with_bytes && !put_in(p.data, none, used)) return malformed("a placeholder names no attachment of its own");
    return p;
  }
  pending_ = std::move(p);
  missing_ = announced;
  bytes_ = 0;
  return std::nullopt;
}

encoded encode_event(std::string_view nsp, const json& data) {
  return encode(packet_type::event, packet_type::binary_event, nsp, std::nullopt, data);
}

encoded encode_ack(std::string_view nsp, std::uint64_t ack, const json& data) {
  return encode(packet_type::ack, packet_type::binary_ack, nsp, ack, data);
}

void append_head(std::string& out, packet_type type, std::string_view nsp) {
  out.push_back(static_cast<char>(type));
  if (nsp != "/") out.append(nsp).push_back(',');
}

void append_head(std::string& out, packet_type type, std::string_view nsp, std::uint64_t ack) {
  append_head(out, type, nsp);
  out.append(std::to_string(ack));
}

bool is_reserved(std::string_view event) noexcept {
  constexpr std::array<std::string_view, 6> reserved{"connect",       "connect_error", "disconnect",
                                                     "disconnecting", "newListener",   "removeListener"};
  return std::ranges::find(reserved, event) != reserved.end();
}

bool holds_binary(const json& value) {
  return value.is_binary() || (value.is_structured() && std::any_of(value.begin(), value.end(), holds_binary));
}

} // namespace parley::gateway::socketio
