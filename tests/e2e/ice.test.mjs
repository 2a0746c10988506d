// ICE servers: the credentials that callers are given open a relay on a real coturn, and nothing else does.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {Server, within} from './support/server.mjs';
import {run, startTurn, turnSecret} from './support/turn.mjs';

let server, turn;

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
    env: {PARLEY_ICE_TURN_SECRET: turnSecret},
  });
});
after(async () => {
  await turn.stop();
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
