// Serves the framings alone, to what judges them: /engine.io/ echoes messages, /socket.io/ has the handlers of the
// Socket.IO protocol's suite (on `/` and `/custom`), /echo is a WebSocket that sends everything back.

#include "gateway/framing/engineio_door.hpp"
#include "gateway/net/network.hpp"
#include "tests/conformance/echo_line.hpp"
#include "tests/conformance/echo_link.hpp"
#include "tests/conformance/echo_rider.hpp"

#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>

namespace {

using namespace parley;
using namespace parley::gateway;

io_loop* serving = nullptr;

struct codecs {
  const socketio_codec root_polling{{"/", engineio_transport::polling, false, false}};
  const socketio_codec root_websocket{{"/", engineio_transport::websocket, false, false}};
  const socketio_codec custom_polling{{"/custom", engineio_transport::polling, false, false}};
  const socketio_codec custom_websocket{{"/custom", engineio_transport::websocket, false, false}};

  const socketio_codec* of(std::string_view nsp, engineio_transport transport) const {
    const bool polls = transport == engineio_transport::polling;
    if (nsp == "/") return polls ? &root_polling : &root_websocket;
    if (nsp == "/custom") return polls ? &custom_polling : &custom_websocket;
    return nullptr;
  }
};

int serve(std::uint16_t port, const engineio::limits& times, std::chrono::milliseconds connect_timeout) {
  io_loop loop{0};
  serving = &loop;
  secure_random random;
  net_limits limits;
  limits.messages_per_session = {}; // a suite is no flood
  limits.frame_bytes_max = 64 * 1024 * 1024;
  limits.queue_bytes_max = 128 * 1024 * 1024;
  intake_totals totals;
  conformance::echo_opener opener;
  const codecs known;
  std::uint64_t ids = 0;
  socketio::framing framing{loop,
                            opener,
                            limits,
                            totals,
                            [&ids] { return ++ids; },
                            [&](const profile*, std::string_view nsp, engineio_transport t, bool) -> const codec* {
                              return known.of(nsp, t);
                            },
                            [](std::string_view) -> const profile* { return nullptr; }};
  framing.takes_binary = true;
  framing.says_connected = framing.recovers = false;
  framing.connect_timeout = connect_timeout;

  std::unique_ptr<network> net;
  engineio::door door{
      times,
      {[&](const http_request& handshake, std::size_t) -> result<std::shared_ptr<engineio::rider>> {
         if (handshake.path.starts_with("/engine.io")) return std::make_shared<conformance::echo_rider>();
         return std::make_shared<socketio::session>(framing, hello{}, nullptr);
       },
       [&](const std::string& address) { return net->admit(address); },
       [](http_response& r, const http_request&) { r.headers.emplace_back("Access-Control-Allow-Origin", "*"); }},
      random};
  door.add(loop);
  network_wiring wiring;
  wiring.handle = [&](http_request request, const respond& done) { door.handle(std::move(request), 0, done); };
  wiring.is_websocket = [](const http_request& request) { return !request.header("upgrade").empty(); };
  wiring.upgrade = [&](const http_request& handshake, std::size_t) {
    if (handshake.path != "/echo") return door.upgrade(handshake, 0);
    upgrade_offer offer;
    offer.user = std::make_shared<conformance::echo_line>();
    return offer;
  };
  wiring.error_response = [&](const error& e, const http_request& request) {
    if (e.code == errc::too_large) door.refuse_body(request);
    return http_response{describe(e.code).status, "text/plain", {}, std::string{text_of(e)}};
  };
  net = std::make_unique<network>(std::vector{&loop}, limits, std::move(wiring));
  loop.at_turn_end([&] { return net->flush(0); });
  if (const auto open = net->listen("127.0.0.1", port); !open) {
    std::cerr << "parley-conformance: " << open.error().message << '\n';
    return 1;
  }
  std::cout << "listening on http://127.0.0.1:" << net->port() << std::endl;
  loop.run();
  door.drop_all();
  net = nullptr;
  return 0;
}

} // namespace

int main(int count, char** words) {
  CLI::App app{
      "Serves Parley's framings alone, on loopback, to the suites of the Engine.IO and Socket.IO protocols and\n"
      "to WebSocket fuzzers. Its times are those the suites want."};
  std::uint16_t port = 3000;
  int interval = 300, timeout = 200, connect = 1000;
  app.add_option("--port", port, "TCP port; 0 takes a free one")->capture_default_str();
  app.add_option("--ping-interval", interval, "milliseconds")->capture_default_str();
  app.add_option("--ping-timeout", timeout, "milliseconds")->capture_default_str();
  app.add_option("--connect-timeout", connect, "milliseconds to join a namespace")->capture_default_str();
  CLI11_PARSE(app, count, words);
  engineio::limits times;
  times.ping_interval = std::chrono::milliseconds{interval};
  times.ping_timeout = std::chrono::milliseconds{timeout};
  times.queue_bytes_max = 16 * 1024 * 1024;
  std::signal(SIGINT, [](int) { serving->stop(); });
  std::signal(SIGTERM, [](int) { serving->stop(); });
  return serve(port, times, std::chrono::milliseconds{connect});
}
