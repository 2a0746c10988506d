#include "gateway/framing/native_connection.hpp"

namespace parley::gateway {
namespace {

constexpr auto close_send_text = static_cast<close_code>(1003); // RFC 6455 section 7.4.1

intake::time now() { return std::chrono::steady_clock::now(); }

} // namespace

native_connection::native_connection(const native_framing& of, hello greeting)
  : opener_{of.opener}
  , codec_{greeting.aliases ? of.with_aliases : of.without_aliases}
  , greeting_{std::move(greeting)}
  , intake_{of.limits, of.totals, now()} {}

void native_connection::opened(std::shared_ptr<line> on) {
  line_ = std::move(on);
  auto link = opener_.open(shared_from_this(), std::exchange(greeting_, {}));
  if (!link) return line_->close(close_code::internal, "no session could be opened: try again later");
  link_ = std::move(link);
}

void native_connection::received(std::string_view text, bool binary) {
  if (binary) return line_->close(close_send_text, "send text frames");
  const auto verdict = intake_.take(now());
  if (verdict == intake::verdict::close) return line_->close(close_code::slow_down, "too many messages: slow down");
  auto message = codec_.parse(text);
  if (!message) {
    if (!intake_.forgive_malformed())
      return line_->close(close_code::policy, "too many malformed messages: send what the protocol describes");
    return refuse(std::nullopt, message.error());
  }
  if (verdict == intake::verdict::refuse)
    return refuse(message->ack, {errc::rate_limited, {}, intake_.retry_after_s()});
  intake_.sent();
  link_->receive(*std::move(message));
}

bool native_connection::takes_ping() { return intake_.take(now()) != intake::verdict::close; }

void native_connection::drained() {
  if (link_) link_->drained();
}
void native_connection::pinged() {
  if (link_) link_->pinged();
}
void native_connection::ponged() {
  if (link_) link_->ponged();
}

void native_connection::closed(goodbye how, std::uint16_t) {
  if (const auto link = std::exchange(link_, nullptr)) link->closed(how);
}

void native_connection::dropped() noexcept { link_.reset(); }

void native_connection::answer(std::optional<std::uint64_t> ack, const result<std::string>& body) {
  intake_.answered();
  if (!body) {
    refuse(ack, body.error());
  } else if (ack) {
    std::string text;
    codec_.write_ack(text, *ack, *body);
    line_->send(text, false);
  }
  line_->read_on();
}

void native_connection::refuse(std::optional<std::uint64_t> ack, const error& e) {
  std::string text;
  if (ack)
    codec_.write_error(text, *ack, e);
  else
    codec_.write_exception(text, e);
  line_->send(text, false);
}

void native_connection::greet(std::string_view, std::string_view, std::string_view body) {
  push("connected", {}, body);
}

void native_connection::push(std::string_view name, std::string_view alias, std::string_view body) {
  std::string text;
  codec_.write_push(text, name, body);
  line_->send(text, false);
  if (alias.empty() || !codec_.sends_aliases()) return;
  text.clear();
  codec_.write_push(text, alias, body);
  line_->send(text, false);
}

void native_connection::write(std::shared_ptr<const std::string> blob, std::size_t offset, std::size_t size) {
  line_->write(std::move(blob), offset, size);
}

void native_connection::close(close_code code, std::string_view reason) { line_->close(code, reason); }

} // namespace parley::gateway
