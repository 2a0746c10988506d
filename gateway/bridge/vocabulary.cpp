#include "gateway/bridge/vocabulary.hpp"

#include "gateway/bridge/wording.hpp"

namespace parley::gateway {
namespace {

constexpr std::size_t shown_event_bytes_max = 64;

} // namespace

result<client_request> interpret(const client_message& message, const speaker& who, random_source& ids) {
  for (const auto& words :
       {wording::people_words(), wording::room_words(), wording::lounge_words(), wording::booking_words()})
    for (const auto& known : words)
      if (known.event == message.event) return known.interpret({arguments{message.args}, who, ids});
  if (message.event.size() > shown_event_bytes_max) return fail(errc::unknown_event, "unknown event");
  return fail(errc::unknown_event, "unknown event \"" + message.event + '"');
}

} // namespace parley::gateway
