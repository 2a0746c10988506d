#pragma once
// A whole REST side in one thread: the real deciders in entities that answer at once, read models that say what a test
// puts into them, passwords that are not hashed at all, and a clock that stands still.

#include "gateway/rest/rest_api.hpp"
#include "tests/unit/gateway/rest/told_booking_reads.hpp"
#include "tests/unit/gateway/rest/told_market.hpp"

#include <catch2/catch_test_macros.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

namespace parley::gateway::testing {

class fixed_clock final : public clock_source {
public:
  [[nodiscard]] time_point now() const noexcept override { return at; }
  time_point at{std::chrono::sys_days{std::chrono::year{2026} / 11 / 21}};
};

class counting_random final : public random_source {
public:
  void fill(std::span<std::byte> out) override {
    for (auto& b : out)
      b = static_cast<std::byte>(state_ = state_ * 6364136223846793005u + 1442695040888963407u, state_ >> 33);
  }

private:
  std::uint64_t state_ = 1;
};

/// Deciders behind the port: versions, idempotency and claims as the real shell keeps them.
class instant_entities final : public entities {
public:
  void ask(const stream_id& who, any_request r) override {
    std::visit([&](auto& one) { take(who, std::move(one)); }, r);
  }

  std::optional<error> fails; ///< every command, when set
  bool drops = false;         ///< requests vanish unanswered
  bool holds_rooms = false;   ///< the first command to a room stays under way
  std::vector<reply> held;
  position head = 100;
  std::map<stream_id, user_id> claims;
  std::vector<domain::context> asked;

private:
  template <class Entity>
  struct kept {
    typename Entity::state state;
    parley::version version = 0;
  };
  template <class Entity>
  void take(const stream_id& who, request<Entity> r) {
    if (!std::is_same_v<Entity, domain::room> || !holds_rooms) return run(who, std::move(r));
    const bool under_way = !held.empty();
    if (under_way && r.once && r.once->refuse_while_pending) return r.respond(fail(errc::request_in_progress, {}, 1));
    held.push_back(std::move(r.respond));
  }
  struct outcome {
    std::string fingerprint;
    answer first;
  };

  template <class Entity>
  void run(const stream_id& who, request<Entity> r) {
    auto& e = std::get<std::map<stream_id, kept<Entity>>>(kept_)[who];
    asked.push_back(r.by);
    if (drops) return;
    if (fails) return r.respond(tl::make_unexpected(*fails));
    if (r.once)
      if (const auto known = outcomes_.find(r.once->key); known != outcomes_.end()) {
        if (known->second.fingerprint != r.once->fingerprint) return r.respond(fail(errc::key_reused));
        auto again = known->second.first;
        again.repeated = true;
        return r.respond(again);
      }
    if (r.if_match && *r.if_match != e.version) return r.respond(fail(errc::precondition_failed));
    if constexpr (requires { Entity::asks_for(e.state, r.command); })
      if (const auto stream = Entity::asks_for(e.state, r.command))
        if (const auto first = firsts_.find(*stream); first != firsts_.end()) Entity::tell(r.command, first->second);
    auto decided = Entity::decide(e.state, r.command, r.by);
    if (!decided) return r.respond(tl::make_unexpected(decided.error()));
    for (const auto& claim : decided->claims)
      if (claims.contains(claim.stream)) return r.respond(fail(errc::email_taken));
    for (const auto& claim : decided->claims) claims[claim.stream] = r.by.user;
    for (const auto& event : decided->events) {
      Entity::evolve(e.state, event, r.by.now);
      ++head;
      if (++e.version == 1) firsts_.emplace(who, event);
    }
    if (decided->refused_with) return r.respond(tl::make_unexpected(*decided->refused_with));
    const answer a{Entity::reply(e.state, r.command, r.by, e.version), decided->events.empty() ? 0 : head, e.version,
                   false};
    if (r.once) outcomes_[r.once->key] = {r.once->fingerprint, a};
    r.respond(a);
  }

  template <class Request>
  struct all_of;
  template <class Entity>
  struct all_of<request<Entity>> {
    using type = std::map<stream_id, kept<Entity>>;
  };
  template <class Requests>
  struct all_kept;
  template <class... Requests>
  struct all_kept<std::variant<Requests...>> {
    using type = std::tuple<typename all_of<Requests>::type...>;
  };
  all_kept<any_request>::type kept_;
  std::map<std::string, outcome> outcomes_;
  std::map<stream_id, parley::event> firsts_; ///< of every stream: what an entity may ask of another
};

/// Answers everything about people as a database that is down.
class no_people final : public people_reads {
public:
  void conversations(const user_id&, page_request, position, answer_to<page<conversation_row>> done) override {
    done(fail(errc::unavailable));
  }
  void calls(const user_id&, page_request, position, answer_to<page<call_row>> done) override {
    done(fail(errc::unavailable));
  }
  void notifications(const user_id&, bool, page_request, position, answer_to<page<notification_row>> done) override {
    done(fail(errc::unavailable));
  }
  void notification(const user_id&, const notification_id&, position,
                    answer_to<std::optional<notification_row>> done) override {
    done(fail(errc::unavailable));
  }
  void blocks(const user_id&, page_request, position, answer_to<page<block_row>> done) override {
    done(fail(errc::unavailable));
  }
  void presence(const user_id&, const conversation_id&, position,
                answer_to<std::optional<presence_row>> done) override {
    done(std::optional<presence_row>{});
  }
};

class told_read_models final : public read_models {
public:
  void user(const user_id& id, position p, answer_to<std::optional<user_row>> done) override {
    say(p, done, find(user_rows, [&](const user_row& r) { return r.id == id; }));
  }
  void users(std::string_view text, page_request pr, position p, answer_to<page<user_row>> done) override {
    searched = text;
    say(p, done, paged(user_rows, pr));
  }
  void logins(const user_id&, position p, answer_to<std::vector<login_row>> done) override { say(p, done, login_rows); }
  void room(const room_id& id, position p, answer_to<std::optional<room_row>> done) override {
    say(p, done, find(room_rows, [&](const room_row& r) { return r.id == id; }));
  }
  void meetings(const user_id& host, page_request pr, position p, answer_to<page<room_row>> done) override {
    searched = host.text;
    say(p, done, paged(room_rows, pr));
  }
  void lounge(const lounge_id& id, position p, answer_to<std::optional<lounge_row>> done) override {
    say(p, done, find(lounge_rows, [&](const lounge_row& r) { return r.id == id; }));
  }
  void lounges(page_request pr, position p, answer_to<page<lounge_row>> done) override {
    say(p, done, paged(lounge_rows, pr));
  }
  void members(const stream_id& place, page_request pr, position p, answer_to<page<member_row>> done) override {
    searched = place.text;
    say(p, done, paged(member_rows, pr));
  }
  void messages(const stream_id& place, bool newest_first, page_request pr, position p,
                answer_to<page<message_row>> done) override {
    searched = place.text + (newest_first ? " newest" : " oldest");
    say(p, done, paged(message_rows, pr));
  }

  std::optional<error> fails;
  std::vector<user_row> user_rows;
  std::vector<login_row> login_rows;
  std::vector<room_row> room_rows;
  std::vector<lounge_row> lounge_rows;
  std::vector<member_row> member_rows;
  std::vector<message_row> message_rows;
  std::string next;
  // what was asked last
  position at_least = 0;
  page_request asked;
  std::string searched;

private:
  template <class T, class Value>
  void say(position p, const answer_to<T>& done, Value v) {
    at_least = p;
    if (fails) return done(tl::make_unexpected(*fails));
    done(T{std::move(v)});
  }
  template <class Row, class Is>
  static std::optional<Row> find(const std::vector<Row>& rows, Is is) {
    const auto at = std::find_if(rows.begin(), rows.end(), is);
    return at == rows.end() ? std::nullopt : std::optional<Row>{*at};
  }
  template <class Row>
  page<Row> paged(const std::vector<Row>& rows, const page_request& pr) {
    asked = pr;
    return {rows, next};
  }
};

class told_moderation_reads final : public moderation_reads {
public:
  void lounge_members(const lounge_id&, page_request, position p, answer_to<page<lounge_member_row>> done) override {
    at_least = p;
    done(page<lounge_member_row>{member_rows, {}});
  }
  void actions(const action_filter& which, page_request, position p, answer_to<page<action_row>> done) override {
    at_least = p;
    asked = which;
    done(page<action_row>{action_rows, {}});
  }
  void action(const action_id& id, position p, answer_to<std::optional<action_row>> done) override {
    at_least = p;
    for (const auto& row : action_rows)
      if (row.id == id) return done(std::optional<action_row>{row});
    done(std::optional<action_row>{});
  }
  void reports(const stream_id& place, page_request, position p, answer_to<page<report_row>> done) override {
    at_least = p;
    place_asked = place;
    done(page<report_row>{report_rows, {}});
  }
  void messages_named(const stream_id& place, const message_name& name, position p,
                      answer_to<std::vector<message_row>> done) override {
    at_least = p;
    place_asked = place;
    name_asked = name;
    done(std::vector<message_row>{message_rows});
  }

  std::vector<lounge_member_row> member_rows;
  std::vector<action_row> action_rows;
  std::vector<report_row> report_rows;
  std::vector<message_row> message_rows;
  // what was asked last
  position at_least = 0;
  action_filter asked;
  stream_id place_asked;
  message_name name_asked;
};

class plain_passwords final : public password_hasher {
public:
  void hash(std::string password, std::function<void(result<std::string>)> done) override {
    if (full) return done(fail(errc::unavailable, "full", 3));
    done("hash of " + password);
  }
  void verify(std::string password, std::string hash, std::function<void(result<verification>)> done) override {
    ++verified;
    if (full) return done(fail(errc::unavailable, "full", 3));
    done(verification{hash == "hash of " + password, false});
  }
  bool full = false;
  int verified = 0;
};

struct answered {
  http_response response;
  nlohmann::json body;

  [[nodiscard]] int status() const { return response.status; }
  [[nodiscard]] std::string text(const char* name) const {
    const auto at = body.find(name);
    return at != body.end() && at->is_string() ? at->get<std::string>() : std::string{};
  }
  /// All values of a header, joined; empty when absent.
  [[nodiscard]] std::string header(std::string_view name) const {
    std::string all;
    for (const auto& [key, value] : response.headers)
      if (key == name) all.append(all.empty() ? "" : " | ").append(value);
    return all;
  }
};

using header_list = std::vector<std::pair<std::string, std::string>>;

struct server {
  fixed_clock clock;
  counting_random random;
  instant_entities entities;
  told_read_models reads;
  told_moderation_reads moderation;
  no_people people;
  told_market_reads reads_of_market;
  told_booking_reads bookings;
  token_service tokens{"0123456789abcdef0123456789abcdef"};
  plain_passwords passwords;
  write_positions writes{10};
  std::map<std::string, int> waits;             ///< by kind of limit: seconds to wait
  std::vector<std::string> counted, given_back; ///< `kind key`
  std::set<std::string> familiar;
  std::optional<error> claims_fail;
  ice_settings ice;
  rest_api api{dependencies()};

  answered ask(std::string method, std::string target, header_list headers = {}, std::string body = {}) {
    http_request r;
    r.method = std::move(method);
    const auto question = target.find('?');
    r.path = target.substr(0, question);
    for (std::size_t at = question; at != std::string::npos;) {
      const auto end = target.find('&', at + 1);
      const auto pair = target.substr(at + 1, end == std::string::npos ? end : end - at - 1);
      r.query.emplace_back(pair.substr(0, pair.find('=')), pair.substr(pair.find('=') + 1));
      at = end;
    }
    r.headers = std::move(headers);
    r.headers.emplace_back("host", "parley.example.org");
    if (!body.empty() && r.header("content-type").empty()) r.headers.emplace_back("content-type", "application/json");
    r.body = std::move(body);
    r.address = "192.0.2.1";
    answered a;
    int times = 0;
    api(std::move(r), [&](http_response response) {
      ++times;
      a.response = std::move(response);
    });
    REQUIRE(times == 1);
    a.body = nlohmann::json::parse(a.response.body, nullptr, false);
    return a;
  }
  answered sign_up(const std::string& email = "ann@example.org") {
    auto a = ask("POST", "/api/auth/register", {},
                 R"({"email":")" + email + R"(","password":"correct horse","name":"Ann"})");
    REQUIRE(a.status() == 201);
    return a;
  }
  /// An Authorization header of somebody who has just signed up.
  header_list signed_up(const std::string& email = "ann@example.org") { return bearer(sign_up(email)); }
  static header_list bearer(const answered& a) { return {{"authorization", "Bearer " + a.text("token")}}; }

protected:
  rest_limit limit(const std::string& kind) {
    return {[this, kind](std::string_view key) {
              counted.push_back(kind + ' ' + std::string{key});
              return waits[kind];
            },
            50, [this, kind](std::string_view key) { given_back.push_back(kind + ' ' + std::string{key}); }};
  }
  rest_dependencies dependencies() {
    rest_dependencies d{entities, reads,  moderation, people, reads_of_market,
                        bookings, tokens, passwords,  clock,  random,
                        writes,   {},     {},         {},     {},
                        {},       {}};
    d.post = [](const std::function<void()>& task) { task(); };
    d.claimed_by = [this](const stream_id& email, const std::function<void(result<std::optional<user_id>>)>& done) {
      if (claims_fail) return done(tl::make_unexpected(*claims_fail));
      const auto at = entities.claims.find(email);
      done(at == entities.claims.end() ? std::nullopt : std::optional<user_id>{at->second});
    };
    d.limits = {limit("address"),
                limit("auth"),
                limit("user"),
                limit("opens"),
                limit("creations"),
                limit("guess"),
                limit("account guess"),
                {[this](std::string_view key) { familiar.emplace(key); },
                 [this](std::string_view key) { return familiar.contains(std::string{key}); }}};
    d.operations.readyz = [](const respond& done) { done({503, "application/json", {}, R"({"ready":false})"}); };
    d.operations.metrics = [](const respond& done) { done({200, "text/plain; version=0.0.4", {}, "up 1\n"}); };
    d.settings.cors_origins = {"https://app.example.org"};
    d.settings.ice = ice;
    d.head = [] { return position{5000}; };
    return d;
  }
};

inline header_list operator+(header_list a, const header_list& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

} // namespace parley::gateway::testing
