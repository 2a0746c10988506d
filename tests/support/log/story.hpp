#pragma once
// A log, and what tests of projections put into it. Not what deciders would: any event may follow any other.

#include "events/assertion.hpp"
#include "events/log/memory_log.hpp"

namespace parley::test {

/// Appends events one by one; each is a minute later than the one before.
class story {
public:
  static constexpr time_point noon{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1} + std::chrono::hours{12}};

  memory_log log;

  template <class Event>
  position tell(const stream_id& stream, const Event& e) {
    append_request request;
    request.streams.push_back({stream, log.stream_version(stream).value(), {encode(e)}});
    request.time = noon + std::chrono::minutes{log.head()};
    request.actor = "system";
    const auto written = log.append({&request, 1});
    PARLEY_ASSERT(written.at(0).has_value()); // a writer thread may be asking: Catch2's assertions are for one thread
    return written.at(0)->last;
  }

  position account(const std::string& user, const events::account_event& e) {
    return tell(make_stream("account", user), e);
  }
  position room(const std::string& room, const events::room_event& e) { return tell(make_stream("room", room), e); }
  position lounge(const std::string& id, const events::lounge_event& e) { return tell(make_stream("lounge", id), e); }
  position session(const std::string& id, const events::session_event& e) {
    return tell(make_stream("session", id), e);
  }

  position sign_up(const std::string& user, const std::string& name) {
    return account(user, events::registered{{user}, user + "@example.org", name, "hash"});
  }
  position open_room(const std::string& id, const std::string& title = "", const std::string& history = "kept") {
    return room(id, events::room_opened{{id}, id, {"u_host"}, title, 10, std::nullopt, history, true});
  }
  position say(const std::string& room_name, const std::string& text) {
    return room(room_name, events::message_sent{{"m_1"}, {"u_1"}, {"s_1"}, "Ada", text, "", ""});
  }
};

} // namespace parley::test
