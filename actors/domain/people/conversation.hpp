#pragma once
// Two people (stream `conversation/<id>`): their messages, how far each has read, who blocks whom, and their call.
// A direct conversation opens with its first message, call or block, which is no guest's (errc::guests_not_allowed),
// and has its people's ids in its own; a booking's chat is opened by a process and ends with nothing.
//
// A call is calling (looked for the other), ringing, accepted, over. One at a time: who calls while the other's call
// rings is told of that call instead (glare). Bodies of signaling are relayed, never stored, so a call does not outlive
// the server: its clients call again.

#include "actors/domain/decision.hpp"
#include "actors/domain/message.hpp"
#include "events/conversation_events.hpp"

#include <map>
#include <set>
#include <variant>

namespace parley::domain {

inline constexpr std::chrono::seconds ring_time{45}; ///< then the call is missed
inline constexpr char between_users = '~';           ///< in the id of a direct conversation

/// The id of the direct conversation of two people; the same whoever asks. Empty when they are the same.
[[nodiscard]] conversation_id direct_conversation(const user_id& a, const user_id& b);
/// The two of a direct conversation's id; empty for any other id.
[[nodiscard]] std::pair<user_id, user_id> people_of(const conversation_id& id);
/// The conversation in which a call is.
[[nodiscard]] conversation_id conversation_of(const call_id& call);

struct conversation {
  struct call_state {
    call_id id;
    user_id caller;
    session_id caller_session, callee_session; ///< the callee's once accepted
    bool is_ringing = false;
    time_point started_at;
    std::optional<time_point> accepted_at;
    [[nodiscard]] bool accepted() const { return accepted_at.has_value(); }
  };
  struct read_mark {
    version seq = 0; ///< everything up to it was read
  };
  struct state {
    conversation_id id; ///< empty: never opened
    user_id first, second;
    std::string about;
    std::map<user_id, read_mark> read;
    std::set<user_id> blocked_by;
    std::optional<call_state> call;
    version readable = 0; ///< the last event that is no read mark
    version seq = 0;      ///< of the last event

    [[nodiscard]] bool has(const user_id& who) const { return !who.empty() && (who == first || who == second); }
    [[nodiscard]] const user_id& other(const user_id& who) const { return who == first ? second : first; }
  };

  /// By a process, for a booking. Repeated: no event.
  struct open {
    conversation_id id;
    user_id first, second;
    std::string about;
  };
  /// `id`: the stream's key, for a direct conversation that opens now. errc::forbidden for who is not of the two,
  /// errc::not_found for a booking's chat that was not opened, errc::blocked.
  struct send {
    conversation_id id;
    draft_message message;
    bool blocked = false; ///< of a booking's chat: one of the two has blocked the other, as their own conversation says
  };
  struct typing {
    conversation_id id;
    bool is_typing = false;
  };
  /// A question by one of the two: who is the other, whom they may write to? errc::not_found when it was never opened,
  /// errc::forbidden, errc::blocked.
  struct ask_other {};
  /// Up to `seq`; at most to the last event that is no read mark itself. Not beyond what was read: no event.
  struct mark_read {
    version seq = 0;
  };
  /// No more messages and calls, either way, until it is taken back by who said it.
  struct block {
    conversation_id id;
    bool on = true;
  };

  /// Answered {callId, status: calling | ringing | accepted}: with glare, of the call that is there.
  struct call {
    conversation_id id;
    parley::call_id call;
    std::string offer; ///< JSON value as text
    std::string sha256;
    std::string not_free; ///< busy, unavailable: why no device is to ring; empty: they may
  };
  /// By the callee. errc::not_found when there is no such call, errc::conflict when another device answered.
  struct accept {
    parley::call_id call; ///< empty: the one there is
    std::string answer;
    std::string sha256;
  };
  /// By either: rejects what rings, cancels what one called oneself, ends what was accepted. No call: no event.
  struct hang_up {
    parley::call_id call; ///< empty: the one there is
  };
  /// To the other device of the call, or while it rings to all of the other's.
  struct candidate {
    parley::call_id call;
    std::string candidate;
  };

  // By processes: what the callee's inbox says.
  struct ring {
    parley::call_id call;
  };
  struct end_call {
    parley::call_id call;
    std::string reason;
  };
  struct timer_fired {
    std::string what; ///< ring-timeout; restart: what was under way is over
  };

  using command = std::variant<open, send, typing, ask_other, mark_read, block, call, accept, hang_up, candidate, ring,
                               end_call, timer_fired>;
  using event = events::conversation_event;
  static constexpr std::string_view family = "conversation";
  static constexpr int snapshot_schema = 1;
  static constexpr bool is_followed = true;

  [[nodiscard]] static result<decision<event>> decide(const state& s, const command& c, const context& by);
  static void evolve(state& s, const event& e, time_point when);
  /// send: {id, conversationId, content, text, senderId, receiverId, createdAt, seq}; call, accept: {callId,
  /// conversationId, status}; mark_read: {conversationId, seq}; ask_other: {conversationId, otherId}; else
  /// {conversationId}.
  [[nodiscard]] static std::string reply(const state& after, const command& c, const context& by, version at);
  [[nodiscard]] static std::string snapshot(const state& s);
  [[nodiscard]] static result<state> restore(std::string_view snapshot);
};

} // namespace parley::domain
