#include "tools/parley-load/rest_report.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace parley::load {
namespace {

double microseconds(nanoseconds t) { return static_cast<double>(t.count()) / 1e3; }
double per_second(histogram const& h, double seconds) {
  return seconds > 0 ? static_cast<double>(h.count()) / seconds : 0;
}

std::string answers_line(std::string_view what, histogram const& h, double seconds) {
  auto out = fmt::format("{:<13} {:>8.0f}/s", what, per_second(h, seconds));
  if (h.count() > 0)
    out += fmt::format("  p50 {:.0f} us, p99 {:.0f} us, p99.9 {:.0f} us, max {:.0f} us, mean {:.0f} us",
                       microseconds(h.percentile(0.5)), microseconds(h.percentile(0.99)),
                       microseconds(h.percentile(0.999)), microseconds(h.max()), microseconds(h.mean()));
  return out + "\n";
}

nlohmann::ordered_json answers_json(histogram const& h, double seconds) {
  return {{"count", h.count()},
          {"per_second", per_second(h, seconds)},
          {"latency_us",
           {{"p50", microseconds(h.percentile(0.5))},
            {"p99", microseconds(h.percentile(0.99))},
            {"p99_9", microseconds(h.percentile(0.999))},
            {"max", microseconds(h.max())},
            {"mean", microseconds(h.mean())}}}};
}

} // namespace

std::string as_text(rest_report const& r) {
  auto const& o = r.asked;
  auto out = fmt::format("{} at {}:{}: closed loop, {} in flight\n", name(o.load), o.host, o.port, o.in_flight);
  if (r.how == run_report::ending::not_connected)
    out += "not measured: the clients could not connect\n";
  else {
    out += fmt::format("measured   {:.1f} s after {:.1f} s of warm-up\n", r.seconds, o.warmup.count());
    for (auto const& each : r.kinds) out += answers_line(each.kind, each.latency, r.seconds);
    if (r.kinds.size() > 1) out += answers_line("all", r.latency, r.seconds);
    if (r.server) out += process_line("server", *r.server, r.seconds);
    out += process_line("generator", r.self, r.seconds);
  }
  out += fmt::format("errors     {} (wrong {}, missing {}, disconnects {})", r.errors(), r.wrong, r.missing,
                     r.disconnects);
  for (auto const& problem : r.problems) out += "\n           " + problem;
  return out;
}

std::string as_json(rest_report const& r) {
  auto const& o = r.asked;
  nlohmann::ordered_json out{{"outcome", r.how == run_report::ending::not_connected ? "not-connected" : "measured"},
                             {"load", name(o.load)},
                             {"target", fmt::format("{}:{}", o.host, o.port)},
                             {"in_flight", o.in_flight},
                             {"seconds", r.seconds}};
  for (auto const& each : r.kinds) out["answers"][each.kind] = answers_json(each.latency, r.seconds);
  out["all"] = answers_json(r.latency, r.seconds);
  out["errors"] = {{"total", r.errors()}, {"wrong", r.wrong}, {"missing", r.missing}, {"disconnects", r.disconnects}};
  out["problems"] = r.problems;
  if (r.server) out["server"] = process_json(*r.server, r.seconds);
  out["generator"] = process_json(r.self, r.seconds);
  // A server may put anything into an answer: bytes that are not UTF-8 are replaced rather than thrown at us.
  return out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

} // namespace parley::load
