// Direct messages, conversations, calls, notifications, blocks: GET, POST /api/messages, GET /api/conversations, POST
// /api/conversations/:id/read, GET /api/calls, GET /api/notifications, POST /api/notifications/:id/read,
// POST /realtime/notifications, PUT and DELETE /api/users/:id/block, GET /api/blocks.

#include "gateway/bridge/message_once.hpp"
#include "gateway/rest/fields.hpp"
#include "gateway/rest/ids_in_paths.hpp"
#include "gateway/rest/routes/find_person.hpp"
#include "gateway/rest/routes/people_json.hpp"
#include "gateway/rest/routes/routes.hpp"
#include "gateway/rest/routes/rows.hpp"

#include <limits>

namespace parley::gateway {
namespace {

using domain::conversation;
using domain::inbox;

stream_id stream_of(const conversation_id& id) { return make_stream(conversation::family, id.text); }

/// The caller's conversation with somebody; refuses, and the answer is out, for a name that cannot be anybody else's.
std::optional<conversation_id> with_person(const call_ptr& c, const std::string& other) {
  const auto id = domain::direct_conversation(c->who->user, {other});
  if (is_readable_id(other) && !id.empty() && !domain::people_of(id).first.empty()) return id;
  if (other == c->who->user.text)
    c->refuse({errc::invalid, "nobody writes to or calls themselves"});
  else
    c->refuse({errc::user_not_found, {}, 0});
  return std::nullopt;
}

// --- messages -------------------------------------------------------------------------------------------------------

void send(const call_ptr& c) {
  fields f{c->body};
  const auto receiver = f.required_text("receiverId", id_bytes_max);
  auto text = f.optional_text("content", domain::message_bytes_max);
  if (text.empty()) text = f.optional_text("text", domain::message_bytes_max);
  if (text.empty()) text = f.optional_text("message", domain::message_bytes_max);
  auto id = f.optional_text("id", domain::message_id_bytes_max);
  if (f.refusal()) return c->refuse(*f.refusal());
  if (text.empty()) return c->refuse({errc::malformed, "content is missing"});
  const auto in = with_person(c, receiver);
  if (!in) return;
  conversation::send command{*in, {}};
  // An id of the client's names the message itself, so it decides what is a repeat, as it does over WebSocket.
  auto once = c->once(c->who->user.text);
  if (!id.empty()) {
    once = message_once(c->who->user, stream_of(*in), id, text);
    once->refuse_while_pending = !c->idempotency_key.empty();
  }
  command.message.id = {id.empty() ? c->new_id("m_", c->who->user.text) : std::move(id)};
  command.message.text = std::move(text);
  find_person(c, {receiver}, [c, in = *in, command = std::move(command), once = std::move(once)]() mutable {
    write_once<conversation>(c, stream_of(in), std::move(command), std::move(once),
                             [](const answer& a) { return success(201, a.body); });
  });
}

void messages(const call_ptr& c) {
  const auto asked = read_page(c->request);
  if (!asked) return c->refuse(asked.error());
  const auto newest_first = wants_newest_first(c->request);
  if (!newest_first) return c->refuse(newest_first.error());
  std::string other{c->request.parameter("with")};
  if (other.empty()) return c->refuse({errc::malformed, "with names nobody: ?with=<userId>"});
  const auto in = with_person(c, other);
  if (!in) return;
  const auto answered = [c, in = *in, other](const page<message_row>& p) {
    answer_page(c, p, [&](const message_row& m) {
      return direct_message_json(m, in, m.user == c->who->user ? user_id{other} : c->who->user);
    });
  };
  c->with.reads.messages(stream_of(*in), *newest_first, *asked, c->at_least(),
                         or_refuse<page<message_row>>(c, answered));
}

void conversations(const call_ptr& c) {
  const auto asked = read_page(c->request);
  if (!asked) return c->refuse(asked.error());
  const auto answered = [c](const page<conversation_row>& p) {
    answer_page(c, p, [&](const conversation_row& row) { return to_json(row, c->who->user); });
  };
  c->with.people.conversations(c->who->user, *asked, c->at_least(), or_refuse<page<conversation_row>>(c, answered));
}

/// {seq?}: up to there, or all there is.
void mark_read(const call_ptr& c) {
  fields f{c->body};
  const auto seq = f.optional_integer("seq", 0, std::numeric_limits<std::int64_t>::max());
  if (f.refusal()) return c->refuse(*f.refusal());
  const auto& named = c->captured.at(0);
  if (!is_readable_id(named)) return c->refuse({errc::not_found, "there is no such conversation"});
  const auto upto = static_cast<version>(seq.value_or(std::numeric_limits<std::int64_t>::max()));
  write<conversation>(c, stream_of({named}), conversation::mark_read{upto},
                      [](const answer& a) { return success(200, a.body); });
}

// --- calls, blocks --------------------------------------------------------------------------------------------------

void calls(const call_ptr& c) {
  const auto asked = read_page(c->request);
  if (!asked) return c->refuse(asked.error());
  const auto answered = [c](const page<call_row>& p) {
    answer_page(c, p, [&](const call_row& row) { return to_json(row, c->who->user); });
  };
  c->with.people.calls(c->who->user, *asked, c->at_least(), or_refuse<page<call_row>>(c, answered));
}

void set_block(const call_ptr& c, bool on) {
  const auto in = with_person(c, c->captured.at(0));
  if (!in) return;
  find_person(c, {c->captured.at(0)}, [c, in = *in, on] {
    write<conversation>(c, stream_of(in), conversation::block{in, on},
                        [](const answer& a) { return success(200, a.body); });
  });
}

void blocks(const call_ptr& c) {
  const auto asked = read_page(c->request);
  if (!asked) return c->refuse(asked.error());
  const auto answered = [c](const page<block_row>& p) {
    answer_page(c, p, [](const block_row& row) { return to_json(row); });
  };
  c->with.people.blocks(c->who->user, *asked, c->at_least(), or_refuse<page<block_row>>(c, answered));
}

// --- notifications --------------------------------------------------------------------------------------------------

void notifications(const call_ptr& c) {
  const auto asked = read_page(c->request);
  if (!asked) return c->refuse(asked.error());
  const auto unread = c->request.parameter("unread");
  if (!unread.empty() && unread != "true" && unread != "false")
    return c->refuse({errc::invalid, "unread must be true or false"});
  const auto answered = [c](const page<notification_row>& p) {
    answer_page(c, p, [](const notification_row& row) { return to_json(row); });
  };
  c->with.people.notifications(c->who->user, unread == "true", *asked, c->at_least(),
                               or_refuse<page<notification_row>>(c, answered));
}

void read_notification(const call_ptr& c) {
  const auto& named = c->captured.at(0);
  if (!is_readable_id(named)) return c->refuse({errc::not_found, "there is no such notification"});
  const auto found = [c, named](const std::optional<notification_row>& row) {
    if (!row) return c->refuse({errc::not_found, "there is no such notification"});
    auto now = *row;
    now.unread = false;
    write<inbox>(c, make_stream(inbox::family, c->who->user.text), inbox::mark_read{{named}},
                 [now](const answer&) { return success(200, to_json(now)); });
  };
  c->with.people.notification(c->who->user, {named}, c->at_least(),
                              or_refuse<std::optional<notification_row>>(c, found));
}

/// By a service: {userId, title, body?, kind?, data?}; the kind also as `type`, as answers name it.
void notify(const call_ptr& c) {
  fields f{c->body};
  inbox::notify command;
  const auto user = f.required_text("userId", id_bytes_max);
  command.title = f.required_text("title", domain::notification_title_bytes_max);
  command.body = f.optional_text("body", domain::notification_body_bytes_max);
  if (command.body.empty()) command.body = f.optional_text("message", domain::notification_body_bytes_max);
  command.kind = f.optional_text("kind", domain::notification_kind_bytes_max);
  if (command.kind.empty()) command.kind = f.optional_text("type", domain::notification_kind_bytes_max);
  if (command.kind.empty()) command.kind = "message";
  if (f.refusal()) return c->refuse(*f.refusal());
  if (const auto data = c->body.find("data"); data != c->body.end() && !data->is_null()) {
    if (!data->is_object()) return c->refuse({errc::malformed, "data must be an object"});
    command.data = data->dump();
  }
  if (!is_readable_id(user)) return c->refuse({errc::user_not_found, {}, 0});
  command.owner = {user};
  command.id = {c->new_id("n_", c->who->user.text)};
  find_person(c, command.owner, [c, command]() mutable {
    const auto to = make_stream(inbox::family, command.owner.text);
    write<inbox>(c, to, std::move(command), [](const answer& a) { return success_with(201, a.body, "notification"); });
  });
}

} // namespace

void add_people_routes(router& to) {
  to.add({"GET", {"/api/messages"}, access::signed_in, messages});
  to.add({"POST", {"/api/messages"}, access::signed_in, send});
  to.add({"GET", {"/api/conversations"}, access::signed_in, conversations});
  to.add({"POST", {"/api/conversations/:id/read"}, access::signed_in, mark_read});
  to.add({"GET", {"/api/calls"}, access::signed_in, calls});
  to.add({"GET", {"/api/blocks"}, access::signed_in, blocks});
  to.add({"PUT", {"/api/users/:id/block"}, access::signed_in, [](const call_ptr& c) { set_block(c, true); }});
  to.add({"DELETE", {"/api/users/:id/block"}, access::signed_in, [](const call_ptr& c) { set_block(c, false); }});
  to.add({"GET", {"/api/notifications"}, access::signed_in, notifications});
  to.add({"POST", {"/api/notifications/:id/read"}, access::signed_in, read_notification});
  to.add({"POST", {"/realtime/notifications"}, access::operators, notify});
}

} // namespace parley::gateway
