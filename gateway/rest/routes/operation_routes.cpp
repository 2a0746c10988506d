// /livez, /readyz, /metrics and /realtime/health: what the composition knows of itself. No limit by address, because
// the probes of an orchestrator must not be refused for other people's traffic. And /openapi.json and /asyncapi.json:
// what clients are promised.

#include "gateway/rest/documents.hpp"
#include "gateway/rest/routes/routes.hpp"

namespace parley::gateway {
namespace {

void ask(const call_ptr& c, const std::function<void(respond)>& what) {
  if (!what) return c->refuse({errc::not_found, {}, 0});
  what([c](http_response r) {
    r.headers.emplace_back("Cache-Control", "no-store");
    c->answer(std::move(r));
  });
}

void document(const call_ptr& c, const std::string& text) {
  http_response r;
  r.headers.emplace_back("Cache-Control", "public, max-age=300");
  r.body = text;
  c->answer(std::move(r));
}

} // namespace

void add_document_routes(router& to) {
  to.add({"GET", {"/openapi.json"}, access::open, [](const call_ptr& c) { document(c, openapi_document()); }});
  to.add({"GET", {"/asyncapi.json"}, access::open, [](const call_ptr& c) { document(c, asyncapi_document()); }});
}

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
