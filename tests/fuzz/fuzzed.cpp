#include "fuzzed.hpp"

#include "events/assertion.hpp"
#include "events/json_writer.hpp"
#include "gateway/bridge/vocabulary.hpp"
#include "gateway/protocol/native_codec.hpp"

namespace parley::fuzz {
namespace {

using namespace parley::gateway;

constexpr std::size_t depth_max = 8, frame_bytes_max = 16 * 1024;
const gateway::native_codec codec_here{{.aliases = true, .depth_max = depth_max, .frame_bytes_max = frame_bytes_max}};

std::size_t depth_of(const nlohmann::json& value) {
  if (!value.is_structured()) return 0;
  std::size_t deepest = 0;
  for (const auto& member : value) deepest = std::max(deepest, depth_of(member));
  return deepest + 1;
}

/// A refusal is the client's fault, says why, and can be written as JSON.
void check_refusal(const error& e) {
  const int status = describe(e.code).status;
  PARLEY_ASSERT(status >= 400 && status < 500);
  PARLEY_ASSERT(!e.message.empty() && is_utf8(e.message));
  std::string out;
  codec_here.write_error(out, 1, e);
  PARLEY_ASSERT(nlohmann::json::accept(out));
}

class counting final : public random_source {
public:
  void fill(std::span<std::byte> out) override {
    for (auto& b : out) b = static_cast<std::byte>(next_++);
  }

private:
  unsigned next_ = 0;
};

void check_place(const stream_id& place) {
  static const std::set<std::string_view> families{"room", "lounge", "conversation", "inbox", "calendar"};
  PARLEY_ASSERT(families.contains(place.family()));
  const auto key = place.key();
  PARLEY_ASSERT(!key.empty() && place.text.size() <= stream_id_bytes_max && is_utf8(key));
  for (const char c : key) {
    PARLEY_ASSERT(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F && c != '/');
    PARLEY_ASSERT(place.family() != "room" || c < 'A' || c > 'Z');
  }
}

void check_draft(const domain::draft_message& m) {
  PARLEY_ASSERT(!m.id.empty() && m.id.text.size() <= domain::message_id_bytes_max);
  PARLEY_ASSERT(is_utf8(m.id.text) && is_utf8(m.text) && is_utf8(m.client_time));
  PARLEY_ASSERT(m.reply_to.empty() || nlohmann::json::parse(m.reply_to, nullptr, false).is_object());
}

void check_command(const domain::room::command& command) {
  if (const auto* send = std::get_if<domain::room::send>(&command)) check_draft(send->message);
  const auto* relay = std::get_if<domain::room::relay>(&command);
  if (!relay) return;
  PARLEY_ASSERT(relay->payload.size() <= domain::relay_bytes_max);
  PARLEY_ASSERT(nlohmann::json::accept(relay->payload));
  PARLEY_ASSERT(relay->sha256.size() == (relay->kind == domain::relay_kind::candidate ? 0u : 64u));
}

void check_command(const domain::lounge::command& command) {
  if (const auto* send = std::get_if<domain::lounge::send>(&command)) check_draft(send->message);
}

void check_body(const std::string& payload) {
  PARLEY_ASSERT(payload.size() <= domain::relay_bytes_max && nlohmann::json::accept(payload));
}

void check_command(const domain::conversation::command& command) {
  using domain::conversation;
  if (const auto* send = std::get_if<conversation::send>(&command)) check_draft(send->message);
  if (const auto* call = std::get_if<conversation::call>(&command)) check_body(call->offer);
  if (const auto* accept = std::get_if<conversation::accept>(&command)) check_body(accept->answer);
  if (const auto* candidate = std::get_if<conversation::candidate>(&command)) check_body(candidate->candidate);
  PARLEY_ASSERT(!std::holds_alternative<conversation::ring>(command)); // a process's
  PARLEY_ASSERT(!std::holds_alternative<conversation::end_call>(command));
  PARLEY_ASSERT(!std::holds_alternative<conversation::timer_fired>(command));
}

void check_command(const domain::inbox::command& command) {
  PARLEY_ASSERT(std::holds_alternative<domain::inbox::set_status>(command));
}

void check_command(const domain::calendar::command& command) {
  PARLEY_ASSERT(std::holds_alternative<domain::calendar::share_location>(command));
}

template <class Other> // no client can say anything else yet
void check_command(const Other&) {
  PARLEY_ASSERT(false);
}

template <class Told>
void check_told(const Told& tell) {
  std::visit([](const auto& command) { check_command(command); }, tell.command);
  if (tell.once) PARLEY_ASSERT(tell.once->key.size() <= 512 && tell.once->fingerprint.size() == 64);
}

void check_request(const client_request& request) {
  std::visit([](const auto& r) { check_place(r.place); }, request);
  if (const auto* tell = std::get_if<tell_place>(&request)) check_told(*tell);
  if (const auto* tell = std::get_if<tell_person>(&request)) check_told(*tell);
}

} // namespace

void native_codec(std::string_view bytes) {
  const auto parsed = codec_here.parse(bytes);
  if (!parsed) return check_refusal(parsed.error());
  PARLEY_ASSERT(bytes.size() <= frame_bytes_max && is_utf8(bytes));
  PARLEY_ASSERT(!parsed->event.empty() && parsed->event.size() <= gateway::native_codec::event_bytes_max);
  PARLEY_ASSERT(parsed->args.is_array() && parsed->args.size() <= 1);
  PARLEY_ASSERT(depth_of(parsed->args) <= depth_max && depth_of(parsed->auth) <= depth_max);
  PARLEY_ASSERT(parsed->auth.is_null() || parsed->auth.is_object());
}

void vocabulary(std::string_view bytes) {
  const auto parsed = codec_here.parse(bytes);
  if (!parsed) return;
  static const std::set<stream_id> nowhere, one{{"room/abc"}}, both{{"lounge/L1"}, {"room/abc"}};
  counting ids;
  for (const auto* places : {&nowhere, &one, &both}) {
    const auto request = interpret(*parsed, {{"u_1234567890123456789012"}, *places, true}, ids);
    if (request)
      check_request(*request);
    else
      check_refusal(request.error());
  }
}

} // namespace parley::fuzz
