// What a comparison says: medians of each side's runs, and the ratios of the medians. Pure. For tools/parley-load/compare.
"use strict";

/// Whom each side is held against.
const pairs = [
  ["parley", "peer"], ["parley", "peer-insert"],
  ["parley-socketio", "peer"], ["parley-socketio", "peer-insert"], ["parley-socketio", "parley"],
];
/// What is held against it, by the scenario's kind: members of a side's summary, and what they are called.
const compared = {
  saturated: { deliveries: "the deliveries" },
  rate: { p99: "the p99", cpu: "the CPU" },
  idle: { perConnection: "the memory of a connection" },
};

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
const short = (n, digits = 0) => (Number.isFinite(n) ? n.toLocaleString("en-US", { maximumFractionDigits: digits, minimumFractionDigits: digits }) : "-");

// Each core's share of a program's CPU time over all runs: a pair that shares one core measures something else.
function cores(runs, who) {
  const sum = {};
  for (const run of runs) for (const [core, seconds] of Object.entries(run[who]?.core_cpu_seconds ?? {})) sum[core] = (sum[core] ?? 0) + seconds;
  const total = Object.values(sum).reduce((a, b) => a + b, 0);
  return Object.entries(sum).map(([core, s]) => `${core}:${Math.round((100 * s) / (total || 1))}%`).join(" ");
}

function summarizeSide(name, runs) {
  const of = (pick) => median(runs.map(pick));
  return {
    name,
    deliveries: of((r) => r.deliveries_per_second ?? NaN),
    p50: of((r) => r.latency_us?.p50 ?? NaN),
    p99: of((r) => r.latency_us?.p99 ?? NaN),
    p999: of((r) => r.latency_us?.p99_9 ?? NaN),
    cpu: of((r) => r.server.cpu_share * 100),
    generator: of((r) => r.generator.cpu_share * 100),
    rss: of((r) => r.server.resident_peak_bytes / 1048576),
    perConnection: of((r) => r.server_bytes_per_connection ?? NaN),
    cores: cores(runs, "server"),
    generatorCores: cores(runs, "generator"),
  };
}

/// {what, wanted, met}, the latter two only where the scenario wants something of this pair.
function holdAgainst(scenario, ours, theirs) {
  const [least, most] = ["least", "most"].map((bound) => scenario[bound]?.[`${ours.name}/${theirs.name}`]);
  return Object.entries(compared[scenario.kind]).map(([member, called]) => {
    const ratio = ours[member] / theirs[member];
    const result = { what: `${ours.name} to ${theirs.name}: ${short(ratio, 2)} times ${called}` };
    if (least !== undefined) Object.assign(result, { wanted: `at least ${least}`, met: ratio >= least });
    if (most !== undefined) Object.assign(result, { wanted: `at most ${most}`, met: ratio <= most });
    return result;
  });
}

/// `scenario`: {name, kind, least, most, bytesMax}, where least and most are bounds of ratios by "ours/theirs", and
/// bytesMax one of a native connection's memory. `runs`: what parley-load said, each with the `side` it was of.
function summarize(scenario, runs) {
  const measured = runs.filter((run) => run.outcome === "measured");
  const names = [...new Set(measured.map((run) => run.side))];
  const sides = names.map((name) => summarizeSide(name, measured.filter((run) => run.side === name)));
  const find = (name) => sides.find((side) => side.name === name);
  const results = pairs.filter((pair) => pair.every(find)).flatMap(([ours, theirs]) => holdAgainst(scenario, find(ours), find(theirs)));
  const native = find("parley");
  if (scenario.bytesMax && native)
    results.push({ what: `parley: ${short(native.perConnection)} bytes a connection`, wanted: `under ${scenario.bytesMax}`, met: native.perConnection < scenario.bytesMax });
  return { scenario: scenario.name, sides, results };
}

module.exports = { short, summarize };
