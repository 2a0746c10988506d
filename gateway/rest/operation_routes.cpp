// /livez, /readyz, /metrics and /realtime/health: what the composition knows of itself. No limit by address, because
// the probes of an orchestrator must not be refused for other people's traffic.

#include "gateway/rest/routes.hpp"

namespace parley::gateway {
namespace {

void ask(const call_ptr& c, const std::function<void(respond)>& what) {
  if (!what) return c->refuse({errc::not_found, {}, 0});
  what([c](http_response r) {
    r.headers.emplace_back("Cache-Control", "no-store");
    c->answer(std::move(r));
  });
}

} // namespace

void add_operation_routes(router& to) {
  const auto livez = [](const call_ptr& c) {
    if (!c->with.operations.livez) return c->answer(success(200, R"({"status":"ok"})"));
    ask(c, c->with.operations.livez);
  };
  to.add({"GET", {"/livez", "/realtime/health"}, access::open, livez, limited::not_at_all});
  to.add({"GET",
          {"/readyz"},
          access::open,
          [](const call_ptr& c) { ask(c, c->with.operations.readyz); },
          limited::not_at_all});
  to.add({"GET",
          {"/metrics"},
          access::open,
          [](const call_ptr& c) { ask(c, c->with.operations.metrics); },
          limited::not_at_all});
}

} // namespace parley::gateway
