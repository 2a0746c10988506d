// A real coturn that knows the secret of the server under test.
import {spawn} from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import {eventually} from './server.mjs';

export const turnSecret = 'a secret that only coturn and parleyd know';

const freePort = () => new Promise((resolve, reject) => {
  const probe = net.createServer().on('error', reject).listen(0, '127.0.0.1', () => {
    const {port} = probe.address();
    probe.close(() => resolve(port));
  });
});

/// A program whose output is kept in `out`; `ended` resolves with its exit code.
export function run(program, args) {
  const child = spawn(program, args, {stdio: ['ignore', 'pipe', 'pipe']});
  child.out = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', data => child.out += data);
  child.failed = new Promise((_, reject) => child.on('error', reject));
  child.failed.catch(() => {});
  child.ended = new Promise(resolve => child.on('exit', code => resolve(code)));
  return child;
}

export async function startTurn() {
  const port = await freePort();
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'parley-turn-'));
  const child = run('turnserver', [
    '-n', '--use-auth-secret', `--static-auth-secret=${turnSecret}`, '--realm=parley.test', '--listening-ip=127.0.0.1',
    '--relay-ip=127.0.0.1', `--listening-port=${port}`, '--no-tls', '--no-dtls', '--no-cli', '--allow-loopback-peers',
    '--log-file=stdout', '--simple-log', `--pidfile=${home}/pid`, `--userdb=${home}/db`,
  ]);
  const answers = () => new Promise(resolve => {
    const tried = net.connect(port, '127.0.0.1', () => tried.destroy(resolve(true))).on('error', () => resolve(false));
  });
  await Promise.race([child.failed, eventually('coturn listens', answers, 20)]);
  const stop = async () => {
    child.kill();
    await child.ended;
    fs.rmSync(home, {recursive: true, force: true});
  };
  return {port, child, stop};
}
