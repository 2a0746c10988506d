// A server to measure, for tools/parley-load/commands and lists: parleyd on a free port, over a data directory and a
// private PostgreSQL of its own, and the people that its benchmarks need. All of it is gone after stop().
"use strict";
const { execFile, spawn } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { promisify } = require("node:util");

const run = promisify(execFile);
const postgresScript = path.join(__dirname, "..", "postgres");

/// Command-line words by a table: {"--runs": 3} takes a number above 0, "" or null a text, [] each time one more text.
/// Ends the program with --help's text, or with 2 and why.
function readArguments(program, help, defaults) {
  const options = structuredClone(defaults);
  const words = process.argv.slice(2);
  const fail = (why) => {
    console.error(`${program}: ${why}\n\n${help}`);
    process.exit(2);
  };
  while (words.length > 0) {
    const name = words.shift();
    if (name === "--help" || name === "-h") {
      console.log(help);
      process.exit(0);
    }
    if (!(name in options)) fail(`unknown option ${name}`);
    if (words.length === 0) fail(`${name} needs a value`);
    const value = words.shift();
    if (Array.isArray(options[name])) options[name].push(value);
    else if (typeof options[name] !== "number") options[name] = value;
    else if (!((options[name] = Number(value)) > 0)) fail(`${name} must be a number above 0`);
  }
  if (!options["--parleyd"]) fail("--parleyd is missing");
  const beside = (name) => path.join(path.dirname(options["--parleyd"]), name);
  options["--load"] ??= beside("parley-rest-load");
  options["--parley"] = beside("parley");
  for (const program of ["--parleyd", "--load", "--parley"])
    if (!fs.existsSync(options[program])) fail(`${options[program]} does not exist`);
  return options;
}

// Rate limits protect against exactly what this does, so they are off; passwords are hashed with as little as is
// allowed, since nobody measures signing up. Everything else stays at its default.
async function quickFlags(parleyd) {
  const { stdout } = await run(parleyd, ["--help"]);
  const rates = [...new Set(stdout.match(/--rates-[a-z-]+/g) ?? [])].flatMap((flag) => [flag, "0"]);
  return [...rates, "--auth-hash-memory-bytes", "8MiB", "--auth-hash-passes", "1"];
}

class BenchServer {
  /// `options`: of readArguments.
  static async start(options) {
    const server = new BenchServer();
    BenchServer.running = server;
    server.options = options;
    server.data = fs.mkdtempSync(path.join(options["--data"], "parley-bench-"));
    fs.chmodSync(server.data, 0o711); // PostgreSQL's user passes through.
    server.postgres = path.join(server.data, "postgres");
    server.databaseUrl = (await run(postgresScript, ["url", server.postgres])).stdout.trim();
    await run(postgresScript, ["start", server.postgres]);
    await server.launch();
    return server;
  }

  async launch() {
    const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("PARLEY_")));
    const flags = [...await quickFlags(this.options["--parleyd"]), ...this.options["--parleyd-arg"]];
    const args = ["--host", "127.0.0.1", "--port", "0", "--data", this.data, "--auth-access-token-lifetime", "1d", ...flags];
    const child = this.child = spawn(this.options["--parleyd"], args, {
      stdio: ["ignore", "pipe", "pipe"], env: { ...environment, DATABASE_URL: this.databaseUrl },
    });
    this.ended = new Promise((resolve) => child.once("exit", resolve));
    let said = "";
    await new Promise((resolve, reject) => {
      const deadline = setTimeout(() => reject(new Error(`parleyd did not start:\n${said}`)), 30_000);
      const collect = (bytes) => {
        said = (said + bytes).slice(-8000);
        const listening = /listening on http:\/\/[^\s:]+:(\d+)/.exec(said);
        if (!listening || this.port) return;
        this.port = Number(listening[1]);
        clearTimeout(deadline);
        resolve();
      };
      child.stdout.on("data", collect);
      child.stderr.on("data", collect);
      child.once("error", reject);
      child.once("exit", (code) => {
        clearTimeout(deadline);
        reject(new Error(`parleyd ended with ${code}:\n${said}`));
      });
    });
  }

  async terminate() {
    if (!this.child) return;
    this.child.kill("SIGTERM");
    const killer = setTimeout(() => this.child.kill("SIGKILL"), 15_000);
    await this.ended;
    clearTimeout(killer);
    this.port = undefined;
    this.child = undefined;
  }

  /// `look`: what else is done with the data while the server is down.
  async stop(look = async () => {}) {
    try {
      await this.terminate();
      await look();
    } finally {
      await run(postgresScript, ["stop", this.postgres]).catch((error) => console.error(error.message));
      fs.rmSync(this.data, { recursive: true, force: true });
      BenchServer.running = null;
    }
  }

  /// The answer's JSON, and its headers; rejects unless it succeeds.
  async request(method, target, token, body) {
    const headers = { ...(token && { authorization: `Bearer ${token}` }), ...(body && { "content-type": "application/json" }) };
    const answer = await fetch(`http://127.0.0.1:${this.port}${target}`, { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${target}: ${answer.status} ${text}`);
    return { json: JSON.parse(text), headers: answer.headers };
  }
  async get(target, token) { return this.request("GET", target, token); }
  async post(target, token, body) { return (await this.request("POST", target, token, body)).json; }

  async signUp(name) {
    const email = `${name.toLowerCase()}@example.org`;
    const { token, user } = await this.post("/api/auth/register", null, { email, name, password: `${name} likes long passwords` });
    return { id: user.id, token };
  }
  /// `count` of them, a few at a time.
  async signUpMany(name, count) {
    const people = [];
    for (let at = 0; at < count; at += 8)
      people.push(...await Promise.all(Array.from({ length: Math.min(8, count - at) }, (_, i) => this.signUp(`${name}${at + i}`))));
    return people;
  }
  async grant(role, person) { await this.tool("admin", "grant", role, person.id); }
  async tool(...args) {
    return (await run(this.options["--parley"], [...args, "--data", this.data], { env: { ...process.env, DATABASE_URL: this.databaseUrl } })).stdout;
  }
  /// Runs SQL in the private PostgreSQL; gives psql's output, unaligned and without headings.
  async sql(text) {
    const [file, args] = [path.join(this.data, "bench.sql"), ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", this.databaseUrl]];
    fs.writeFileSync(file, `SET search_path = parley;\n${text}\n`);
    return (await run("psql", [...args, "-f", file], { maxBuffer: 64 * 1024 * 1024 })).stdout.trim();
  }

  /// parley-rest-load's result; its exit code is in `code`.
  measure(load, cast, more = []) {
    const file = path.join(this.data, "cast.json");
    fs.writeFileSync(file, JSON.stringify(cast));
    const { "--in-flight": inFlight, "--seconds": seconds, "--warmup": warmup } = this.options;
    const args = ["--port", this.port, "--load", load, "--cast", file, "--server-pid", this.child.pid, "--in-flight", inFlight,
      "--seconds", seconds, "--warmup", warmup, "--json", ...more].map(String);
    return new Promise((resolve, reject) => {
      const child = spawn(this.options["--load"], args, { stdio: ["ignore", "pipe", "inherit"] });
      let out = "";
      child.stdout.on("data", (bytes) => (out += bytes));
      child.once("error", reject);
      child.once("close", (code) => {
        try {
          resolve({ code, ...JSON.parse(out) });
        } catch {
          reject(new Error(`parley-rest-load ended with ${code}: ${out}`));
        }
      });
    });
  }
}

const machine = () => `${os.cpus().length} cores (${os.cpus()[0]?.model.trim()}), Linux ${os.release()}; load average ${os.loadavg()[0].toFixed(2)}`;
const short = (n, digits = 0) => n.toLocaleString("en-US", { maximumFractionDigits: digits, minimumFractionDigits: digits });
const latency = (of) => `p50 ${short(of.latency_us.p50 / 1000, 2)} ms  p99 ${short(of.latency_us.p99 / 1000, 2)} ms`;

/// Runs `main` and ends the program with the code it gives; leaves no server behind, however it ends.
function runProgram(program, main) {
  const cleanUp = async () => BenchServer.running?.stop();
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => cleanUp().finally(() => process.exit(130)));
  main().then((code) => process.exit(code), async (error) => {
    console.error(`${program}: ${error.stderr || error.message}`);
    await cleanUp();
    process.exit(1);
  });
}

module.exports = { BenchServer, latency, machine, readArguments, runProgram, short };
