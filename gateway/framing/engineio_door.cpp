#include "gateway/framing/engineio_door.hpp"

#include "events/assertion.hpp"
#include "events/json_writer.hpp"

#include <algorithm>
#include <array>
#include <mutex>

namespace parley::gateway::engineio {
namespace {

constexpr std::string_view sid_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t sid_size = 20; // its last two digits lead to the session's loop
constexpr std::size_t homes = sid_digits.size() * sid_digits.size();

constexpr std::array<std::string_view, 6> messages{
    "Transport unknown", "Session ID unknown", "Bad handshake method",
    "Bad request",       "Forbidden",          "Unsupported protocol version"};

bool is_token_list(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == ',' ||
           c == ' ';
  });
}

http_response preflight(const http_request& request) {
  http_response r{204, {}, {}, {}};
  r.headers.emplace_back("Access-Control-Allow-Methods", "GET, POST, OPTIONS");
  // Echoed only as far as it is a list of header names.
  if (const auto asked = request.header("access-control-request-headers"); !asked.empty() && is_token_list(asked))
    r.headers.emplace_back("Access-Control-Allow-Headers", asked);
  r.headers.emplace_back("Access-Control-Max-Age", "600");
  return r;
}

} // namespace

http_response refuse(refusal why) {
  http_response r{why == refusal::forbidden ? 403 : 400, "application/json", {}, {}};
  const auto number = static_cast<std::size_t>(why);
  json_writer{r.body}.begin_object().field("code", number).field("message", messages[number]).end_object();
  return r;
}

/// The sessions of one loop. Found from every loop, changed on its own.
class door::desk final : public keeper {
public:
  explicit desk(io_loop& on)
    : loop{on} {}

  void keep(std::shared_ptr<session> one) override {
    const std::lock_guard lock{mutex_};
    auto& at = sessions_[one->sid()];
    at.one = std::move(one);
    at.ticket = std::exchange(next_ticket, nullptr);
  }
  void carried(const std::string& sid) override {
    const std::lock_guard lock{mutex_};
    if (const auto at = sessions_.find(sid); at != sessions_.end()) at->second.ticket = nullptr;
  }
  void release(const std::string& sid) override {
    std::shared_ptr<session> last; // goes after the lock
    const std::lock_guard lock{mutex_};
    if (const auto at = sessions_.find(sid); at != sessions_.end()) {
      last = std::move(at->second.one);
      sessions_.erase(at);
    }
  }

  [[nodiscard]] std::shared_ptr<session> find(std::string_view sid) const {
    const std::lock_guard lock{mutex_};
    const auto at = sessions_.find(std::string{sid});
    return at == sessions_.end() ? nullptr : at->second.one;
  }
  [[nodiscard]] std::vector<std::shared_ptr<session>> all() const {
    const std::lock_guard lock{mutex_};
    std::vector<std::shared_ptr<session>> found;
    for (const auto& [sid, at] : sessions_) found.push_back(at.one);
    return found;
  }
  [[nodiscard]] std::size_t size() const {
    const std::lock_guard lock{mutex_};
    return sessions_.size();
  }

  io_loop& loop;
  std::shared_ptr<void> next_ticket; ///< of the session that begins now

private:
  struct kept {
    std::shared_ptr<session> one;
    std::shared_ptr<void> ticket;
  };
  mutable std::mutex mutex_;
  std::unordered_map<std::string, kept> sessions_;
};

door::door(const limits& bounds, door_wiring wiring, random_source& random)
  : limits_{bounds}
  , wiring_{std::move(wiring)}
  , random_{random} {}

door::~door() = default;

void door::add(io_loop& loop) {
  PARLEY_ASSERT(desks_.size() < homes);
  desks_.push_back(std::make_unique<desk>(loop));
}

std::string door::new_sid(std::size_t loop) {
  std::array<std::byte, sid_size> bytes{};
  random_.fill(bytes);
  std::string sid;
  for (std::size_t i = 0; i < sid_size; ++i) sid.push_back(sid_digits[static_cast<std::size_t>(bytes[i]) % 64]);
  // Any of the numbers that lead to this loop.
  const auto drawn = static_cast<std::size_t>(bytes[18]) % 64 * 64 + static_cast<std::size_t>(bytes[19]) % 64;
  auto home = drawn - drawn % desks_.size() + loop;
  if (home >= homes) home -= desks_.size();
  sid[sid_size - 2] = sid_digits[home / 64];
  sid[sid_size - 1] = sid_digits[home % 64];
  return sid;
}

door::desk* door::home_of(std::string_view sid) {
  if (sid.size() != sid_size) return nullptr;
  const auto high = sid_digits.find(sid[sid_size - 2]), low = sid_digits.find(sid[sid_size - 1]);
  if (high == std::string_view::npos || low == std::string_view::npos) return nullptr;
  return desks_[(high * 64 + low) % desks_.size()].get();
}

/// In the order in which Engine.IO's own server looks at a request.
door::checked door::check(const http_request& request, bool upgrade) {
  const auto transport = request.parameter("transport");
  const auto sid = request.parameter("sid");
  if (transport != "polling" && transport != "websocket") return {refusal::unknown_transport, sid};
  if (upgrade != (transport == "websocket")) return {refusal::bad_request, sid};
  if (sid.empty() && request.method != "GET") return {refusal::bad_method, sid};
  if (sid.empty() && request.parameter("EIO") != "4") return {refusal::unsupported_version, sid};
  return {std::nullopt, sid};
}

void door::answer(const reply& r, const http_request& request, const respond& done) const {
  http_response response;
  switch (r.what) {
  case reply::kind::payload: response = {200, "text/plain; charset=UTF-8", {}, r.body}; break;
  case reply::kind::taken: response = {200, "text/html", {}, "ok"}; break;
  case reply::kind::bad_request: response = refuse(refusal::bad_request); break;
  case reply::kind::too_large: response = {413, "text/plain", {}, {}}; break;
  }
  response.headers.emplace_back("Cache-Control", "no-store");
  wiring_.dress(response, request);
  done(std::move(response));
}

void door::refuse_to(refusal why, const http_request& request, const respond& done) const {
  auto response = refuse(why);
  wiring_.dress(response, request);
  done(std::move(response));
}

void door::handle(http_request request, std::size_t loop, const respond& done) {
  if (request.method == "OPTIONS") {
    auto response = preflight(request);
    wiring_.dress(response, request);
    return done(std::move(response));
  }
  if (request.method == "GET" && request.parameter("EIO").empty() && request.parameter("transport").empty())
    return answer({reply::kind::payload}, request, done); // a front end that only wakes its server up
  const auto [why, sid] = check(request, false);
  if (why) return refuse_to(*why, request, done);
  if (sid.empty()) return open(std::move(request), loop, done);
  auto* const home = home_of(sid);
  if (!home) return refuse_to(refusal::unknown_sid, request, done);

  struct asked {
    http_request request;
    std::uint64_t poll = 0;
    std::weak_ptr<session> of;
  };
  const auto it = std::make_shared<asked>(asked{std::move(request), 0, {}});
  if (it->request.method == "GET" && it->request.abandoned)
    it->request.abandoned->told = [home, weak = std::weak_ptr{it}] {
      home->loop.dispatch([weak] {
        const auto given_up = weak.lock();
        if (const auto s = given_up ? given_up->of.lock() : nullptr) s->give_up(given_up->poll);
      });
    };
  home->loop.dispatch([this, home, it, done] {
    const auto s = home->find(it->request.parameter("sid"));
    if (!s) return refuse_to(refusal::unknown_sid, it->request, done);
    const auto replied = [this, it, done](const reply& r) { answer(r, it->request, done); };
    if (it->request.method == "GET") {
      it->of = s;
      it->poll = s->poll(replied);
    } else if (it->request.method != "POST") {
      refuse_to(refusal::bad_request, it->request, done);
    } else if (it->request.header("content-type").starts_with("application/octet-stream")) {
      refuse_to(refusal::bad_request, it->request, done);
      s->refuse_post();
    } else {
      s->post(it->request.body, replied);
    }
  });
}

void door::open(http_request request, std::size_t loop, const respond& done) {
  auto& home = *desks_[loop];
  auto rider = wiring_.board(request, loop);
  if (!rider) return refuse_to(refusal::forbidden, request, done);
  home.next_ticket = wiring_.admit(request.address);
  if (!home.next_ticket) {
    http_response full{
        503, "application/json", {{"Retry-After", "1"}}, R"({"code":3,"message":"Too many connections"})"};
    wiring_.dress(full, request);
    return done(std::move(full));
  }
  const auto s = std::make_shared<session>(home.loop, limits_, home, new_sid(loop), std::move(*rider));
  if (request.parameter("b64") == "1") s->avoid_bytes();
  answer({reply::kind::payload, s->open_polling()}, request, done);
}

upgrade_offer door::upgrade(const http_request& handshake, std::size_t loop) {
  upgrade_offer offer;
  offer.hang_up = true;
  const auto refused = [&](refusal why) {
    offer.refusal = refuse(why);
    wiring_.dress(offer.refusal, handshake);
    return std::move(offer);
  };
  const auto [why, sid] = check(handshake, true);
  if (why) return refused(*why);
  http_response dressed;
  wiring_.dress(dressed, handshake);
  offer.headers = std::move(dressed.headers);
  if (sid.empty()) {
    auto rider = wiring_.board(handshake, loop);
    if (!rider) return refused(refusal::forbidden);
    auto& home = *desks_[loop];
    offer.loop = loop;
    auto first = std::make_shared<session>(home.loop, limits_, home, new_sid(loop), std::move(*rider));
    if (handshake.parameter("b64") == "1") first->avoid_bytes();
    offer.user = session::first_line(std::move(first));
    return offer;
  }
  auto* const home = home_of(sid);
  if (!home) return refused(refusal::unknown_sid);
  const auto s = home->find(sid);
  if (!s) return refused(refusal::unknown_sid);
  offer.loop = home->loop.index();
  offer.user = s->probing_line();
  return offer;
}

void door::refuse_body(const http_request& request) {
  auto* const home = home_of(request.parameter("sid"));
  if (!home) return;
  home->loop.dispatch([home, sid = std::string{request.parameter("sid")}] {
    if (const auto s = home->find(sid)) s->refuse_post();
  });
}

void door::close_all(std::size_t loop, close_code code, std::string_view reason) {
  for (const auto& s : desks_[loop]->all()) s->close(code, reason);
}

void door::drop_all() noexcept {
  for (const auto& each : desks_)
    for (const auto& s : each->all()) {
      s->drop();
      each->release(s->sid());
    }
}

std::size_t door::sessions(std::size_t loop) const { return desks_[loop]->size(); }

} // namespace parley::gateway::engineio
