#include "gateway/framing/socketio_socket.hpp"

#include "events/json_writer.hpp"

namespace parley::gateway::socketio {
namespace {

/// After these the client is not to come back by itself: it gets a DISCONNECT, and its transport stays.
bool is_for_good(close_code code) {
  return code == close_code::log_in_again || code == close_code::taken_over || code == close_code::policy;
}

} // namespace

void append_error(std::string& out, const error& e) {
  const auto code = describe(e.code).code;
  const auto text = text_of(e);
  json_writer w{out};
  w.begin_object().field("success", false).field("status", "error").field("code", code).field("message", text);
  if (e.retry_after_s > 0) w.field("retryAfter", e.retry_after_s);
  w.key("error").begin_object().field("code", code).field("message", text).end_object().end_object();
}

std::shared_ptr<socket> socket::make(std::shared_ptr<session> on, const profile* how, std::string nsp, bool aliases) {
  const auto& of = on->of();
  const auto* polling = of.codec_of(how, nsp, engineio_transport::polling, aliases);
  const auto* websocket = of.codec_of(how, nsp, engineio_transport::websocket, aliases);
  if (!polling || !websocket) return nullptr;
  return std::make_shared<socket>(std::move(on), how, std::move(nsp), *polling, *websocket);
}

socket::socket(std::shared_ptr<session> on, const profile* how, std::string nsp, const codec& polling,
               const codec& websocket)
  : session_{std::move(on)}
  , how_{how}
  , nsp_{std::move(nsp)}
  , polling_{polling}
  , websocket_{websocket}
  , ref_{session_->of().loop.index(), session_->of().next_id()} {}

void socket::hear(client_message message) {
  if (!how_) return link_->receive(std::move(message));
  // Answers are put into the words of what was asked, so each question gets a number by which its answer is known.
  const auto number = ++last_question_;
  questions_.emplace(number, question{message.event, std::exchange(message.ack, number)});
  auto ours = how_->inbound(std::move(message), nsp_);
  if (!ours) return answer(number, tl::make_unexpected(std::move(ours.error())));
  if (!*ours) return answer(number, std::string{"{}"});
  link_->receive(std::move(**ours));
}

bool socket::open(hello h) {
  link_ = session_->of().opener.open(shared_from_this(), std::move(h));
  return link_ != nullptr;
}

void socket::drained() {
  if (link_) link_->drained();
}
void socket::pinged() {
  if (link_) link_->pinged();
}
void socket::ponged() {
  if (link_) link_->ponged();
}

void socket::end(goodbye how) {
  over_ = true;
  if (const auto link = std::exchange(link_, nullptr)) link->closed(how);
}

void socket::say(packet_type type, std::string_view json) {
  std::string text;
  append_head(text, type, nsp_);
  text.append(json);
  session_->engine().send(text);
}

void socket::emit(const nlohmann::json& event_and_arguments) {
  if (!is_over()) session_->send(encode_event(nsp_, event_and_arguments));
}

void socket::acknowledge(std::uint64_t ack, const nlohmann::json& arguments) {
  if (!is_over()) session_->send(encode_ack(nsp_, ack, arguments));
  session_->answered();
}

void socket::answer(std::optional<std::uint64_t> ack, const result<std::string>& body) {
  if (const auto asked = ack && how_ ? questions_.extract(*ack) : decltype(questions_)::node_type{}) {
    const auto& q = asked.mapped();
    const auto theirs = body ? how_->answer(q.event, *body) : how_->refusal(q.event, body.error());
    if (theirs)
      reply_as(*theirs, q.ack);
    else
      reply(q.ack, body);
  } else {
    reply(ack, body);
  }
  session_->answered();
}

void socket::reply(std::optional<std::uint64_t> ack, const result<std::string>& body) {
  if (is_over() || (!ack && body)) return;
  if (!ack) return push("exception", {}, exception_body(body.error()));
  std::string json;
  if (body)
    json = *body;
  else
    append_error(json, body.error());
  std::string text;
  append_head(text, packet_type::ack, nsp_, *ack);
  session_->engine().send(text.append(1, '[').append(json).append(1, ']'));
}

void socket::reply_as(const foreign_reply& r, std::optional<std::uint64_t> ack) {
  if (is_over() || (r.event.empty() && !ack)) return;
  std::string text;
  if (r.event.empty()) {
    append_head(text, packet_type::ack, nsp_, *ack);
    text.append(r.args);
  } else {
    append_head(text, packet_type::event, nsp_);
    append_quoted(text.append(1, '['), r.event);
    if (r.args.size() > 2) text.append(1, ',');
    text.append(std::string_view{r.args}.substr(1)); // their list goes on behind the name
  }
  session_->engine().send(text);
}

void socket::greet(std::string_view session, std::string_view resume, std::string_view body) {
  if (is_over()) return;
  if (!std::exchange(greeted_, true)) {
    std::string connected;
    json_writer out{connected};
    out.begin_object().field("sid", session);
    if (session_->of().recovers) out.field("pid", std::string{session}.append(1, '.').append(resume));
    out.end_object();
    say(packet_type::connect, connected);
    session_->joined();
  }
  if (session_->of().says_connected) push("connected", {}, body);
}

void socket::push(std::string_view name, std::string_view alias, std::string_view body) {
  if (is_over()) return;
  auto frames = std::make_shared<std::string>();
  framing().append_push(*frames, {name, alias, body});
  const auto size = frames->size();
  session_->engine().write(std::move(frames), 0, size);
}

void socket::write(std::shared_ptr<const std::string> blob, std::size_t offset, std::size_t size) {
  if (!is_over()) session_->engine().write(std::move(blob), offset, size);
}

std::size_t socket::queued_bytes() const noexcept {
  return session_->is_gone() ? 0 : session_->engine().queued_bytes();
}

bool socket::all_acknowledged() const noexcept { return !session_->is_gone() && session_->engine().all_acknowledged(); }

const codec& socket::framing() const noexcept {
  const bool polls = session_->is_gone() || session_->engine().transport() == engineio_transport::polling;
  return polls ? polling_ : websocket_;
}

void socket::close(close_code code, std::string_view reason) {
  if (is_over()) return;
  if (greeted_ && !is_for_good(code)) return session_->engine().close(code, reason);
  over_ = true;
  if (greeted_) {
    say(packet_type::disconnect, {});
  } else {
    std::string refusal;
    json_writer out{refusal};
    out.begin_object().field("message", reason).key("data").begin_object();
    out.field("code", code == close_code::log_in_again ? describe(errc::unauthenticated).code
                                                       : describe(errc::unavailable).code);
    out.end_object().end_object();
    say(packet_type::connect_error, refusal);
  }
  // Not from here: the link is in the middle of something.
  session_->of().loop.post([self = shared_from_this()] {
    self->end(goodbye::lost);
    self->session_->forget(*self);
  });
}

} // namespace parley::gateway::socketio
