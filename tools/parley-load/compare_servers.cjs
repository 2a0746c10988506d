// The servers that tools/parley-load/compare measures, one at a time: parleyd over a fresh data directory, or peer/, where
// asked for over a fresh private PostgreSQL. All of a server's data is gone after stop().
"use strict";
const { execFile, execFileSync, spawn, spawnSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const { promisify } = require("node:util");

const run = promisify(execFile);
const peerDirectory = path.join(__dirname, "peer");
const postgresScript = path.join(__dirname, "..", "postgres");

/// In the order in which they take turns; `protocol` is parley-load's.
const sides = {
  parley: { program: "parleyd", protocol: "native" },
  "parley-socketio": { program: "parleyd", protocol: "socketio" },
  peer: { program: "node", protocol: "peer" },
  "peer-insert": { program: "node", protocol: "peer", inserts: true },
};

let running = null; // the server under way, so that an interrupted comparison leaves none behind

/// Installs the peer's packages if they are not; returns the version of socket.io.
function preparePeer() {
  const modules = path.join(peerDirectory, "node_modules");
  if (!["socket.io", "pg"].every((name) => fs.existsSync(path.join(modules, name)))) {
    console.error("installing the peer's packages (npm ci)");
    execFileSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: peerDirectory, stdio: ["ignore", "ignore", "inherit"] });
  }
  return require(path.join(modules, "socket.io", "package.json")).version;
}

// Rate limits protect against exactly what this does, so they are off; everything else stays at its default.
function rateFlags(parleyd) {
  const text = spawnSync(parleyd, ["--help"], { encoding: "utf8" }).stdout ?? "";
  return [...new Set(text.match(/--rates-[a-z-]+/g) ?? [])].flatMap((flag) => [flag, "0"]);
}

/// The private PostgreSQL's address as the peer's package reads it. tools/postgres lets commits not wait for the disk,
/// which is not how PostgreSQL comes: here it does, unless asked not to.
async function startPostgres(server, commits) {
  const dir = path.join(server.data, "postgres");
  fs.chmodSync(server.data, 0o711); // PostgreSQL's user passes through.
  server.postgres = { dir, started: run(postgresScript, ["start", dir]) };
  await server.postgres.started;
  const { stdout } = await run(postgresScript, ["url", dir]);
  const [, host, port, user, database] = /^host=(.+) port=(\d+) user=(\S+) dbname=(\S+)$/.exec(stdout.trim());
  const settings = encodeURIComponent(`-c synchronous_commit=${commits}`);
  return `postgres://${user}@${encodeURIComponent(host)}:${port}/${database}?options=${settings}`;
}

function listening(server) {
  const { child, side } = server;
  let said = "";
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(() => reject(new Error(`${side} did not start:\n${said}`)), 30_000);
    const collect = (bytes) => {
      said = (said + bytes).slice(-8000);
      const port = /listening on http:\/\/[^\s:]+:(\d+)/.exec(said)?.[1];
      if (!port || server.port) return;
      server.port = Number(port);
      clearTimeout(deadline);
      resolve();
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.once("error", reject);
    child.once("exit", (code) => {
      clearTimeout(deadline);
      reject(new Error(`${side} ended with ${code}:\n${said}`));
    });
  });
}

/// `options`: parleyd, parleydArgs, data (where directories are made), commits (PostgreSQL's synchronous_commit).
async function start(side, options) {
  const { program, inserts } = sides[side];
  const data = fs.mkdtempSync(path.join(options.data, "parley-compare-"));
  const server = (running = { side, data });
  // Whatever configures servers and clients of the machine is not theirs.
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(PARLEY_|PG|DATABASE_URL$)/.test(name)));
  if (inserts) environment.DATABASE_URL = await startPostgres(server, options.commits);
  if (server.stopped) throw new Error("stopped");
  const [executable, ...args] = program === "parleyd"
    ? [options.parleyd, "--host", "127.0.0.1", "--port", "0", "--data", data, ...rateFlags(options.parleyd), ...options.parleydArgs]
    : [process.execPath, path.join(peerDirectory, "server.mjs"), "0", ...(inserts ? ["--insert"] : [])];
  server.child = spawn(executable, args, { stdio: ["ignore", "pipe", "pipe"], env: environment });
  server.ended = new Promise((resolve) => ["exit", "error"].forEach((event) => server.child.once(event, resolve)));
  await listening(server);
  return server;
}

async function end({ child, ended, postgres, data }) {
  if (child) {
    child.kill("SIGTERM");
    const killer = setTimeout(() => child.kill("SIGKILL"), 15_000);
    await ended;
    clearTimeout(killer);
  }
  if (postgres) {
    await postgres.started.catch(() => {}); // whoever started it was told
    await run(postgresScript, ["stop", postgres.dir]).catch((error) => console.error(error.message));
  }
  fs.rmSync(data, { recursive: true, force: true });
  running = null;
}
/// Stops the server, once however often it is asked to; without one, whichever runs.
async function stop(server = running) {
  if (server) await (server.stopped ??= end(server));
}

/// parley-load's result for this server; its exit code is in `code`.
function measure(server, { load, seconds, warmup }, scenario) {
  const args = ["--port", server.port, "--protocol", sides[server.side].protocol, "--server-pid", server.child.pid,
    "--seconds", seconds, "--warmup", warmup, "--json", ...scenario.args];
  return new Promise((resolve, reject) => {
    const child = spawn(load, args.map(String), { stdio: ["ignore", "pipe", "inherit"] });
    let out = "";
    child.stdout.on("data", (bytes) => (out += bytes));
    child.once("error", reject);
    child.once("close", (code) => {
      try {
        resolve({ scenario: scenario.name, side: server.side, code, ...JSON.parse(out) });
      } catch {
        reject(new Error(`parley-load ended with ${code}: ${out}`));
      }
    });
  });
}

module.exports = { measure, preparePeer, sides, start, stop };
