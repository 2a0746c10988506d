// The PeerJS server as its clients find it, and as those find it who would be somebody else. After each test two peers
// who were there before still reach each other.
import assert from 'node:assert/strict';
import {after, afterEach, before, test} from 'node:test';
import {ask} from './support/engineio.mjs';
import {Peer, fresh} from './support/peer.mjs';
import {Server, eventually, forge, within} from './support/server.mjs';

const page = 'https://front.example';
let server, open, ada, bob, lines = 0;
before(async () => {
  Peer.server = server = await Server.start({flags: ['--auth-cors-origins', page]});
  ada = await Peer.open('calm-ada');
  bob = await Peer.open('calm-bob');
});
after(async () => {
  await server.stop();
  await open?.stop();
});
afterEach(async () => {
  const payload = `undisturbed ${++lines}`;
  ada.send({type: 'OFFER', dst: bob.id, payload});
  assert.deepEqual(await bob.next(), {type: 'OFFER', src: ada.id, dst: bob.id, payload});
});


async function refused(query, answer, options) {
  const peer = await Peer.connect(query, options);
  assert.deepEqual(await peer.next(), answer);
  await peer.end();
  assert.deepEqual(peer.heard, []);
}
const taken = {type: 'ID-TAKEN', payload: {msg: 'ID is taken'}};
const isTaken = (id, token, options) => refused({key: 'peerjs', id, token}, taken, options);

// --- HTTP ------------------------------------------------------------------------------------------------------------

for (const path of ['/peerjs/id', '/peerjs/peerjs/id', '/peerjs/id?ts=17&version=1.5.5']) {
  test(`${path} gives a new id each time, bare`, async () => {
    const [one, other] = [await ask(server.url + path), await ask(server.url + path)];
    for (const answer of [one, other]) {
      assert.equal(answer.status, 200);
      assert.match(answer.headers['content-type'], /^text\/html/);
      assert.match(answer.text, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
    assert.notEqual(one.text, other.text);
  });
}
for (const path of ['/peerjs/peers', '/peerjs/peerjs/peers'])
  test(`${path} tells nobody who is there`, async () => {
    const answer = await ask(server.url + path);
    assert.equal(answer.status, 401);
    assert.doesNotMatch(answer.text, /calm-ada/);
  });
test('the peers are listed where discovery is on', async () => {
  const closed = server;
  open = Peer.server = server = await Server.start({flags: ['--peerjs-discovery', 'true']});
  try {
    const peers = [await Peer.open('b'), await Peer.open('a')];
    for (const path of ['/peerjs/peers', '/peerjs/peerjs/peers'])
      assert.deepEqual(JSON.parse((await ask(server.url + path)).text), ['a', 'b']);
    await peers[0].close();
    await eventually('who left is not listed', async () => (await ask(`${server.url}/peerjs/peers`)).text === '["a"]');
    await peers[1].close();
  } finally {
    Peer.server = server = closed;
  }
});
for (const path of ['/peerjs', '/peerjs/'])
  test(`${path} says what this is`, async () => {
    const answer = await ask(server.url + path);
    assert.equal(answer.status, 200);
    assert.match(answer.headers['content-type'], /^application\/json/);
    assert.deepEqual(Object.keys(JSON.parse(answer.text)).sort(), ['description', 'name', 'website']);
  });
test('an allowed page may read all of it, another one none', async () => {
  for (const path of ['/peerjs/id', '/peerjs/peers', '/peerjs/']) {
    for (const [origin, allowed] of [[page, page], ['https://evil.example', undefined]]) {
      const answer = await ask(server.url + path, {headers: {origin}});
      assert.equal(answer.headers['access-control-allow-origin'], allowed, path);
    }
  }
});
test('an unknown path below is 404', async () => assert.equal((await ask(`${server.url}/peerjs/nothing`)).status, 404));
for (const path of ['/peerjs/identity', '/peerjs/ids', '/peerjs/peersx'])
  test(`${path} is not mistaken for another path`, async () =>
    assert.equal((await ask(server.url + path)).status, 404));

// --- coming in -------------------------------------------------------------------------------------------------------

for (const path of ['/peerjs', '/peerjs/peerjs'])
  test(`a peer is told OPEN at ${path}`, async () => (await Peer.open(fresh(), {path})).close());

const complete = {key: 'peerjs', id: 'nobody', token: 'secret'};
for (const name of ['key', 'id', 'token'])
  for (const [how, value] of [['without', undefined], ['with an empty', '']])
    test(`a peer ${how} ${name} is told so and closed`, () =>
      refused({...complete, [name]: value},
              {type: 'ERROR', payload: {msg: 'No id, token, or key supplied to websocket server'}}));
test('a wrong key is told so and closed', () =>
  refused({...complete, key: 'other'}, {type: 'ERROR', payload: {msg: 'Invalid key provided'}}));
for (const name of ['id', 'token'])
  test(`an endless ${name} is refused`, async () => {
    const peer = await Peer.connect({...complete, [name]: 'x'.repeat(5000)});
    assert.equal((await peer.next()).type, 'ERROR');
    await peer.end();
  });
test('a foreign page opens no peer', async () => {
  const refusal = await Peer.connect(complete, {headers: {origin: 'https://evil.example'}}).catch(error => error);
  assert.match(refusal.message, /403/);
  await (await Peer.open(fresh(), {headers: {origin: page}})).close();
});
test('an id in use is taken for who has another token', async () => {
  const peer = await Peer.open();
  await isTaken(peer.id, 'guessed');
  await peer.settled();
  await peer.close();
});
test('an id is free again once its peer is gone', async () => {
  const peer = await Peer.open();
  await peer.close();
  await eventually('the id is free', async () => {
    const next = await Peer.connect({key: 'peerjs', id: peer.id, token: 'of another'});
    const first = await next.next();
    await (first.type === 'OPEN' ? next.close() : next.end());
    return first.type === 'OPEN';
  });
});
test('who has the same token takes the place, without another OPEN', async () => {
  const first = await Peer.open();
  const second = await Peer.connect({key: 'peerjs', id: first.id, token: `secret of ${first.id}`});
  await first.end('the first is closed');
  ada.send({type: 'OFFER', dst: first.id, payload: 1});
  assert.deepEqual(await second.next(), {type: 'OFFER', src: ada.id, dst: first.id, payload: 1});
  await second.settled();
  await second.close();
});
test('a replaced connection that dies late does not take the id away', async () => {
  const id = fresh();
  const all = [await Peer.open(id)];
  for (let i = 0; i < 20; ++i) all.push(await Peer.connect({key: 'peerjs', id, token: `secret of ${id}`}));
  const last = all.pop();
  for (const each of all) await each.end();
  await last.settled();
  await isTaken(id, 'guessed');
  await last.close();
});

// --- relaying --------------------------------------------------------------------------------------------------------

for (const type of ['OFFER', 'ANSWER', 'CANDIDATE', 'LEAVE', 'EXPIRE']) {
  test(`${type} reaches the other in the sender's name, whatever it says it is`, async () => {
    const peer = await Peer.open();
    const payload = {sdp: {type: 'offer', sdp: 'v=0\r\n'}, connectionId: 'dc_1', deep: [null, {a: '\u00e4\u{1f600}'}]};
    peer.send({type, src: bob.id, dst: ada.id, payload, more: 'dropped'});
    assert.deepEqual(await ada.next(), {type, src: peer.id, dst: ada.id, payload});
    await peer.close();
  });
}
test('what has no payload arrives without one', async () => {
  bob.send({type: 'LEAVE', dst: ada.id});
  assert.deepEqual(await ada.next(), {type: 'LEAVE', src: bob.id, dst: ada.id});
});
test('payloads of any kind arrive as they are', async () => {
  for (const payload of [null, 0, false, '', [], {}, 'text', 1.5, {__proto__x: 1}, 'x'.repeat(50_000)]) {
    bob.send({type: 'OFFER', dst: ada.id, payload});
    assert.deepEqual((await ada.next()).payload, payload);
  }
});
test('messages of one peer arrive in their order', async () => {
  for (let i = 0; i < 40; ++i) bob.send({type: 'CANDIDATE', dst: ada.id, payload: i});
  for (let i = 0; i < 40; ++i) assert.equal((await ada.next()).payload, i);
});
test('a peer may write to itself', async () => {
  bob.send({type: 'OFFER', dst: bob.id, payload: 1});
  assert.deepEqual(await bob.next(), {type: 'OFFER', src: bob.id, dst: bob.id, payload: 1});
});
test('ids are any text', async () => {
  for (const id of ['a b', '\u00e4\u{1f600}', '"', '\\', '<script>', "'; DROP TABLE peers; --", '__proto__']) {
    const peer = await Peer.open(id);
    ada.send({type: 'OFFER', dst: id, payload: 1});
    assert.deepEqual(await peer.next(), {type: 'OFFER', src: ada.id, dst: id, payload: 1});
    await peer.close();
  }
});
const ignored = {
  'a heartbeat': {type: 'HEARTBEAT'},
  'a type that is none': {type: 'BOGUS', dst: 'calm-ada', payload: 1},
  'a type of the server\'s': {type: 'OPEN', dst: 'calm-ada'},
  'an error by a peer': {type: 'ERROR', dst: 'calm-ada', payload: {msg: 'x'}},
  'a type in small letters': {type: 'offer', dst: 'calm-ada'},
  'an offer to nobody': {type: 'OFFER', payload: 1},
  'an offer to an empty id': {type: 'OFFER', dst: '', payload: 1},
  'an offer to null': {type: 'OFFER', dst: null, payload: 1},
};
const malformed = {
  'text that is not JSON': '{"type": "OFFER", ', 'an empty frame': '', 'a list': '[]', 'null': 'null', 'a number': '7',
  'an object without type': '{}', 'a type that is a number': '{"type":7}',
  'a destination that is an object': '{"type":"OFFER","dst":{}}',
  'a destination without end': JSON.stringify({type: 'OFFER', dst: 'd'.repeat(5000)}),
  'deep nesting': `{"type":"OFFER","dst":"calm-ada","payload":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
};
for (const [what, message] of [...Object.entries(ignored), ...Object.entries(malformed)]) {
  test(`${what} is answered by nothing and hurts nobody`, async () => {
    const peer = await Peer.open();
    peer.send(message);
    await peer.settled();
    assert.deepEqual([peer.heard, ada.heard], [[], []]);
    await peer.close();
  });
}
test('bytes hurt nobody', async () => {
  const peer = await Peer.open();
  peer.socket.send(Buffer.from(JSON.stringify({type: 'OFFER', dst: ada.id, payload: 'bytes'})));
  await peer.settled();
  await peer.close();
  ada.heard = [];
});
test('who sends nothing but nonsense is closed', async () => {
  const peer = await Peer.open();
  for (let i = 0; i < 200; ++i) peer.send('nonsense');
  await peer.end();
});
test('text that is not UTF-8 is passed to nobody', async () => {
  const peer = await Peer.open();
  const parts = JSON.stringify({type: 'OFFER', dst: ada.id, payload: '?'}).split('?');
  peer.socket.send(Buffer.concat([Buffer.from(parts[0]), Buffer.from([0xc3, 0x28]), Buffer.from(parts[1])]), {binary: false});
  assert.equal(await peer.end(), 1007);
  assert.deepEqual(ada.heard, []);
});
test('a giant message closes with 1009', async () => {
  const peer = await Peer.open();
  // Not so large that the server stops reading before all of it is sent: what is then lost is the close frame.
  peer.send({type: 'OFFER', dst: ada.id, payload: 'x'.repeat(200_000)});
  assert.equal(await peer.end(), 1009);
});
test('a flood is cut, and who was flooded goes on', async () => {
  const peer = await Peer.open();
  const flood = JSON.stringify({type: 'CANDIDATE', dst: ada.id, payload: 'flood'});
  for (let i = 0; i < 50_000; ++i) peer.send(flood);
  await peer.end('the flood is cut');
  await ada.settled();
  ada.heard = [];
});

// --- who is not there ------------------------------------------------------------------------------------------------

test('what is sent to who is not there yet waits, in order, behind OPEN', async () => {
  const id = fresh();
  for (let i = 0; i < 5; ++i) bob.send({type: ['OFFER', 'CANDIDATE', 'ANSWER'][i % 3], dst: id, payload: i});
  await bob.settled();
  const late = await Peer.open(id);
  for (let i = 0; i < 5; ++i)
    assert.deepEqual(await late.next(),
                     {type: ['OFFER', 'CANDIDATE', 'ANSWER'][i % 3], src: bob.id, dst: id, payload: i});
  await late.close();
});
test('LEAVE and EXPIRE do not wait', async () => {
  const id = fresh();
  bob.send({type: 'LEAVE', dst: id, payload: 1});
  bob.send({type: 'EXPIRE', dst: id, payload: 1});
  await bob.settled();
  const late = await Peer.open(id);
  await late.settled();
  assert.deepEqual(late.heard, []);
  await late.close();
});
test('what nobody fetched expires, and its sender is told once for each absent peer', async () => {
  const sender = await Peer.open(), other = await Peer.open();
  const [one, two] = [fresh(), fresh()];
  for (let i = 0; i < 3; ++i) sender.send({type: 'CANDIDATE', dst: one, payload: i});
  sender.send({type: 'OFFER', dst: two, payload: 1});
  other.send({type: 'OFFER', dst: one, payload: 1});
  await sender.settled();
  const told = [await sender.next(), await sender.next()].sort((a, b) => a.src < b.src ? -1 : 1);
  assert.deepEqual(told, [one, two].sort().map(src => ({type: 'EXPIRE', src, dst: sender.id})));
  assert.deepEqual(await other.next(), {type: 'EXPIRE', src: one, dst: other.id});
  await sender.settled();
  await other.settled();
  assert.deepEqual([sender.heard, other.heard], [[], []]);
  const late = await Peer.open(one);
  await late.settled();
  assert.deepEqual(late.heard, []);
  for (const peer of [sender, other, late]) await peer.close();
});
test('what was fetched does not expire', async () => {
  const sender = await Peer.open(), id = fresh(), absent = fresh();
  sender.send({type: 'OFFER', dst: id, payload: 1});
  const late = await Peer.open(id);
  await late.next();
  sender.send({type: 'OFFER', dst: absent, payload: 1}); // expires after the other would have
  assert.deepEqual(await sender.next(), {type: 'EXPIRE', src: absent, dst: sender.id});
  assert.deepEqual(sender.heard, []);
  await sender.close();
  await late.close();
});
test('what waits for one peer is bounded, and its sender is told', async () => {
  const sender = await Peer.open(), id = fresh();
  for (let i = 0; i < 64; ++i) bob.send({type: 'CANDIDATE', dst: id, payload: i});
  await bob.settled();
  sender.send({type: 'CANDIDATE', dst: id, payload: 'too much'});
  assert.deepEqual(await sender.next(), {type: 'EXPIRE', src: id, dst: sender.id});
  const late = await Peer.open(id);
  await late.settled();
  assert.deepEqual(late.heard.map(message => message.payload), Array.from({length: 64}, (_, i) => i));
  await sender.close();
  await late.close();
});
test('who has left is not reached, and speaks for nobody', async () => {
  const peer = await Peer.open();
  peer.send({type: 'LEAVE'});
  const heir = await within(20, 'the id is free', (async () => {
    for (;;) {
      const next = await Peer.connect({key: 'peerjs', id: peer.id, token: 'of the heir'});
      if ((await next.next()).type === 'OPEN') return next;
      await next.end();
    }
  })());
  if (!peer.isClosed) {
    peer.send({type: 'OFFER', dst: ada.id, payload: 'I am the heir'});
    peer.socket.ping();
    const looked = new Promise(resolve => peer.socket.once('pong', resolve));
    await within(20, 'it was looked at', Promise.race([peer.closed, looked]));
  }
  await ada.settled();
  assert.deepEqual(ada.heard.splice(0), []);
  await heir.close();
  peer.socket.terminate();
});

// --- ids of who is signed in -----------------------------------------------------------------------------------------

test('an id of somebody signed in is theirs from any device, and nobody else\'s', async () => {
  const [carol, dave] = [await server.signUp('Carol'), await server.signUp('Dave')];
  const id = fresh();
  const phone = await Peer.open(id, {token: carol.token});
  await isTaken(id, 'guessed');
  await isTaken(id, dave.token);
  const login = await server.post('/api/auth/login', {email: carol.email, password: carol.password});
  const laptop = await Peer.open(id, {token: login.json.token});
  await phone.end('the phone gives way');
  ada.send({type: 'OFFER', dst: id, payload: 1});
  assert.equal((await laptop.next()).payload, 1);
  await laptop.close();
  for (const token of ['guessed', dave.token]) await isTaken(id, token); // also while nobody holds it
  await (await Peer.open(id, {token: carol.token})).close();
});
test('a user\'s own id is that user\'s, also before it was ever used', async () => {
  const [carol, dave] = [await server.signUp('Carol'), await server.signUp('Dave')];
  await isTaken(carol.id, 'guessed');
  await isTaken(carol.id, dave.token);
  await (await Peer.open(carol.id, {token: carol.token})).close();
  await isTaken(carol.id, dave.token);
});
test('the token cookie says as well who somebody is', async () => {
  const [carol, dave] = [await server.signUp('Carol'), await server.signUp('Dave')];
  const headers = {cookie: `token=${carol.token}`, origin: page};
  await (await Peer.open(carol.id, {token: 'random of the client', headers})).close();
  await isTaken(carol.id, 'random of the client');
  await isTaken(carol.id, 'random of the client', {headers: {cookie: `token=${dave.token}`, origin: page}});
});
test('a forged token says nothing', async () => {
  const carol = await server.signUp('Carol');
  const claims = {sub: carol.id, userId: carol.id, iss: 'parley', exp: Math.floor(Date.now() / 1000) + 3600};
  for (const token of [forge({alg: 'HS256', typ: 'JWT'}, claims, 'another secret'), forge({alg: 'none'}, claims),
                       carol.refreshToken, `${carol.token}x`])
    await isTaken(carol.id, token);
});
test('a stranger who was first keeps the id while connected, not longer', async () => {
  const carol = await server.signUp('Carol'), id = fresh();
  const stranger = await Peer.open(id);
  await isTaken(id, carol.token);
  await stranger.close();
  const mine = await within(20, 'the id is free', (async () => {
    for (;;) {
      const next = await Peer.connect({key: 'peerjs', id, token: carol.token});
      if ((await next.next()).type === 'OPEN') return next;
      await next.end();
    }
  })());
  await isTaken(id, `secret of ${id}`);
  await mine.close();
  await isTaken(id, `secret of ${id}`);
});
