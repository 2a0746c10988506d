// What moderators of a lounge do, and what comes of it: POST /api/lounges/:id/moderation, GET /api/moderation/actions,
// appeals and reversals.
//
// Whether somebody moderates is asked of the lounge itself, not of a read model: whoever was one a moment ago is one no
// more.

#include "gateway/rest/conditions.hpp"
#include "gateway/rest/fields.hpp"
#include "gateway/rest/routes/moderation_rows.hpp"
#include "gateway/rest/routes/oversight.hpp"
#include "gateway/rest/routes/routes.hpp"

#include "events/record.hpp"

#include <limits>

namespace parley::gateway {
namespace {

using domain::lounge;

stream_id stream_of(const lounge_id& id) { return make_stream(lounge::family, id.text); }

// --- acting -------------------------------------------------------------------------------------------------------

result<lounge::moderate> read_action(const call& c) {
  fields f{c.body};
  lounge::moderate command;
  command.action = f.required_text("action", 32);
  command.target = f.optional_text("targetId", domain::user_id_bytes_max);
  command.reason = f.optional_text("reason", domain::moderation_reason_bytes_max);
  command.rule = f.optional_text("rule", domain::rule_bytes_max);
  command.about.id.text = f.optional_text("messageId", domain::message_id_bytes_max);
  if (const auto seq = f.optional_integer("seq", 1, std::numeric_limits<std::int64_t>::max()))
    command.about.seq = static_cast<version>(*seq);
  if (const auto n =
          f.optional_integer("durationSeconds", domain::restriction_min.count(), domain::restriction_max.count()))
    command.duration = std::chrono::seconds{*n};
  // A deletion's target is the message.
  if (command.action == "delete-message" && command.about.empty())
    command.about.id.text = std::exchange(command.target, {});
  if (command.action == "delete-message" && command.about.empty()) f.refuse(errc::malformed, "targetId is missing");
  if (command.action != "delete-message" && command.target.empty()) f.refuse(errc::malformed, "targetId is missing");
  if (f.refusal()) return tl::make_unexpected(*f.refusal());
  return command;
}

/// A message that the lounge does not remember is looked up, and the lounge asked once more.
void act(const call_ptr& c, const stream_id& to, lounge::moderate command);

void act_on_older(const call_ptr& c, const stream_id& to, lounge::moderate command) {
  const auto found = [c, to, command](const std::vector<message_row>& rows) {
    if (rows.empty()) return c->refuse({errc::not_found, "no such message here", 0});
    if (rows.size() > 1) return c->refuse({errc::conflict, "several messages have this id: name the seq of one", 0});
    const auto& row = rows.front();
    auto again = command;
    again.about.older = {row.seq, row.id, row.user, to_hex(sha256(row.text)), row.deleted_at.has_value()};
    act(c, to, std::move(again));
  };
  c->with.moderation.messages_named(to, {command.about.id, command.about.seq}, all_that_was_told(*c),
                                    or_refuse<std::vector<message_row>>(c, found));
}

void act(const call_ptr& c, const stream_id& to, lounge::moderate command) {
  const auto by = c->by();
  request<lounge> r{command, by, c->once(by.user.text), c->if_match, {}};
  r.respond = reply{[c, to, user = by.user, command = std::move(command)](result<answer> a) mutable {
    const bool may_be_older = !command.about.empty() && !command.about.older;
    if (!a && a.error().code == errc::not_found && may_be_older) return act_on_older(c, to, std::move(command));
    if (!a) return c->refuse(a.error());
    auto response = success(201, a->body);
    c->wrote(user, *a, response);
    c->answer(std::move(response));
  }};
  c->with.entities.ask(to, std::move(r));
}

void moderate(const call_ptr& c) {
  const auto& named = c->captured.at(0);
  if (!is_readable_id(named)) return c->refuse({errc::lounge_not_found, {}, 0});
  auto command = read_action(*c);
  if (!command) return c->refuse(command.error());
  command->id = {c->new_id("ma_", c->who->user.text + '|' + named)};
  act(c, stream_of({named}), std::move(*command));
}

// --- looking ------------------------------------------------------------------------------------------------------

void list_actions(const call_ptr& c) {
  const auto asked = read_page(c->request);
  if (!asked) return c->refuse(asked.error());
  filters f{c->request};
  const action_filter which{{f.id("loungeId")}, {f.id("targetId")}};
  if (f.refusal()) return c->refuse(*f.refusal());
  auto list = [c, which, asked = *asked] {
    const auto answered = [c](const page<action_row>& p) {
      answer_page(c, p, [&](const action_row& row) { return to_json(row, c->with.clock.now()); });
    };
    c->with.moderation.actions(which, asked, c->at_least(), or_refuse<page<action_row>>(c, answered));
  };
  const bool own = which.target == c->who->user;
  if (oversees(*c) || own) return list();
  if (which.lounge.empty()) return c->refuse({errc::forbidden, "name a lounge that you moderate (loungeId)", 0});
  if_moderator(c, which.lounge, std::move(list));
}

// --- appeals ------------------------------------------------------------------------------------------------------

/// The action that the path names; whoever was told of it finds it.
void find_action(const call_ptr& c, std::function<void(const action_row&)> then) {
  const auto& named = c->captured.at(0);
  if (!is_readable_id(named)) return c->refuse({errc::not_found, {}, 0});
  const auto found = [c, then = std::move(then)](const std::optional<action_row>& row) {
    if (!row) return c->refuse({errc::not_found, "no such action", 0});
    then(*row);
  };
  c->with.moderation.action({named}, all_that_was_told(*c), or_refuse<std::optional<action_row>>(c, found));
}

shape told_with(int status, const action_row& row) {
  std::string body;
  json_writer json{body};
  json.begin_object().field("id", row.id.text).field("actionId", row.id.text).field("loungeId", row.lounge.text);
  json.field("action", row.action).field("targetId", row.target.text).end_object();
  return [status, body](const answer&) { return success(status, body); };
}

void appeal(const call_ptr& c) {
  fields f{c->body};
  auto text = f.required_text("text", domain::appeal_bytes_max);
  if (f.refusal()) return c->refuse(*f.refusal());
  find_action(c, [c, text](const action_row& row) {
    write<lounge>(c, stream_of(row.lounge), lounge::appeal{row.id, text}, told_with(201, row));
  });
}

void reverse(const call_ptr& c) {
  fields f{c->body};
  auto reason = f.optional_text("reason", domain::moderation_reason_bytes_max);
  if (f.refusal()) return c->refuse(*f.refusal());
  find_action(c, [c, reason](const action_row& row) {
    write<lounge>(c, stream_of(row.lounge), lounge::reverse{row.id, reason, operates(*c)}, told_with(201, row));
  });
}

} // namespace

void add_moderation_routes(router& to) {
  to.add({"POST", {"/api/lounges/:id/moderation", "/lounges/:id/moderation"}, access::registered, moderate});
  to.add({"GET", {"/api/moderation/actions"}, access::signed_in, list_actions});
  to.add({"POST", {"/api/moderation/actions/:id/appeal"}, access::signed_in, appeal});
  to.add({"POST", {"/api/moderation/actions/:id/reversal"}, access::registered, reverse});
}

} // namespace parley::gateway
