#include "actors/processes/deliveries.hpp"

#include "events/json_writer.hpp"
#include "events/random.hpp"

namespace parley::deliveries {
namespace {

using domain::conversation;
using domain::inbox;

struct reaction {
  const record& r;
  std::vector<errand> errands;

  template <class Command>
  void to_inbox(const user_id& whom, Command c) {
    errands.push_back({make_stream(inbox::family, whom.text), inbox::command{std::move(c)}});
  }
  template <class Command>
  void to_conversation(const conversation_id& which, Command c) {
    errands.push_back({make_stream(conversation::family, which.text), conversation::command{std::move(c)}});
  }
  [[nodiscard]] conversation_id here() const { return {std::string{r.stream.key()}}; }

  // --- of a conversation ---

  void operator()(const events::direct_message_sent& e) {
    for (const auto& whom : {e.user, e.to}) {
      inbox::deliver d{whom, {}};
      d.message = {here(),  r.version, e.message, e.user, e.to,       e.session,
                   e.about, r.time,    e.name,    e.text, e.reply_to, e.client_time};
      to_inbox(whom, std::move(d));
    }
  }
  void operator()(const events::call_started& e) {
    to_inbox(e.caller, inbox::engage{e.caller, e.call, here(), e.session});
    to_inbox(e.callee, inbox::engage{e.callee, e.call, here(), {}});
  }
  void operator()(const events::call_accepted& e) {
    to_inbox(e.callee, inbox::engage{e.callee, e.call, here(), e.session});
  }
  void operator()(const events::call_ended& e) {
    to_inbox(e.caller, inbox::disengage{e.call});
    to_inbox(e.callee, inbox::disengage{e.call});
    if (e.seconds != 0 || e.reason == "ended" || e.reason == "rejected" || e.reason == "blocked") return;
    // A call's id may be longer than a notification's.
    inbox::notify n{e.callee, {derived_id(e.call.text, "n_")}, "missed-call", "Missed call", {}, {}};
    json_writer{n.data}
        .begin_object()
        .field("callId", e.call.text)
        .field("from", e.caller.text)
        .field("reason", e.reason)
        .end_object();
    to_inbox(e.callee, std::move(n));
  }

  void operator()(const events::blocked&) {
    const auto [first, second] = domain::people_of(here());
    if (first.empty()) return; // the chat of a booking, in which nobody is told of presence
    to_inbox(first, inbox::forget{first, second});
    to_inbox(second, inbox::forget{second, first});
  }

  // --- of an inbox ---

  void operator()(const events::engaged& e) {
    if (e.session.empty()) to_conversation(e.conversation, conversation::ring{e.call});
  }
  void operator()(const events::call_declined& e) {
    to_conversation(e.conversation, conversation::end_call{e.call, e.reason});
  }

  template <class Other>
  void operator()(const Other&) {}
};

} // namespace

std::vector<errand> react(const record& r, const event& content) {
  reaction of{r, {}};
  if (const auto* said = std::get_if<events::conversation_event>(&content)) std::visit(of, *said);
  if (const auto* told = std::get_if<events::inbox_event>(&content)) std::visit(of, *told);
  return std::move(of.errands);
}

} // namespace parley::deliveries
