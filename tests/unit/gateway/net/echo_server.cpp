#include "echo_server.hpp"

#include "gateway/net/websocket_handshake.hpp"
#include "gateway/protocol/websocket_frame.hpp"

#include <stdexcept>

namespace parley::gateway::test {
namespace {

constexpr std::chrono::seconds patience{10};

class echo_link final : public session_link {
public:
  echo_link(echo_server& server, std::shared_ptr<connection> c)
    : server_{server}
    , connection_{std::move(c)} {}

  void receive(client_message m) override {
    server_.change([](sightings& s) { ++s.received; });
    const auto argument = m.args.empty() ? nlohmann::json::object() : m.args[0];
    if (m.event == "hold") return held_.push_back(m.ack);
    if (m.event == "release")
      for (const auto& ack : std::exchange(held_, {})) connection_->answer(ack, std::string{"{}"});
    if (m.event == "blast") blast(argument["frames"].get<int>(), argument["bytes"].get<std::size_t>());
    if (m.event == "bye") connection_->close(static_cast<close_code>(argument["code"].get<int>()), "as you asked");
    if (m.event == "fail") return connection_->answer(m.ack, fail(errc::room_full));
    connection_->answer(m.ack, argument.dump());
  }
  void drained() override {
    server_.change([](sightings& s) { ++s.drained; });
  }
  void pinged() override {
    server_.change([](sightings& s) { ++s.pinged; });
  }
  void ponged() override {
    server_.change([](sightings& s) { ++s.ponged; });
  }
  void closed(goodbye how) override {
    server_.change([&](sightings& s) { s.closed.push_back(how); });
    connection_.reset();
  }

private:
  void blast(int frames, std::size_t bytes) {
    auto blob = std::make_shared<std::string>();
    append_text_frame(*blob, std::string(bytes, 'x'));
    for (int i = 0; i < frames; ++i) connection_->write(blob, 0, blob->size());
    server_.change([&](sightings& s) { s.queued_max = std::max(s.queued_max, connection_->queued_bytes()); });
  }

  echo_server& server_;
  std::shared_ptr<connection> connection_;
  std::vector<std::optional<std::uint64_t>> held_;
};

http_response as_json(const error& e, const http_request&) {
  const auto& info = describe(e.code);
  http_response r{info.status, "application/json", {}, {}};
  r.body = nlohmann::json{{"success", false}, {"code", info.code}, {"message", text_of(e)}}.dump();
  if (e.retry_after_s > 0) r.headers.emplace_back("Retry-After", std::to_string(e.retry_after_s));
  return r;
}

result<hello> read_greeting(const http_request& request) {
  hello h;
  h.address = request.address;
  for (const auto& [name, value] : request.query) {
    if (name == "aliases") h.aliases = value != "none";
    if (name == "token") h.token = value;
  }
  if (h.token == "forged") return fail(errc::origin_not_allowed);
  return h;
}

} // namespace

class echo_server::opener final : public session_opener {
public:
  explicit opener(echo_server& server)
    : server_{server} {}
  std::shared_ptr<session_link> open(std::shared_ptr<connection> c, hello h) override {
    server_.change([&](sightings& s) {
      ++s.opened;
      s.greetings.push_back(std::move(h));
    });
    return std::make_shared<echo_link>(server_, std::move(c));
  }

private:
  echo_server& server_;
};

echo_server::echo_server(net_limits limits, std::size_t loops, address_ranges trusted_proxies, const std::string& path)
  : limits_{limits}
  , with_{{.aliases = true, .frame_bytes_max = limits.frame_bytes_max}}
  , without_{{.aliases = false, .frame_bytes_max = limits.frame_bytes_max}} {
  network_wiring wiring;
  wiring.handle = [this](http_request request, respond answer) { handle(std::move(request), std::move(answer)); };
  wiring.is_websocket = [](const http_request& request) { return request.path == "/ws"; };
  wiring.upgrade = [this](const http_request& request, std::size_t loop) {
    upgrade_offer offer;
    auto greeting = read_greeting(request);
    if (!greeting) {
      offer.refusal = as_json(greeting.error(), request);
      return offer;
    }
    if (offers_subprotocol(request)) offer.headers.emplace_back("Sec-WebSocket-Protocol", websocket_subprotocol);
    offer.loop = request.parameter("home").empty() ? loop : loops_.size() - 1;
    offer.user = std::make_shared<native_connection>(*framings_[offer.loop], *std::move(greeting));
    return offer;
  };
  wiring.error_response = as_json;
  wiring.trusted_proxies = std::move(trusted_proxies);
  std::vector<io_loop*> used;
  for (std::size_t i = 0; i < loops; ++i) {
    loops_.push_back(std::make_unique<io_loop>(i));
    openers_.push_back(std::make_unique<opener>(*this));
    framings_.push_back(
        std::make_unique<native_framing>(native_framing{*openers_.back(), with_, without_, limits_, totals_}));
    used.push_back(loops_.back().get());
  }
  net_ = std::make_unique<network>(used, limits, std::move(wiring));
  for (std::size_t i = 0; i < loops; ++i) loops_[i]->at_turn_end([this, i] { return net_->flush(i); });
  const auto open = path.empty() ? net_->listen("127.0.0.1", 0) : net_->listen_local(path);
  if (!open) throw std::runtime_error{open.error().message};
  for (auto& loop : loops_) threads_.emplace_back([&loop] { loop->run(); });
}

echo_server::~echo_server() {
  for (auto& loop : loops_) loop->stop();
  for (auto& thread : threads_) thread.join();
  held_.clear();
  net_.reset();
}

void echo_server::handle(http_request request, respond answer) {
  ++calls_;
  if (request.path == "/held") {
    const std::lock_guard lock{mutex_};
    return held_.push_back(std::move(answer));
  }
  if (request.path == "/dropped") return;
  http_response r;
  if (request.path == "/split") r.headers.emplace_back("X-Name", "a\r\nSet-Cookie: stolen=1");
  if (request.path == "/large") {
    r.body = std::string(16 * 1024 * 1024, 'x');
    return answer(std::move(r));
  }
  nlohmann::json query = nlohmann::json::array();
  for (const auto& [name, value] : request.query) query.push_back({name, value});
  r.body = nlohmann::json{{"method", request.method},
                          {"path", request.path},
                          {"query", query},
                          {"body", request.body},
                          {"address", request.address}}
               .dump();
  answer(std::move(r));
}

void echo_server::release_held() {
  loop().post([this] {
    std::vector<respond> held;
    {
      const std::lock_guard lock{mutex_};
      held.swap(held_);
    }
    for (const auto& answer : held) answer({200, "text/plain", {}, "at last"});
  });
}

sightings echo_server::seen() const {
  const std::lock_guard lock{mutex_};
  return seen_;
}

bool echo_server::wait_until(const std::function<bool(const sightings&)>& fits) const {
  std::unique_lock lock{mutex_};
  return changed_.wait_for(lock, patience, [&] { return fits(seen_); });
}

bool echo_server::eventually(const std::function<bool()>& holds) {
  for (const auto end = std::chrono::steady_clock::now() + patience; std::chrono::steady_clock::now() < end;) {
    if (holds()) return true;
    std::this_thread::yield();
  }
  return false;
}

void echo_server::change(const std::function<void(sightings&)>& how) {
  {
    const std::lock_guard lock{mutex_};
    how(seen_);
  }
  changed_.notify_all();
}

net_limits hasty() {
  using std::chrono::milliseconds;
  net_limits l;
  l.sweep_interval = milliseconds{32};
  l.header_timeout = milliseconds{150};
  l.request_timeout = milliseconds{300};
  l.idle_http_timeout = milliseconds{150};
  l.close_timeout = milliseconds{150};
  return l;
}

} // namespace parley::gateway::test
