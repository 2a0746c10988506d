// GET, POST /api/lounges (and /lounges), GET, PATCH /api/lounges/:id, its messages, members and their roles. Lounges
// are public to read; a lasting one is opened by a registered user.

#include "gateway/rest/conditions.hpp"
#include "gateway/rest/fields.hpp"
#include "gateway/rest/routes/moderation_rows.hpp"
#include "gateway/rest/routes/oversight.hpp"
#include "gateway/rest/routes/routes.hpp"

namespace parley::gateway {
namespace {

using domain::lounge;

void list_all(const call_ptr& c) {
  const auto asked = read_page(c->request);
  if (!asked) return c->refuse(asked.error());
  const auto answered = [c](const page<lounge_row>& p) {
    answer_page(c, p, [](const lounge_row& row) { return to_json(row); });
  };
  c->with.reads.lounges(*asked, c->at_least(), or_refuse<page<lounge_row>>(c, answered));
}

void create(const call_ptr& c) {
  fields f{c->body};
  lounge::create command;
  command.name = f.required_text("name", domain::lounge_name_bytes_max);
  command.topic = f.optional_text("topic", domain::lounge_topic_bytes_max);
  if (f.refusal()) return c->refuse(*f.refusal());
  command.id = {c->new_id("lg_", c->who->user.text)};
  const auto stream = make_stream(lounge::family, command.id.text);
  write<lounge>(c, stream, std::move(command), [](const answer& a) {
    auto r = success_with(201, a.body, "lounge");
    r.headers.emplace_back("ETag", etag_of(a.version));
    return r;
  });
}

void find_lounge(const call_ptr& c, std::function<void(const lounge_row&)> then) {
  const auto& named = c->captured.at(0);
  if (!is_readable_id(named)) return c->refuse({errc::lounge_not_found, {}, 0});
  const auto found = [c, then = std::move(then)](const std::optional<lounge_row>& row) {
    if (!row) return c->refuse({errc::lounge_not_found, {}, 0});
    then(*row);
  };
  c->with.reads.lounge({named}, c->at_least(), or_refuse<std::optional<lounge_row>>(c, found));
}

void get_one(const call_ptr& c) {
  find_lounge(c, [c](const lounge_row& row) { answer_one(c, to_json(row), row.version); });
}

void change(const call_ptr& c) {
  const auto& named = c->captured.at(0);
  if (!is_readable_id(named)) return c->refuse({errc::lounge_not_found, {}, 0});
  fields f{c->body};
  lounge::change command;
  if (c->body.contains("name")) command.name = f.required_text("name", domain::lounge_name_bytes_max);
  if (c->body.contains("topic")) command.topic = f.optional_text("topic", domain::lounge_topic_bytes_max);
  if (const auto n = f.optional_integer("slowModeSeconds", 0, domain::slow_mode_seconds_max))
    command.slow_mode_seconds = static_cast<std::uint32_t>(*n);
  if (f.refusal()) return c->refuse(*f.refusal());
  write<lounge>(c, make_stream(lounge::family, named), std::move(command), [](const answer& a) {
    auto r = success_with(200, a.body, "lounge");
    r.headers.emplace_back("ETag", etag_of(a.version));
    return r;
  });
}

void messages(const call_ptr& c) {
  const auto asked = read_page(c->request);
  if (!asked) return c->refuse(asked.error());
  const auto newest_first = wants_newest_first(c->request);
  if (!newest_first) return c->refuse(newest_first.error());
  find_lounge(c, [c, asked = *asked, newest = *newest_first](const lounge_row& row) {
    const auto answered = [c, place = row.id.text](const page<message_row>& p) {
      answer_page(c, p, [&](const message_row& m) { return to_json(m, "loungeId", place); });
    };
    c->with.reads.messages(make_stream(lounge::family, row.id.text), newest, asked, c->at_least(),
                           or_refuse<page<message_row>>(c, answered));
  });
}

void members(const call_ptr& c) {
  const auto asked = read_page(c->request);
  if (!asked) return c->refuse(asked.error());
  find_lounge(c, [c, asked = *asked](const lounge_row& row) {
    const auto answered = [c, owner = row.owner](const page<lounge_member_row>& p) {
      answer_page(c, p, [&](const lounge_member_row& m) { return to_json(m, owner, c->with.clock.now()); });
    };
    c->with.moderation.lounge_members(row.id, asked, c->at_least(), or_refuse<page<lounge_member_row>>(c, answered));
  });
}

void give_role(const call_ptr& c, const lounge::set_role& command) {
  std::string body;
  json_writer json{body};
  json.begin_object().field("loungeId", c->captured.at(0)).field("userId", command.user.text);
  json.field("role", command.role).end_object();
  write<lounge>(c, make_stream(lounge::family, c->captured.at(0)), command, [body](const answer& a) {
    auto r = success(200, body);
    r.headers.emplace_back("ETag", etag_of(a.version));
    return r;
  });
}

/// Who moderates must be somebody who can sign in again tomorrow.
void set_role(const call_ptr& c) {
  fields f{c->body};
  lounge::set_role command{{c->captured.at(1)}, f.required_text("role", 32)};
  if (f.refusal()) return c->refuse(*f.refusal());
  if (!is_readable_id(c->captured.at(0))) return c->refuse({errc::lounge_not_found, {}, 0});
  if (!is_readable_id(command.user.text)) return c->refuse({errc::user_not_found, {}, 0});
  if (command.role != "moderator") return give_role(c, command);
  const auto found = [c, command](const std::optional<user_row>& row) {
    if (!row) return c->refuse({errc::user_not_found, {}, 0});
    if (row->guest) return c->refuse({errc::guests_not_allowed, "a guest cannot be moderator", 0});
    give_role(c, command);
  };
  c->with.reads.user(command.user, all_that_was_told(*c), or_refuse<std::optional<user_row>>(c, found));
}

} // namespace

void add_lounge_routes(router& to) {
  to.add({"GET", {"/api/lounges", "/lounges"}, access::known, list_all});
  to.add({"POST", {"/api/lounges", "/lounges"}, access::registered, create, limited::as_creation});
  to.add({"GET", {"/api/lounges/:id", "/lounges/:id"}, access::known, get_one});
  to.add({"PATCH", {"/api/lounges/:id", "/lounges/:id"}, access::registered, change});
  to.add({"GET", {"/api/lounges/:id/messages", "/lounges/:id/messages"}, access::known, messages});
  to.add({"GET", {"/api/lounges/:id/members", "/lounges/:id/members"}, access::known, members});
  to.add({"PUT", {"/api/lounges/:id/members/:userId", "/lounges/:id/members/:userId"}, access::registered, set_role});
}

} // namespace parley::gateway
