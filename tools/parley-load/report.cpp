#include "tools/parley-load/report.hpp"

#include <fmt/format.h>

namespace parley::load {
namespace {

double microseconds(nanoseconds t) { return static_cast<double>(t.count()) / 1e3; }
double per_second(std::uint64_t count, double seconds) {
  return seconds > 0 ? static_cast<double>(count) / seconds : 0;
}
double mebibytes(std::uint64_t bytes) { return static_cast<double>(bytes) / (1024 * 1024); }

std::string_view name(protocol p) {
  return p == protocol::native ? "native" : p == protocol::socketio ? "socketio" : "peer";
}
std::string_view name(load_mode m) {
  return m == load_mode::idle ? "idle" : m == load_mode::fixed_rate ? "fixed-rate" : "closed-loop";
}
std::string_view name(run_report::ending e) {
  return e == run_report::ending::measured     ? "measured"
         : e == run_report::ending::overloaded ? "overloaded"
                                               : "not-connected";
}

/// Memory for each idle connection: what the server grew by. Below zero when it happened to give memory back.
double bytes_per_connection(run_report const& r) {
  if (!r.server || r.connected == 0) return 0;
  return (static_cast<double>(r.server->resident_after) - static_cast<double>(r.server->resident_before)) /
         static_cast<double>(r.connected);
}

std::string cores_of(process_use const& use) {
  std::string out;
  for (auto const& [core, seconds] : use.cores)
    if (seconds > 0)
      out += fmt::format("{}core {}: {:.0f} %", out.empty() ? "" : ", ", core, 100 * seconds / use.cpu_seconds);
  return out.empty() ? "no CPU time" : out;
}

std::string describe_load(run_report const& r) {
  auto const& o = r.asked;
  if (o.mode == load_mode::idle) return fmt::format("{} idle connections", r.connected);
  auto const where =
      fmt::format("{} room(s) of {}, {} sender(s) each, {}-byte texts", o.rooms, o.room_size, r.senders, o.text_bytes);
  if (o.mode == load_mode::fixed_rate) return fmt::format("{}, {} messages/s in total", where, o.rate);
  return fmt::format("{}, closed loop: {} messages on their way in total (--outstanding {} per {})", where,
                     r.outstanding_total, o.outstanding, o.outstanding_per == outstanding_scope::room ? "room" : "run");
}

} // namespace

void note_use(process_use& use, process_probe const& probe) {
  use.cpu_seconds = probe.cpu().count();
  for (auto const& [core, time] : probe.cores()) use.cores[core] = time.count();
  use.resident_after = probe.resident_bytes();
  use.resident_peak = std::max(use.resident_peak, use.resident_after);
  use.alive = probe.alive();
}

std::string process_line(std::string_view who, process_use const& use, double seconds) {
  return fmt::format("{:<10} pid {}: CPU {:.2f} s ({:.0f} % of a core; {}), resident {:.1f} MiB before, {:.1f} after, "
                     "{:.1f} at most{}\n",
                     who, use.pid, use.cpu_seconds, 100 * use.cpu_seconds / seconds, cores_of(use),
                     mebibytes(use.resident_before), mebibytes(use.resident_after), mebibytes(use.resident_peak),
                     use.alive ? "" : "; it has died");
}

nlohmann::ordered_json process_json(process_use const& use, double seconds) {
  nlohmann::ordered_json cores = nlohmann::ordered_json::object();
  for (auto const& [core, time] : use.cores) cores[std::to_string(core)] = time;
  return {{"pid", use.pid},
          {"cpu_seconds", use.cpu_seconds},
          {"cpu_share", seconds > 0 ? use.cpu_seconds / seconds : 0},
          {"core_cpu_seconds", std::move(cores)},
          {"resident_before_bytes", use.resident_before},
          {"resident_after_bytes", use.resident_after},
          {"resident_peak_bytes", use.resident_peak},
          {"alive", use.alive}};
}

std::string as_text(run_report const& r) {
  auto const& o = r.asked;
  std::string out = fmt::format("{} at {}:{}: {}\n", name(o.speaks), o.host, o.port, describe_load(r));
  if (r.how == run_report::ending::not_connected)
    out += "not measured: the clients could not connect\n";
  else {
    out += fmt::format("connected  {} clients in {:.2f} s; measured {:.1f} s after {:.1f} s of warm-up\n", r.connected,
                       r.connect_seconds, r.seconds, o.mode == load_mode::idle ? 0 : o.warmup.count());
    if (o.mode != load_mode::idle) {
      out += fmt::format("rate       {:.0f} deliveries/s, {:.0f} messages/s ({} deliveries)\n",
                         per_second(r.deliveries, r.seconds), per_second(r.messages, r.seconds), r.deliveries);
      out += fmt::format("latency    p50 {:.0f} us, p99 {:.0f} us, p99.9 {:.0f} us, max {:.0f} us, mean {:.0f} us\n",
                         microseconds(r.latency.percentile(0.5)), microseconds(r.latency.percentile(0.99)),
                         microseconds(r.latency.percentile(0.999)), microseconds(r.latency.max()),
                         microseconds(r.latency.mean()));
    } else if (r.server) {
      out += fmt::format("memory     {:.0f} bytes of the server for each connection\n", bytes_per_connection(r));
    }
    if (r.server) out += process_line("server", *r.server, r.seconds);
    out += process_line("generator", r.self, r.seconds);
  }
  out += fmt::format(
      "errors     {} (order, loss or repeat {}, foreign {}, refused {}, protocol {}, missing {}), disconnects {}",
      r.errors(), r.mismatches, r.foreign, r.refusals, r.violations, r.missing, r.disconnects);
  for (auto const& problem : r.problems) out += "\n           " + problem;
  return out;
}

std::string as_json(run_report const& r) {
  auto const& o = r.asked;
  nlohmann::ordered_json out{{"outcome", name(r.how)},
                             {"protocol", name(o.speaks)},
                             {"target", fmt::format("{}:{}", o.host, o.port)},
                             {"mode", name(o.mode)},
                             {"load", describe_load(r)},
                             {"clients", r.connected},
                             {"connect_seconds", r.connect_seconds},
                             {"seconds", r.seconds}};
  if (o.mode != load_mode::idle) {
    out["rooms"] = o.rooms;
    out["room_size"] = o.room_size;
    out["senders_per_room"] = r.senders;
    out["text_bytes"] = o.text_bytes;
    if (o.mode == load_mode::closed_loop)
      out["outstanding_total"] = r.outstanding_total;
    else
      out["rate"] = o.rate;
    out["messages"] = r.messages;
    out["deliveries"] = r.deliveries;
    out["messages_per_second"] = per_second(r.messages, r.seconds);
    out["deliveries_per_second"] = per_second(r.deliveries, r.seconds);
    out["latency_us"] = {{"p50", microseconds(r.latency.percentile(0.5))},
                         {"p99", microseconds(r.latency.percentile(0.99))},
                         {"p99_9", microseconds(r.latency.percentile(0.999))},
                         {"max", microseconds(r.latency.max())},
                         {"mean", microseconds(r.latency.mean())}};
  } else if (r.server) {
    out["server_bytes_per_connection"] = bytes_per_connection(r);
  }
  out["errors"] = {{"total", r.errors()},      {"order_loss_or_repeat", r.mismatches},
                   {"foreign", r.foreign},     {"refused", r.refusals},
                   {"protocol", r.violations}, {"missing", r.missing}};
  out["disconnects"] = r.disconnects;
  out["problems"] = r.problems;
  if (r.server) out["server"] = process_json(*r.server, r.seconds);
  out["generator"] = process_json(r.self, r.seconds);
  // A server may put anything into a refusal: bytes that are not UTF-8 are replaced rather than thrown at us.
  return out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

} // namespace parley::load
