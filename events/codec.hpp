#pragma once
// Events to and from the JSON a record holds (schema/log-format.md, schema/events.md). Pure.
//
// An event type lives in a family, the first part of its stream's id: `joined` of a room and of a lounge are two
// entries of the catalogue. Old schema versions are upcast on reading, in the codec, so nobody else knows them.

#include "events/account_events.hpp"
#include "events/booking_events.hpp"
#include "events/conversation_events.hpp"
#include "events/errors.hpp"
#include "events/gathering_events.hpp"
#include "events/inbox_events.hpp"
#include "events/ledger_events.hpp"
#include "events/listing_events.hpp"
#include "events/report_events.hpp"
#include "events/session_events.hpp"

#include <array>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <variant>
#include <vector>

namespace parley {

/// Any event: first the family, then the type. A new family is one line here and its name, in the same order.
using event = std::variant<events::account_event, events::email_event, events::session_event, events::room_event,
                           events::lounge_event, events::conversation_event, events::inbox_event, events::ledger_event,
                           events::transfer_event, events::listing_event, events::reports_event, events::service_event,
                           events::calendar_event>;
inline constexpr std::array<std::string_view, std::variant_size_v<event>> family_names{
    "account", "email",    "session", "room",    "lounge",  "conversation", "inbox",
    "ledger",  "transfer", "listing", "reports", "service", "calendar"};

/// One encoding of an event's content. `data` and `personal` are JSON objects as text; `personal` is `{}` when the
/// event has no such fields.
struct encoded_event {
  std::string_view type;
  int schema = 1;
  std::string data;
  std::string personal;
};

[[nodiscard]] encoded_event encode(const event& e);

/// Decodes any schema version this or an older Parley wrote. errc::corrupt for an unknown family, type or newer
/// schema, or when a field is missing or of the wrong type.
[[nodiscard]] result<event> decode(std::string_view family, std::string_view type, int schema,
                                   const nlohmann::json& data, const nlohmann::json& personal);

/// One line of the catalogue: what the golden samples and the schema documents must cover.
struct catalogue_entry {
  std::string_view family, type;
  int schema; ///< the newest; versions 1..schema can be read
};
[[nodiscard]] const std::vector<catalogue_entry>& catalogue();

} // namespace parley
