#pragma once
// A client of the five systems: connects, joins, speaks, signals, goes silent, comes back with what it has seen, and
// repeats what it is not sure of. It speaks the native protocol as text, so that codec, vocabulary, links and hub are
// under test, too. All it is told is held against the history of the log.

#include "tests/simulation/claims/history.hpp"
#include "tests/simulation/claims/trace.hpp"
#include "tests/simulation/machine/network.hpp"

#include <map>
#include <nlohmann/json.hpp>
#include <set>

namespace parley::simulation {

/// Who a client is: by token, or a guest without one.
struct identity {
  std::string user, login, token;
};

/// What clients share.
struct surroundings {
  agenda& time;
  trace& story;
  network& net;
  const history& truth;
  verdict& claims;
  /// When the revocation of a login was acknowledged.
  std::map<std::string, moment> revoked;
  /// Blocking has no event of its own in the native framing: it is asked over REST.
  std::function<void(const user_id& who, const user_id& whom, bool on)> block;
  /// Sessions that more than one client speaks for: what one of them was told the others were not.
  std::set<std::string> shared;
  /// Counts the server's lives.
  std::uint64_t life = 0;
};

class client final : public peer {
public:
  client(std::size_t number, surroundings& around, chance random, identity who, bool aliases);
  ~client() override;

  // --- what it does; nothing when it cannot --------------------------------------------------------------------------

  /// Connects, also again: with the session it had, unless it forgot it.
  void connect();
  void join(const stream_id& place, bool from_last_seen);
  void leave(const stream_id& place);
  void say(const stream_id& place, std::size_t bytes);
  /// Once more the last message of which it does not know what became of it, or else the last of all.
  void repeat();
  void signal(const stream_id& place, std::size_t kind, std::string to);
  void type(const stream_id& place);
  /// To another person; nothing unless both have an account.
  void write_to(const client& other, std::size_t bytes);
  void block(const client& other, bool on);
  void call(const client& other);
  /// Takes the call that rang last, or ends the one it knows of.
  void answer_call();
  void hang_up();
  /// Deletes its last message there, when that is a lounge.
  void take_back(const stream_id& place);
  void nonsense(std::size_t which);
  void stall(moment how_long);
  void lose_connection(moment unnoticed);
  void say_goodbye();
  /// Another process of the same user: knows nothing of session and places.
  void forget();
  void become(identity who);
  /// A copy of another client, as a tab that was duplicated: the same user, and perhaps the same session, too.
  void imitate(const client& other, bool with_session);
  /// Comes back by itself when its connection ends and the server did not say otherwise.
  void be_patient(bool on) { patient_ = on; }

  // --- what it knows ------------------------------------------------------------------------------------------------

  [[nodiscard]] bool is_live() const { return line_ != nullptr && greeted_; }
  [[nodiscard]] const std::string& session() const { return session_; }
  [[nodiscard]] const identity& who() const { return who_; }
  /// With nothing under way any more: every command was answered, and it has seen all of the places it is in.
  void check_settled();

  // peer
  void hear(std::string_view text) override;
  void hung_up(std::uint16_t code) override;

private:
  enum class asked { join, leave, message, call, other };
  struct command {
    asked what;
    stream_id place;
    std::string id;               ///< of a message
    std::optional<version> after; ///< of a join
    moment at;
  };
  struct message {
    stream_id place;
    std::string id, text, user;
    std::string to; ///< a person; empty: the place
    bool settled = false;
  };
  /// What it follows of a place.
  struct view {
    version last = 0;        ///< has all that is shown up to here
    version at = 0;          ///< came last: less, while it is told again what it has
    bool following = false;  ///< pushes may come
    bool may_repeat = false; ///< came back: the first push may be one it has
    bool left = false;       ///< told so: nothing comes any more
    bool wants_out = false;  ///< asked to leave since it joined
    bool ended = false;      ///< has been shown the room's end
    bool unsure = false;     ///< asked to join, and was not answered
    version joined_at = 0;   ///< when its last join was done
    version stay = 0;        ///< the joining with which it came in
    version put_out = 0;     ///< with that seq: what was published then may still come, until it joins again
  };

  void send(const nlohmann::json& frame) { line_->send(frame.dump()); }
  void ask(command c, std::string_view event, nlohmann::json data);
  void say(message m, std::size_t bytes);
  void say_again(const message& m);
  void say_again_what_is_in_doubt(bool wanted);
  void hear_answer(std::string_view text);
  void hear_greeting(const nlohmann::json& body);
  void hear_event(std::string_view name, std::string_view body);
  void hear_joined(std::string_view body);
  void hear_signal(const nlohmann::json& body);
  void hear_call(std::string_view name_of, std::string_view body);
  void hear_json(std::string_view text, void (client::*hear_it)(const nlohmann::json&));
  void joined(const command& c, version version_then);
  /// The place of a durable push; null: nothing was ever written there.
  const place_history* find_place(std::string_view body);
  void begin_to_follow(view& v, const place_history& place, version seq) const;
  [[nodiscard]] std::string name() const { return "client " + std::to_string(number_); }
  template <class Details>
  void claim(std::string_view what, bool holds, Details details) {
    around_.claims.check(what, holds, [&] { return name() + " (" + session_ + "): " + details(); });
  }

  const std::size_t number_;
  surroundings& around_;
  chance random_;
  identity who_;
  const bool aliases_;
  bool patient_ = true;

  std::shared_ptr<wire> line_;
  bool greeted_ = false;
  moment connected_at_{0};
  std::string session_, resume_, user_;
  std::map<stream_id, view> views_;
  std::map<std::uint64_t, command> under_way_;
  std::vector<message> said_;
  std::set<std::string> in_doubt_;      ///< messages that were not answered when the connection broke
  std::map<std::string, version> seqs_; ///< that messages were answered with, by user, place and id
  std::string last_body_;               ///< of the last durable push, for its alias
  std::string ringing_, call_;          ///< calls it was told of: one that rang here, and the last of all
  std::set<std::string> calls_over_;    ///< that it was told have ended, in this session
  /// Where the last durable push was from: the next is mostly from there, too.
  struct {
    stream_id id;
    const place_history* truth = nullptr;
  } last_place_;
  std::uint64_t acks_ = 0;
  std::uint64_t life_ = 0; ///< of the server that greeted it last
  std::uint64_t reconnects_ = 0;
  bool comes_back_ = false; ///< by itself, until it is greeted
};

} // namespace parley::simulation
