#include "gateway/app/operations.hpp"

#include "events/json_writer.hpp"

#include <fmt/format.h>
#include <fstream>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>
#include <unistd.h>

namespace parley::gateway {
namespace {

/// Resident bytes of this process (proc(5), statm: in pages).
double resident_bytes() {
  std::ifstream statm{"/proc/self/statm"};
  double size = 0, resident = 0;
  statm >> size >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

class families {
public:
  void counter(std::string name, std::string help, std::uint64_t value) {
    prometheus::ClientMetric m;
    m.counter.value = static_cast<double>(value);
    add(std::move(name), std::move(help), prometheus::MetricType::Counter, m);
  }
  void gauge(std::string name, std::string help, double value) {
    prometheus::ClientMetric m;
    m.gauge.value = value;
    add(std::move(name), std::move(help), prometheus::MetricType::Gauge, m);
  }
  [[nodiscard]] std::string text() const { return prometheus::TextSerializer{}.Serialize(all_); }

private:
  void add(std::string name, std::string help, prometheus::MetricType type, const prometheus::ClientMetric& m) {
    prometheus::MetricFamily family;
    family.name = "parley_" + std::move(name);
    family.help = std::move(help);
    family.type = type;
    family.metric.push_back(m);
    all_.push_back(std::move(family));
  }
  std::vector<prometheus::MetricFamily> all_;
};

position lag_of(const observed& o) {
  const auto head = o.log.head(), applied = o.progress.applied();
  return head > applied ? head - applied : 0;
}

} // namespace

http_response readiness(const observed& o) {
  const auto projections = o.progress.status();
  const bool log_ready = o.log.writable();
  const bool projecting = projections.state == projection_state::running;
  const bool caught_up = lag_of(o) <= o.lag_max;
  const bool ready = log_ready && projecting && caught_up;
  http_response r;
  r.status = ready ? 200 : 503;
  if (!ready) r.headers.emplace_back("Retry-After", "1");
  json_writer out{r.body};
  out.begin_object().field("success", ready).field("status", ready ? "ready" : "not ready");
  out.key("log").begin_object().field("writable", log_ready).field("head", o.log.head()).end_object();
  out.key("projections").begin_object().field("state", text_of(projections.state));
  out.field("applied", o.progress.applied()).field("lag", lag_of(o)).end_object();
  out.end_object();
  return r;
}

http_response metrics(const observed& o) {
  families f;
  const auto written = o.writer.count();
  f.gauge("log_head_position", "Position of the last durable event.", static_cast<double>(o.log.head()));
  f.gauge("log_writable", "1 when the log takes writes.", o.log.writable() ? 1 : 0);
  f.counter("log_commits_total", "Synced commits.", written.commits);
  f.counter("log_requests_total", "Append requests committed or refused.", written.requests);
  f.counter("log_failures_total", "Commits that failed.", written.failures);
  f.gauge("log_queue", "Append requests that wait.", static_cast<double>(o.writer.waiting()));
  f.gauge("entities", "Entities in memory.", static_cast<double>(o.entities.size()));
  f.gauge("projection_position", "Last position applied to the read models.",
          static_cast<double>(o.progress.applied()));
  f.gauge("projection_lag", "Events the read models are behind.", static_cast<double>(lag_of(o)));
  f.gauge("projection_running", "1 when the projector applies events.",
          o.progress.status().state == projection_state::running ? 1 : 0);
  const auto net = o.net.count();
  f.gauge("connections", "Open connections.", static_cast<double>(net.connections));
  f.counter("connections_accepted_total", "Connections accepted.", net.accepted);
  f.counter("connections_refused_total", "Connections refused by a limit.", net.refused);
  f.counter("connections_cut_total", "Connections ended by a deadline or a bound.", net.cut);
  f.counter("requests_total", "HTTP requests.", net.requests);
  f.counter("websockets_total", "WebSocket connections.", net.websockets);
  f.counter("messages_total", "WebSocket messages received.", net.messages);
  f.counter("rate_limited_total", "Requests and messages refused by a rate limit.",
            net.rate_limited + o.messages.rate_limited);
  f.counter("malformed_total", "Requests and messages that could not be read.", net.malformed + o.messages.malformed);
  // Each loop's hub is its own; the scrape reads the one it runs on, and says which share of the loops that is.
  for (const auto& node : o.nodes) {
    if (!node->loop.is_current()) continue;
    const auto hub = node->topics.count();
    f.counter("hub_delivered_total", "Durable events queued to connections by this loop.", hub.delivered);
    f.counter("hub_encoded_total", "Publications encoded by this loop.", hub.encoded);
    f.counter("hub_refilled_total", "Events read from the log for lagging connections by this loop.", hub.refilled);
    f.counter("hub_lagged_total", "Times a connection began to lag in this loop.", hub.lagged);
    f.counter("hub_signals_dropped_total", "Signals not shown to full connections by this loop.", hub.signals_dropped);
    f.gauge("hub_topics", "Topics with members in this loop.", static_cast<double>(hub.topics));
    f.gauge("hub_subscriptions", "Subscriptions in this loop.", static_cast<double>(hub.subscriptions));
  }
  f.gauge("resident_bytes", "Resident memory of the process.", resident_bytes());
  http_response r;
  r.content_type = "text/plain; version=0.0.4; charset=utf-8";
  r.body = f.text();
  return r;
}

} // namespace parley::gateway
