#include "actors/domain/message.hpp"

#include "actors/domain/people/account.hpp"
#include "actors/domain/text.hpp"
#include "events/json_writer.hpp"

#include <nlohmann/json.hpp>

namespace parley::domain {
namespace {

/// It is put into frames as it is, so it must be a whole JSON object. An escaped NUL would come back as one.
bool is_reply(std::string_view text) {
  return nlohmann::json::parse(text, nullptr, false).is_object() && text.find("\\u0000") == std::string_view::npos;
}

} // namespace

result<events::message_sent> compose(const draft_message& draft, std::string_view sender_name, const context& by) {
  if (!is_identifier(draft.id.text, message_id_bytes_max))
    return fail(errc::invalid, "id is empty, too long or no text");
  if (draft.text.size() > message_bytes_max)
    return fail(errc::too_large, "text is longer than " + std::to_string(message_bytes_max) + " bytes");
  if (draft.text.empty()) return fail(errc::invalid, "text is empty");
  if (!is_utf8(draft.text)) return fail(errc::invalid, "text is not valid UTF-8");
  if (draft.text.find('\0') != std::string::npos) return fail(errc::invalid, "text has a NUL in it");
  if (draft.reply_to.size() > reply_bytes_max)
    return fail(errc::too_large, "replyTo is longer than " + std::to_string(reply_bytes_max) + " bytes");
  if (!draft.reply_to.empty() && !is_reply(draft.reply_to)) return fail(errc::invalid, "replyTo is no object");
  if (!draft.client_time.empty() && !is_identifier(draft.client_time, client_time_bytes_max))
    return fail(errc::invalid, "timestamp is too long or no text");
  return events::message_sent{draft.id,   by.user,        by.session,       std::string{sender_name},
                              draft.text, draft.reply_to, draft.client_time};
}

} // namespace parley::domain
