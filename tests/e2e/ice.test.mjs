// ICE servers: the credentials that callers are given open a relay on a real coturn, and nothing else does.
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import {after, before, test} from 'node:test';
import {Server, eventually, within} from './support/server.mjs';

const secret = 'a secret that only coturn and parleyd know';
let server, turn;

const freePort = () => new Promise((resolve, reject) => {
  const probe = net.createServer().on('error', reject).listen(0, '127.0.0.1', () => {
    const {port} = probe.address();
    probe.close(() => resolve(port));
  });
});

function run(program, args) {
  const child = spawn(program, args, {stdio: ['ignore', 'pipe', 'pipe']});
  child.out = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', data => child.out += data);
  child.failed = new Promise((_, reject) => child.on('error', reject));
  child.failed.catch(() => {});
  child.ended = new Promise(resolve => child.on('exit', code => resolve(code)));
  return child;
}

async function startTurn() {
  const port = await freePort();
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'parley-turn-'));
  const child = run('turnserver', [
    '-n', '--use-auth-secret', `--static-auth-secret=${secret}`, '--realm=parley.test', '--listening-ip=127.0.0.1',
    '--relay-ip=127.0.0.1', `--listening-port=${port}`, '--no-tls', '--no-dtls', '--no-cli', '--allow-loopback-peers',
    '--log-file=stdout', '--simple-log', `--pidfile=${home}/pid`, `--userdb=${home}/db`,
  ]);
  const answers = () => new Promise(resolve => {
    const tried = net.connect(port, '127.0.0.1', () => tried.destroy(resolve(true))).on('error', () => resolve(false));
  });
  await Promise.race([child.failed, eventually('coturn listens', answers, 20)]);
  return {port, child, home};
}

/// Whether somebody with these credentials is given a relay, and what they send comes through.
async function allocates(username, credential) {
  const client = run('turnutils_uclient', ['-n', '1', '-m', '1', '-c', '-y', '-u', username, '-w', credential,
                                           '-p', String(turn.port), '127.0.0.1']);
  const code = await within(60, 'the TURN client ends', Promise.race([client.failed, client.ended]));
  if (code !== 0) assert.match(client.out, /Cannot complete Allocation/);
  else assert.match(client.out, /Total lost packets 0 /);
  return code === 0;
}

before(async () => {
  turn = await startTurn();
  server = await Server.start({
    flags: ['--ice-stun-urls', `stun:127.0.0.1:${turn.port}`,
            '--ice-turn-urls', `turn:127.0.0.1:${turn.port}?transport=udp`, '--ice-turn-lifetime', '10m'],
    env: {PARLEY_ICE_TURN_SECRET: secret},
  });
});
after(async () => {
  turn.child.kill();
  await turn.child.ended;
  fs.rmSync(turn.home, {recursive: true, force: true});
  await server.stop();
});

test('who is signed in is relayed with the credentials they are given', async () => {
  const ada = await server.signUp('Ada');
  const {json, headers} = await server.get('/api/ice-servers', {token: ada.token});
  assert.equal(headers.get('cache-control'), 'no-store');
  const [stun, relay] = json.iceServers;
  assert.deepEqual(stun, {urls: [`stun:127.0.0.1:${turn.port}`]});
  assert.deepEqual(Object.keys(relay).sort(), ['credential', 'credentialType', 'urls', 'username']);
  const ends = Date.parse(json.expiresAt);
  assert.ok(Math.abs(ends - Date.now() - 600_000) < 30_000, json.expiresAt);
  assert.equal(relay.username, `${ends / 1000}:${ada.user.id}`);
  assert.ok(await allocates(relay.username, relay.credential));
});

test('a wrong password, a longer life and another name are worth nothing', async () => {
  const bob = await server.signUp('Bob');
  const {username, credential} = (await server.get('/api/ice-servers', {token: bob.token})).json.iceServers[1];
  const [ends, user] = username.split(':');
  assert.equal(await allocates(username, 'wrong'), false);
  assert.equal(await allocates(`${Number(ends) + 86400}:${user}`, credential), false);
  assert.equal(await allocates(`${ends}:u_somebody`, credential), false);
});

test('strangers and guests are told of STUN only', async () => {
  const guest = await server.post('/api/auth/guest', {name: 'Gast'});
  for (const token of [undefined, guest.json.token])
    assert.deepEqual((await server.get('/api/ice-servers', {token})).json,
                     {success: true, iceServers: [{urls: [`stun:127.0.0.1:${turn.port}`]}]});
  assert.equal((await server.get('/api/ice-servers', {token: 'forged'})).status, 401);
});
