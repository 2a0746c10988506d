// Lounges: coming and going, and what authors and moderators do there.

#include "gateway/bridge/wording.hpp"

#include <array>

namespace parley::gateway::wording {
namespace {

using domain::lounge;

constexpr names lounge_event_names{"loungeId", "lounge", "id"};

result<client_request> join_lounge(const asked& a) {
  const auto* id = named_place(a.given, lounge_event_names);
  if (!id) return fail(errc::malformed, "loungeId is missing");
  auto where = lounge_of(*id);
  if (!where) return pass(std::move(where.error()));
  auto after = a.given.natural({"after"});
  if (!after) return pass(std::move(after.error()));
  auto name = a.given.text({"name", "displayName", "username", "userName"});
  if (!name) return pass(std::move(name.error()));
  return join_place{where->stream, lounge::command{lounge::join{name->value_or("")}}, *after};
}

result<client_request> leave_lounge(const asked& a) {
  const auto* id = named_place(a.given, lounge_event_names);
  auto where = id ? lounge_of(*id) : only_lounge(a.who);
  if (!where) return pass(std::move(where.error()));
  return leave_place{std::move(where->stream)};
}

// --- moderation ----------------------------------------------------------------------------------------------------

result<place> addressed_lounge(const asked& a) {
  if (const auto* id = a.given.find(lounge_names)) return lounge_of(*id);
  if (const auto* id = a.given.leading(); id && !id->is_null()) return lounge_of(*id);
  return only_lounge(a.who);
}

/// By the fields' names, `seq` and one of `id_names`; empty when neither is there.
result<domain::message_reference> message_named(const arguments& given, names id_names) {
  domain::message_reference which;
  auto id = given.text_or_number(id_names);
  if (!id) return pass(std::move(id.error()));
  which.id.text = id->value_or("");
  if (which.id.text.size() > domain::message_id_bytes_max)
    return fail(errc::invalid,
                "the message's id must be at most " + std::to_string(domain::message_id_bytes_max) + " bytes long");
  auto seq = given.natural({"seq", "messageSeq"});
  if (!seq) return pass(std::move(seq.error()));
  which.seq = seq->value_or(0);
  return which;
}

/// {loungeId?, messageId or id, seq?, reason?}, (loungeId, messageId), or a bare message id.
result<client_request> delete_message(const asked& a) {
  auto where = addressed_lounge(a);
  if (!where) return pass(std::move(where.error()));
  auto which = message_named(a.given, {"messageId", "id"});
  if (!which) return pass(std::move(which.error()));
  if (const auto* bare = a.given.value(); which->empty() && bare && !bare->is_object() && !bare->is_null()) {
    auto id = id_text(*bare, "messageId");
    if (!id) return pass(std::move(id.error()));
    which->id.text = std::move(*id);
  }
  if (which->empty()) return fail(errc::malformed, "messageId is missing");
  auto reason = a.given.text({"reason"});
  if (!reason) return pass(std::move(reason.error()));
  lounge::delete_message command{{random_id(a.ids, "ma_")}, std::move(*which), reason->value_or("")};
  return tell(where->stream, lounge::command{std::move(command)});
}

result<std::chrono::seconds> seconds_of(std::uint64_t n) {
  if (n > static_cast<std::uint64_t>(domain::restriction_max.count()))
    return fail(errc::invalid, "durationSeconds must be 1 to " + std::to_string(domain::restriction_max.count()));
  return std::chrono::seconds{static_cast<std::chrono::seconds::rep>(n)};
}

/// {loungeId?, action, targetId, reason?, rule?, durationSeconds?, messageId?, seq?}; of a deletion the target is the
/// message, when no other is named.
result<client_request> moderate(const asked& a) {
  auto where = addressed_lounge(a);
  if (!where) return pass(std::move(where.error()));
  lounge::moderate command;
  command.id = {random_id(a.ids, "ma_")};
  for (const auto& [field, into] :
       {std::pair{"action", &command.action}, std::pair{"reason", &command.reason}, std::pair{"rule", &command.rule}}) {
    auto text = a.given.text({field});
    if (!text) return pass(std::move(text.error()));
    *into = text->value_or("");
  }
  if (command.action.empty()) return fail(errc::malformed, "action is missing");
  auto target = a.given.text_or_number({"targetId", "target", "userId", "targetUserId", "targetSocketId"});
  if (!target) return pass(std::move(target.error()));
  command.target = target->value_or("");
  auto about = message_named(a.given, {"messageId"});
  if (!about) return pass(std::move(about.error()));
  command.about = std::move(*about);
  if (command.action == "delete-message" && command.about.empty())
    command.about.id.text = std::exchange(command.target, {});
  if (command.action == "delete-message" ? command.about.empty() : command.target.empty())
    return fail(errc::malformed, "targetId is missing");
  auto duration = a.given.natural({"durationSeconds"});
  if (!duration) return pass(std::move(duration.error()));
  if (*duration) {
    const auto length = seconds_of(**duration);
    if (!length) return tl::make_unexpected(length.error());
    command.duration = *length;
  }
  return tell(where->stream, lounge::command{std::move(command)});
}

constexpr std::array words{word{"join-lounge", join_lounge}, word{"leave-lounge", leave_lounge},
                           word{"delete-message", delete_message}, word{"moderate", moderate}};

} // namespace

std::span<const word> lounge_words() { return words; }

} // namespace parley::gateway::wording
