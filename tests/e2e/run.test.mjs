// tools/run's own part, with a stand-in for the server: what it prints, what it passes on, what it cleans up. The build
// it finds is up to date, as after a first run.
import assert from 'node:assert/strict';
import {execFile, spawn} from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {after, before, test} from 'node:test';
import {promisify} from 'node:util';
import {eventually, within} from './support/server.mjs';

const run = promisify(execFile);
const root = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../..');
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'parley-run-'));
const data = path.join(home, 'data');

const standIn = `#!/usr/bin/env node
const args = process.argv.slice(2);
const code = Number(args[args.indexOf('--code') + 1] || 0) || 0;
process.on('SIGTERM', () => process.exit(code));
process.on('SIGINT', () => console.error('SIGINT came here'));
console.error('pid', process.pid, JSON.stringify(args), process.env.DATABASE_URL);
console.log('listening on http://127.0.0.1:7');
setInterval(() => {}, 1000);
`;

before(() => {
  fs.chmodSync(home, 0o755);
  fs.cpSync(path.join(root, 'tools'), path.join(home, 'tools'), {
    recursive: true, filter: source => fs.statSync(source).isFile() || source.endsWith('/tools')});
  fs.mkdirSync(path.join(home, 'build/release/bin'), {recursive: true});
  fs.writeFileSync(path.join(home, 'build/release/build.ninja'), 'build parleyd: phony\nbuild parley: phony\n');
  fs.writeFileSync(path.join(home, 'build/release/bin/parleyd'), standIn, {mode: 0o755});
});
after(async () => {
  await run(path.join(home, 'tools/postgres'), ['stop', path.join(data, 'postgres')]);
  fs.rmSync(home, {recursive: true, force: true});
});

const postgresRuns = () => run(path.join(home, 'tools/postgres'), ['status', path.join(data, 'postgres')])
  .then(() => true, () => false);

function start(...args) {
  const env = {...process.env};
  delete env.DATABASE_URL;
  const child = spawn(path.join(home, 'tools/run'), ['--data', data, ...args], {env, cwd: home});
  child.out = '';
  child.err = '';
  child.stdout.on('data', bytes => child.out += bytes);
  child.stderr.on('data', bytes => child.err += bytes);
  child.ended = new Promise(resolve => child.on('exit', (code, signal) => resolve({code, signal})));
  child.listening = () => eventually('the server listens', () => child.out.includes('\n') || child.exitCode !== null);
  child.serverPid = () => Number(/^pid (\d+)/m.exec(child.err)[1]);
  return child;
}
const end = child => within(40, 'tools/run ends', child.ended);

for (const signal of ['SIGTERM', 'SIGINT']) {
  test(`${signal} stops the server, then PostgreSQL, and the exit code is the server's`, async () => {
    const child = start('--port', '0', '--', '--code', '3');
    await child.listening();
    await eventually('PostgreSQL runs', postgresRuns, 30);
    child.kill(signal);
    assert.deepEqual(await end(child), {code: 3, signal: null});
    assert.equal(await postgresRuns(), false);
    assert.equal(child.out, 'listening on http://127.0.0.1:7\n', 'and nothing else on standard output');
    assert.match(child.err, /"--port","0","--code","3"/);
    assert.doesNotMatch(child.err, /SIGINT came here/, 'the server is told once, by SIGTERM');
  });
}
test('a second run on the same data is refused and leaves the first alone', async () => {
  const first = start();
  await first.listening();
  await eventually('PostgreSQL runs', postgresRuns, 30);
  const second = start();
  assert.equal((await end(second)).code, 1);
  assert.match(second.err, /in use/);
  assert.equal(await postgresRuns(), true);
  first.kill();
  assert.equal((await end(first)).code, 0);
});
test('a server that was killed leaves a directory that the next run takes', async () => {
  const first = start();
  await first.listening();
  process.kill(first.serverPid(), 'SIGKILL');
  assert.equal((await end(first)).code, 137);
  assert.equal(await postgresRuns(), false);
  const next = start();
  await next.listening();
  next.kill();
  assert.equal((await end(next)).code, 0);
});
test('a run that was itself killed holds its data until its server is gone too', async () => {
  const first = start();
  await first.listening();
  const server = first.serverPid();
  first.kill('SIGKILL');
  await end(first);
  assert.equal((await end(start())).code, 1, 'the server still writes there');
  process.kill(server, 'SIGKILL');
  const next = await eventually('the data is free', async () => {
    const child = start();
    await child.listening();
    return child.exitCode === null && child;
  });
  next.kill();
  assert.equal((await end(next)).code, 0);
  assert.equal(await postgresRuns(), false);
});
test('with DATABASE_URL no PostgreSQL is started', async () => {
  const elsewhere = path.join(home, 'elsewhere');
  const child = spawn(path.join(home, 'tools/run'), ['--data', elsewhere], {
    env: {...process.env, DATABASE_URL: 'host=/nowhere'}, stdio: ['ignore', 'pipe', 'ignore']});
  await new Promise(resolve => child.stdout.once('data', resolve));
  assert.equal(fs.existsSync(path.join(elsewhere, 'postgres')), false);
  assert.equal(fs.statSync(elsewhere).mode & 0o777, 0o711, 'others cannot look around in the data');
  const ended = new Promise(resolve => child.on('exit', resolve));
  child.kill();
  assert.equal(await ended, 0);
});
test('an unknown argument is refused with the usage', async () => {
  const child = start('--prot', '1');
  assert.equal((await end(child)).code, 2);
  assert.match(child.err, /unknown argument '--prot'[\s\S]*usage:/);
});
