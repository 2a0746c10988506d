// How PostgreSQL answered: the plans that its module auto_explain writes into the server's log, which is as EXPLAIN
// (ANALYZE, BUFFERS) shows them, of the very statements that parleyd sent. Pure text. For tools/parley-load/lists.
"use strict";

const explained = /LOG: {2}duration: [\d.]+ ms {2}plan:\n\tQuery Text: /;

/// The plans in a piece of the log, each {sql, plan}.
function readPlans(log) {
  return log.split(/\n(?!\t)/).filter((entry) => explained.test(entry)).map((entry) => {
    const lines = entry.split(explained)[1].split("\n").map((line) => line.replace(/^\t/, ""));
    const from = lines.findIndex((line) => /\(cost=\d/.test(line));
    return { sql: lines.slice(0, from).join("\n"), plan: lines.slice(from).join("\n") };
  });
}

/// Rows that the plan's leaves looked at to find what they gave: [{node, rows}].
function rowsRead(plan) {
  const nodes = [];
  for (const line of plan.split("\n")) {
    const node = /^\s*(?:->\s*)?(.*?) {2}\(cost=.*\(actual time=\S+ rows=([\d.]+) loops=(\d+)\)/.exec(line);
    if (node) nodes.push({ node: node[1], scans: node[1].includes("Scan"), rows: node[2] * node[3], loops: Number(node[3]) });
    const removed = /Rows Removed by (?:Filter|Join Filter|Index Recheck): (\d+)/.exec(line);
    if (removed && nodes.length > 0) nodes.at(-1).rows += removed[1] * nodes.at(-1).loops;
  }
  return nodes.filter((each) => each.scans && !/^(Subquery|CTE) Scan/.test(each.node)).map(({ node, rows }) => ({ node, rows }));
}

/// What a person should look at: the leaf that read most, if it read more than `most` rows; else empty.
function remarkOn(plans, most) {
  const [worst] = plans.flatMap(({ plan }) => rowsRead(plan)).sort((a, b) => b.rows - a.rows);
  return worst && worst.rows > most ? `${worst.node} reads ${Math.round(worst.rows).toLocaleString("en-US")} rows` : "";
}

module.exports = { readPlans, remarkOn, rowsRead };
