// Profiles: files that people write, given what clients send.

#include "events/assertion.hpp"
#include "events/json_reader.hpp"
#include "events/json_writer.hpp"
#include "fuzzed.hpp"
#include "gateway/profiles/event_names.hpp"
#include "gateway/profiles/profile_set.hpp"

#include <algorithm>

namespace parley::fuzz {
namespace {

using namespace parley::gateway;

constexpr std::size_t input_bytes_max = 64 * 1024, message_depth_max = 16, made_bytes_max = 4 * 1024 * 1024 + 1024;

void check_args(const std::string& args) {
  PARLEY_ASSERT(args.size() <= made_bytes_max);
  const auto read = read_json(args, 200);
  PARLEY_ASSERT(read && read->is_array());
}

/// A fault is told as file:line: sentence, in UTF-8.
void check_fault(const error& e, std::string_view text) {
  PARLEY_ASSERT(e.code == errc::invalid && is_utf8(e.message));
  PARLEY_ASSERT(e.message.starts_with("f.json:"));
  const auto line = std::strtoull(e.message.c_str() + std::string_view{"f.json:"}.size(), nullptr, 10);
  PARLEY_ASSERT(line >= 1 && line <= static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1);
}

void check_inbound(const profile& p, const nlohmann::json& message) {
  auto names = p.asked();
  names.push_back("nobody-knows");
  for (const auto name : names) {
    client_message m;
    m.event = name;
    m.args = message.is_array() ? message : nlohmann::json::array({message});
    m.ack = 7;
    m.auth = {{"token", "t"}};
    const auto mapped = p.inbound(m, p.namespaces().front());
    if (!mapped) {
      PARLEY_ASSERT(mapped.error().code == errc::malformed || mapped.error().code == errc::too_large);
      continue;
    }
    if (!*mapped) continue;
    const auto asks = asked_events();
    PARLEY_ASSERT((*mapped)->event == name || std::find(asks.begin(), asks.end(), (*mapped)->event) != asks.end());
    PARLEY_ASSERT((*mapped)->args.is_array());
    PARLEY_ASSERT((*mapped)->ack == m.ack && (*mapped)->auth == m.auth); // who asks is not a profile's to say
  }
}

void check_outbound(const profile& p, const std::string& body) {
  for (const auto name : told_events()) {
    std::vector<foreign_event> events;
    const auto done = p.outbound(events, name, {}, body, p.namespaces().back());
    if (!done) PARLEY_ASSERT(done.error().code == errc::too_large && events.empty());
    PARLEY_ASSERT(events.size() <= 512 + outbound_rules::events_max);
    for (const auto& each : events) check_args(each.args);
  }
  for (const auto& reply : {p.answer("send-message", body), p.refusal("send-message", {errc::muted, "no", 0})})
    if (reply) check_args(reply->args);
}

void check_rest(const profile& p, const std::string& body) {
  for (const auto& route : p.routes()) {
    http_request request;
    request.method = route.method;
    request.path = route.from.filled({});
    request.query = {{"limit", "5"}, {"q", body.substr(0, 20)}};
    request.body = body;
    const auto asked = p.map_request(request);
    if (!asked) {
      PARLEY_ASSERT(asked.error().code == errc::too_large);
      continue;
    }
    PARLEY_ASSERT(asked->rule != nullptr); // each of its own routes fits it, or one before it
    PARLEY_ASSERT(request.path.starts_with('/'));
    for (const int status : {200, 404}) {
      http_response response;
      response.status = status;
      response.body = body;
      p.map_response(*asked, response);
      PARLEY_ASSERT(response.body == body || read_json(response.body, 200));
    }
  }
}

void check(const profile& p, std::string_view message) {
  const auto read = read_json(message, message_depth_max);
  const auto body = read ? std::string{message} : std::string{"{}"};
  check_inbound(p, read ? *read : nlohmann::json{});
  check_outbound(p, body);
  check_rest(p, std::string{message});
}

} // namespace

void profiles(std::string_view bytes) {
  if (bytes.size() > input_bytes_max) return;
  constexpr std::string_view between = "\n--\n";
  const auto at = bytes.find(between);
  if (at == bytes.npos) {
    static const auto shipped = profile_set::shipped();
    for (const auto* each : shipped.all()) check(*each, bytes);
    return;
  }
  const auto text = bytes.substr(0, at);
  const auto parsed = parse_profile(text, "f.json");
  if (!parsed) return check_fault(parsed.error(), text);
  check(*parsed, bytes.substr(at + between.size()));
}

} // namespace parley::fuzz
