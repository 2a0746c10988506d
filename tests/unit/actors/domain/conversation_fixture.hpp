#pragma once
// Ann and Bob with two devices each, their conversation, a call in it, and Eve, who has no part in it.

#include "actors/domain/people/conversation.hpp"
#include "tests/support/given_when_then.hpp"

namespace parley::test {

using namespace std::chrono_literals;
using domain::conversation;

inline const conversation_id ann_and_bob{"ann~bob"};
inline const call_id the_call{"c_1.ann~bob"}, another_call{"c_2.ann~bob"};
inline const auto ann = caller("ann", "a1"), ann_elsewhere = caller("ann", "a2"), ann_by_rest = caller("ann");
inline const auto bob = caller("bob", "b1"), bob_elsewhere = caller("bob", "b2"), bob_by_rest = caller("bob");
inline const auto eve = caller("eve", "e1"), system_itself = caller("");
inline const std::string sha(64, 'd');

inline const events::conversation_opened opened{ann_and_bob, {"ann"}, {"bob"}, ""};

inline const conversation::call calling{ann_and_bob, the_call, "{offer}", sha, ""};
inline const conversation::call calling_back{ann_and_bob, another_call, "{offer}", sha, ""};
inline const events::call_started started{the_call, {"ann"}, {"bob"}, {"a1"}, 7, sha};
inline const events::call_ringing ringing{the_call};
inline const events::call_accepted accepted{the_call, {"bob"}, {"b1"}, 8, sha};

inline events::call_ended ended(std::string reason, std::string by, std::uint32_t seconds = 0) {
  return {the_call, {"ann"}, {"bob"}, std::move(reason), {std::move(by)}, seconds};
}

inline domain::context at(domain::context who, time_point now) {
  who.now = now;
  return who;
}

inline std::string described(const domain::call_signal& s) {
  static constexpr std::array names{"incoming", "calling", "accepted", "rejected", "ended", "candidate"};
  std::string text = names.at(static_cast<std::size_t>(s.step));
  for (const auto& more : {s.word, s.payload})
    if (!more.empty()) text += ' ' + more;
  return text;
}
inline std::string described(const domain::direct_typing_signal& s) {
  return s.user.text + (s.is_typing ? " types" : " types no more") + " in " + s.conversation.text;
}
inline std::string described(const domain::read_signal& s) {
  return s.user.text + " read " + std::to_string(s.seq) + " of " + s.conversation.text;
}
inline std::string described(const domain::presence_signal& s) { return s.user.text + " is " + s.status; }
template <class Signal>
std::string described(const Signal&) {
  return "something else";
}

/// Who is shown what: `<inbox>: <what>`, with `@<session>` when one device is meant and `-<session>` for the one it
/// comes from, which is shown nothing.
template <class Event>
std::vector<std::string> shown(const domain::decision<Event>& d) {
  std::vector<std::string> lines;
  for (const auto& remote : d.remote_signals) {
    CHECK(remote.topic.family() == "inbox");
    std::string line{remote.topic.key()};
    if (const auto* to = domain::directed_to(remote.what)) line += '@' + to->text;
    std::visit(
        [&](const auto& s) {
          if (!s.session.empty()) line += '-' + s.session.text;
          line += ": " + described(s);
        },
        remote.what);
    lines.push_back(std::move(line));
  }
  return lines;
}
using lines = std::vector<std::string>;

} // namespace parley::test
