// The real server for one test file: parleyd on a free port over a data directory and a private PostgreSQL of its own.
// TEST_PARLEYD and TEST_PARLEY name the programs under test (CMakeLists.txt sets them).
import {execFile, spawn} from 'node:child_process';
import {createHmac} from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import {promisify} from 'node:util';
import {checkResponse} from './shapes.mjs';

const run = promisify(execFile);
const root = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../../..');
const postgresScript = path.join(root, 'tools/postgres');

export const jwtSecret = 'a secret that only the end-to-end tests use';

/// Resolves with what `question` gives once that is true; rejects with `what` after `seconds`.
export async function eventually(what, question, seconds = 15) {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await question();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`did not happen within ${seconds} s: ${what}`);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

/// Rejects when `promise` has not settled within `seconds`; says what was waited for.
export async function within(seconds, what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`did not happen within ${seconds} s: ${what}`)), seconds * 1000);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

export class Server {
  /// `database: false` leaves PostgreSQL stopped; `flags` and `env` go to parleyd.
  static async start({flags = [], env = {}, database = true} = {}) {
    const server = new Server();
    server.data = fs.mkdtempSync(path.join(os.tmpdir(), 'parley-e2e-'));
    fs.chmodSync(server.data, 0o711); // PostgreSQL's user passes through.
    server.flags = flags;
    server.env = env;
    server.databaseUrl = (await run(postgresScript, ['url', server.postgresDir])).stdout.trim();
    if (database) await server.startPostgres();
    await server.launch();
    return server;
  }

  get postgresDir() { return path.join(this.data, 'postgres'); }
  get url() { return `http://127.0.0.1:${this.port}`; }

  startPostgres() { return run(postgresScript, ['start', this.postgresDir]); }
  stopPostgres() { return run(postgresScript, ['stop', this.postgresDir]); }

  spawn(moreFlags = [], {data = this.data, port = 0} = {}) {
    const child = spawn(process.env.TEST_PARLEYD, ['--port', String(port), '--data', data, ...this.flags, ...moreFlags], {
      env: {PATH: process.env.PATH, DATABASE_URL: this.databaseUrl, JWT_SECRET: jwtSecret, ...this.env},
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.out = '';
    child.err = '';
    child.stdout.on('data', data => child.out += data);
    child.stderr.on('data', data => child.err += data);
    child.ended = new Promise(resolve => child.on('exit', (code, signal) => resolve({code, signal})));
    return child;
  }

  /// `port`: where it listens; 0 takes a free one.
  async launch({port = 0} = {}) {
    const child = this.child = this.spawn([], {port});
    const listening = /^listening on http:\/\/\S+:(\d+)$/m;
    const gone = child.ended.then(end => {
      throw new Error(`parleyd ended with ${JSON.stringify(end)} before it listened:\n${child.err}`);
    });
    gone.catch(() => {});
    await Promise.race([gone, eventually('parleyd listens', () => listening.test(child.out), 30)]);
    this.port = Number(listening.exec(child.out)[1]);
  }

  /// As the operating system ends a process: no handler of the server runs.
  async kill9() {
    this.child.kill('SIGKILL');
    await this.child.ended;
  }

  async terminate(signal = 'SIGTERM') {
    this.child.kill(signal);
    return within(15, `parleyd ends after ${signal}`, this.child.ended);
  }

  /// The end of a test file: the server must have survived it and must stop cleanly.
  async stop() {
    let complaint;
    if (this.child.exitCode === null && this.child.signalCode === null) {
      try {
        const end = await this.terminate();
        if (end.code !== 0) complaint = `parleyd ended with ${JSON.stringify(end)}`;
      } catch (error) {
        await this.kill9();
        complaint = error.message;
      }
    }
    if (process.env.TEST_VERBOSE || complaint) process.stderr.write(this.child.err);
    await this.stopPostgres();
    fs.rmSync(this.data, {recursive: true, force: true});
    if (complaint) throw new Error(complaint);
  }

  /// All records of the log, by the auditor's own tool; the server must be down.
  async log() {
    const {stdout} = await run(process.env.TEST_PARLEY, ['log', 'dump', '--json', '--data', this.data],
                               {maxBuffer: 256 * 1024 * 1024});
    return stdout.split('\n').filter(line => line.startsWith('{')).map(line => JSON.parse(line));
  }
  verifyLog() { return run(process.env.TEST_PARLEY, ['log', 'verify', '--data', this.data]); }

  /// One request. `body` is sent as JSON unless it is a string; the answer's body is in `json` when it is JSON. Every
  /// answer is held against schema/openapi.
  async request(method, target, {token, body, headers = {}} = {}) {
    const init = {method, headers: {...headers}, redirect: 'manual'};
    if (token) init.headers.authorization = `Bearer ${token}`;
    if (body !== undefined) {
      init.body = typeof body === 'string' ? body : JSON.stringify(body);
      init.headers['content-type'] ??= 'application/json';
    }
    const answer = await within(40, `${method} ${target} is answered`, fetch(this.url + target, init));
    const text = await answer.text();
    let json;
    try { json = JSON.parse(text); } catch { json = undefined; }
    checkResponse(method, target, {status: answer.status, contentType: answer.headers.get('content-type'), text, json});
    return {status: answer.status, headers: answer.headers, text, json};
  }
  get(target, options) { return this.request('GET', target, options); }
  post(target, body, options) { return this.request('POST', target, {...options, body}); }

  /// The same from another address of this machine, 127.0.0.0/8; `headers` is a plain object.
  postFrom(localAddress, target, body, headers = {}) {
    const answer = new Promise((resolve, reject) => {
      const sent = http.request(this.url + target,
                                {method: 'POST', localAddress, headers: {'content-type': 'application/json', ...headers}});
      sent.on('error', reject).on('response', response => {
        let text = '';
        response.setEncoding('utf8').on('data', data => text += data).on('error', reject).on('end', () => {
          resolve({status: response.statusCode, headers: response.headers, text, json: JSON.parse(text)});
        });
      });
      sent.end(JSON.stringify(body));
    });
    return within(40, `POST ${target} from ${localAddress} is answered`, answer);
  }

  /// Signs somebody up; the answer's body: {token, refreshToken, user, …}.
  async signUp(name) {
    const email = `${name.toLowerCase()}-${Math.random().toString(36).slice(2)}@example.org`;
    const password = `${name} likes long passwords`;
    const answer = await this.post('/api/auth/register', {email, password, name});
    if (answer.status !== 201) throw new Error(`sign-up of ${name}: ${answer.status} ${answer.text}`);
    return {...answer.json, email, password};
  }
}

/// A JWT made by hand: what a forger would send.
export function forge(header, claims, secret = jwtSecret) {
  const part = value => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part(header)}.${part(claims)}`;
  const signature = header.alg === 'none' ? '' : createHmac('sha256', secret).update(signed).digest('base64url');
  return `${signed}.${signature}`;
}
export const claimsOf = token => JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
