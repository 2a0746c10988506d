#include "gateway/protocol/native_codec.hpp"

#include "events/json_reader.hpp"
#include "events/json_writer.hpp"
#include "gateway/protocol/websocket_frame.hpp"

namespace parley::gateway {
namespace {

using nlohmann::json;

result<std::string> take_event(json& frame) {
  const auto event = frame.find("event");
  if (event == frame.end()) return fail(errc::malformed, "a frame needs an \"event\"");
  auto* name = event->get_ptr<std::string*>();
  if (!name) return fail(errc::malformed, "\"event\" must be a string");
  if (name->empty() || name->size() > native_codec::event_bytes_max)
    return fail(errc::malformed,
                "\"event\" must be 1 to " + std::to_string(native_codec::event_bytes_max) + " bytes long");
  return std::move(*name);
}

result<std::optional<std::uint64_t>> take_ack(const json& frame) {
  const auto ack = frame.find("ack");
  if (ack == frame.end() || ack->is_null()) return std::nullopt;
  if (!ack->is_number_unsigned()) return fail(errc::malformed, "\"ack\" must be a non-negative integer");
  return ack->get<std::uint64_t>();
}

error refusal_of(json_fault f, std::size_t depth_max) {
  switch (f) {
  case json_fault::not_utf8: return {errc::malformed, "a frame must be UTF-8"};
  case json_fault::too_deep:
    return {errc::malformed, "a frame may nest at most " + std::to_string(depth_max) + " levels"};
  default: return {errc::malformed, "a frame must be one JSON object"};
  }
}

/// What write_push writes, with its frame around it, in one pass. Names are ours: nothing in them is to be escaped.
void append_push_frame(std::string& out, std::string_view name, std::string_view body) {
  constexpr std::string_view before = R"({"event":")", between = R"(","data":)";
  append_text_header(out, before.size() + name.size() + between.size() + body.size() + 1);
  out.append(before).append(name).append(between).append(body).push_back('}');
}

void append_error_members(json_writer& w, const error& e) {
  w.field("code", describe(e.code).code).field("message", text_of(e));
  if (e.retry_after_s > 0) w.field("retryAfter", e.retry_after_s);
}

} // namespace

result<client_message> native_codec::parse(std::string_view frame) const {
  if (frame.size() > options_.frame_bytes_max)
    return fail(errc::too_large, "a frame may have at most " + std::to_string(options_.frame_bytes_max) + " bytes");
  auto read = read_json(frame, options_.depth_max);
  if (!read) return tl::make_unexpected(refusal_of(read.error(), options_.depth_max));
  auto& parsed = *read;
  if (!parsed.is_object()) return fail(errc::malformed, "a frame must be a JSON object");

  client_message message;
  auto ack = take_ack(parsed);
  if (!ack) return tl::make_unexpected(std::move(ack.error()));
  message.ack = *ack;
  auto event = take_event(parsed);
  if (!event) return tl::make_unexpected(std::move(event.error()));
  message.event = std::move(*event);
  if (const auto data = parsed.find("data"); data != parsed.end()) message.args.push_back(std::move(*data));
  if (const auto auth = parsed.find("auth"); auth != parsed.end() && !auth->is_null()) {
    if (!auth->is_object()) return fail(errc::malformed, "\"auth\" must be an object");
    message.auth = std::move(*auth);
  }
  return message;
}

void native_codec::append_push(std::string& out, const push& p) const {
  append_push_frame(out, p.name, p.body);
  if (options_.aliases && !p.alias.empty()) append_push_frame(out, p.alias, p.body);
}

void native_codec::write_push(std::string& out, std::string_view name, std::string_view body) const {
  json_writer{out}.begin_object().field("event", name).key("data").raw(body).end_object();
}

void native_codec::write_ack(std::string& out, std::uint64_t ack, std::string_view body) const {
  json_writer{out}.begin_object().field("ack", ack).key("data").raw(body).end_object();
}

void native_codec::write_error(std::string& out, std::uint64_t ack, const error& e) const {
  json_writer w{out};
  w.begin_object().field("ack", ack).key("error").begin_object();
  append_error_members(w, e);
  w.end_object().end_object();
}

void native_codec::write_exception(std::string& out, const error& e) const {
  json_writer w{out};
  w.begin_object().field("event", "exception").key("data").begin_object().field("status", "error");
  append_error_members(w, e);
  w.end_object().end_object();
}

} // namespace parley::gateway
