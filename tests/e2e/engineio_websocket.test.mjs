// Engine.IO v4 over WebSockets, the way from polling to them with all its races, and the published client over each.
// After each test the server still answers.
import assert from 'node:assert/strict';
import {randomBytes} from 'node:crypto';
import {after, afterEach, before, test} from 'node:test';
import {Socket} from 'engine.io-client';
import {Conformance} from './support/conformance.mjs';
import {Frames, Polling, ask} from './support/engineio.mjs';
import {within} from './support/server.mjs';

let server, beating, at;
before(async () => {
  server = await Conformance.start();
  beating = await Conformance.start({pingInterval: 200, pingTimeout: 1500});
  at = `${server.url}/engine.io/`;
});
after(async () => {
  await server.stop();
  await beating.stop();
});
afterEach(async () => {
  const calm = await Polling.open(at);
  assert.equal((await calm.post('4calm')).text, 'ok');
  assert.deepEqual(await calm.packets(), ['4calm']);
  await calm.post('1');
});

const refused = (answer, code, message) => {
  assert.equal(answer.status, code === 4 ? 403 : 400);
  assert.deepEqual(JSON.parse(answer.text), {code, message});
};
const unknownSid = answer => refused(answer, 1, 'Session ID unknown');
const badRequest = answer => refused(answer, 3, 'Bad request');

// --- WebSocket -------------------------------------------------------------------------------------------------------

async function opened(query) {
  const frames = await Frames.open(at, query);
  assert.equal((await frames.next())[0], '0');
  return frames;
}
test('text comes back as text and bytes as bytes, without a type', async () => {
  const frames = await opened();
  const bytes = randomBytes(70_000);
  frames.send('4hello');
  frames.send(Buffer.from([1, 2, 3, 4]));
  frames.send('4');
  frames.send(Buffer.alloc(0));
  frames.send(bytes);
  assert.equal(await frames.next(), '4hello');
  assert.deepEqual(await frames.next(), Buffer.from([1, 2, 3, 4]));
  assert.equal(await frames.next(), '4');
  assert.deepEqual(await frames.next(), Buffer.alloc(0));
  assert.deepEqual(await frames.next(), bytes);
  frames.close();
});
test('base64 is taken on a WebSocket, too', async () => {
  const frames = await opened();
  frames.send('bAQIDBA==');
  assert.deepEqual(await frames.next(), Buffer.from([1, 2, 3, 4]));
  frames.close();
});
test('a client that asks for base64 gets bytes as base64 on its WebSocket', async () => {
  const frames = await opened('&b64=1');
  frames.send(Buffer.from([1, 2, 3, 4]));
  assert.equal(await frames.next(), 'bAQIDBA==');
  frames.close();
});
for (const stray of ['0', '0{}', '5', '6', '6x']) {
  test(`a stray ${stray} on an open WebSocket is ignored`, async () => {
    const frames = await opened();
    frames.send(stray);
    frames.send('4still here');
    assert.equal(await frames.next(), '4still here');
    frames.close();
  });
}
for (const [what, packet] of Object.entries({
  'an empty frame': '', 'a type that is none': '7', 'a letter': 'abc', 'a ping': '2',
  'a probe on an open session': '2probe', 'base64 that is none': 'b!', 'a goodbye': '1',
})) {
  test(`${what} ends a WebSocket's session`, async () => {
    const frames = await opened();
    frames.send(packet);
    await frames.end();
    assert.deepEqual(frames.arrived, []);
  });
}
test('a message beyond the agreed size closes with 1009', async () => {
  const frames = await opened();
  frames.send(`4${'x'.repeat(1_000_000)}`);
  assert.equal(await frames.end(), 1009);
});
test('a message of the agreed size comes back', async () => {
  const frames = await opened();
  frames.send(`4${'x'.repeat(999_999)}`);
  assert.equal((await frames.next()).length, 1_000_000);
  frames.close();
});
test('text that is not UTF-8 closes with 1007', async () => {
  const frames = await opened();
  frames.socket.send(Buffer.from([0x34, 0xc3, 0x28]), {binary: false});
  assert.equal(await frames.end(), 1007);
});
test('a session on a WebSocket answers no polls and no second WebSocket', async () => {
  const frames = await Frames.open(at);
  const {sid} = JSON.parse((await frames.next()).slice(1));
  const url = `${at}?EIO=4&transport=polling&sid=${sid}`;
  badRequest(await ask(url));
  badRequest(await ask(url, {method: 'POST', body: '4x'}));
  const second = await Frames.open(at, `&sid=${sid}`).catch(error => error);
  if (second instanceof Frames) await second.end('the second WebSocket is closed');
  frames.send('4still here');
  assert.equal(await frames.next(), '4still here');
  frames.close();
});

// --- upgrade ---------------------------------------------------------------------------------------------------------

async function probed(polling) {
  const frames = await polling.probe();
  frames.send('2probe');
  assert.equal(await frames.next(), '3probe');
  return frames;
}
async function upgraded() {
  const polling = await Polling.open(at);
  const frames = await probed(polling);
  frames.send('5');
  frames.send('4over'); // may follow at once
  assert.equal(await frames.next(), '4over');
  return {polling, frames};
}
test('a session moves from polling to a WebSocket, and what waited comes over it in order', async () => {
  const polling = await Polling.open(at);
  const frames = await probed(polling);
  await polling.post('4one\x1ebAQIDBA==\x1e4two');
  frames.send('5');
  frames.send('4three');
  assert.equal(await frames.next(), '4one');
  assert.deepEqual(await frames.next(), Buffer.from([1, 2, 3, 4]));
  assert.equal(await frames.next(), '4two');
  assert.equal(await frames.next(), '4three');
  frames.close();
});
test('a held poll is answered with a noop when a probe comes, and so is one that arrives during it', async () => {
  const polling = await Polling.open(at);
  const {answer} = await polling.hold();
  const frames = await probed(polling);
  assert.equal((await answer).text, '6');
  assert.deepEqual(await polling.packets(), ['6']);
  await polling.post('4buffered');
  assert.deepEqual(await polling.packets(), ['4buffered']);
  frames.send('5');
  frames.send('4x');
  assert.equal(await frames.next(), '4x');
  frames.close();
});
test('after the upgrade polls are refused and a second WebSocket is closed, and the session goes on', async () => {
  const {polling, frames} = await upgraded();
  badRequest(await polling.get());
  badRequest(await polling.post('4x'));
  const second = await polling.probe().catch(error => error);
  if (second instanceof Frames) await second.end('the second WebSocket is closed');
  frames.send('4still here');
  assert.equal(await frames.next(), '4still here');
  frames.close();
});
test('a second probe at the same time is closed and does not disturb the first', async () => {
  const polling = await Polling.open(at);
  const first = await probed(polling);
  const second = await polling.probe().catch(error => error);
  if (second instanceof Frames) await second.end('the second probe is closed');
  first.send('5');
  first.send('4x');
  assert.equal(await first.next(), '4x');
  first.close();
});
test('an upgrade that never comes leaves the client polling, and only the probe is closed', async () => {
  const polling = await Polling.open(at);
  const frames = await probed(polling);
  await frames.end('the late probe is closed');
  await polling.post('4still here');
  assert.deepEqual(await polling.packets(), ['4still here']);
  const again = await probed(polling); // and it may try again
  again.send('5');
  again.send('4x');
  assert.equal(await again.next(), '4x');
  again.close();
});
test('a probe that vanishes leaves the client polling', async () => {
  const polling = await Polling.open(at);
  const frames = await probed(polling);
  frames.close();
  await frames.end();
  await polling.post('4still here');
  assert.deepEqual(await polling.packets(), ['4still here']);
  const {answer} = await polling.hold(); // held again, no noops for ever
  await polling.post('4held');
  assert.equal((await answer).text, '4held');
});
for (const [what, packets] of Object.entries({
  'an upgrade without a probe': ['5'], 'a message': ['4x'], 'a ping without probe': ['2'],
  'a second probe packet': ['2probe', '2probe'], 'an empty frame': [''], 'a goodbye': ['1'], 'bytes': [Buffer.from([1])],
  'a type that is none': ['9'],
})) {
  test(`${what} on a probe closes the probe and leaves the session`, async () => {
    const polling = await Polling.open(at);
    const frames = await polling.probe();
    for (const packet of packets) frames.send(packet);
    await frames.end('the probe is closed');
    await polling.post('4still here');
    assert.deepEqual(await polling.packets(), ['4still here']);
  });
}
test('a probe without a session is closed', async () => {
  const frames = await opened();
  frames.send('2probe');
  await frames.end();
});
test('a goodbye by POST during a probe ends both', async () => {
  const polling = await Polling.open(at);
  const frames = await probed(polling);
  await polling.post('1');
  await frames.end('the probe is closed');
  unknownSid(await polling.get());
});
test('a session that was told to go is not brought back by an upgrade', async () => {
  const polling = await Polling.open(at);
  const frames = await probed(polling);
  assert.equal((await polling.post('4x', {'content-type': 'application/octet-stream'})).status, 400);
  frames.send('5');
  frames.send('3');
  frames.send('4x');
  await frames.end('the WebSocket is closed');
  assert.ok(!frames.arrived.includes('4x'));
});
test('a WebSocket that dies after the upgrade takes the session with it', async () => {
  const {polling, frames} = await upgraded();
  frames.close();
  await within(15, 'the session is gone', (async () => {
    while (JSON.parse((await polling.get()).text).code !== 1) await new Promise(resolve => setTimeout(resolve, 20));
  })());
});

// --- the published client --------------------------------------------------------------------------------------------

async function echoes(transports, {upgrades = false, options = {}} = {}) {
  const socket = new Socket(server.url, {path: '/engine.io/', transports, ...options});
  socket.binaryType = 'arraybuffer';
  const came = [];
  let wake = () => {};
  socket.on('message', data => { came.push(data); wake(); });
  const failed = new Promise((_, reject) => socket.on('close', why => reject(new Error(why))));
  failed.catch(() => {});
  const on = name =>
    within(20, `the client's ${name}`, Promise.race([failed, new Promise(resolve => socket.on(name, resolve))]));
  const upgrade = on('upgrade');
  upgrade.catch(() => {});
  await on('open');
  const messages = ['text', '\u00e4\u20ac\u{1f600}', new Uint8Array([0, 1, 2, 255]), 'x'.repeat(100_000),
                    new Uint8Array(randomBytes(100_000))];
  for (const message of messages) socket.send(message);
  if (upgrades) await upgrade;
  for (const message of messages) socket.send(message);
  await within(20, 'all come back', Promise.race([failed, (async () => {
    while (came.length < 2 * messages.length) await new Promise(resolve => wake = resolve);
  })()]));
  const plain = data => typeof data === 'string' ? data : Buffer.from(data).toString('hex');
  assert.deepEqual(came.map(plain), [...messages, ...messages].map(plain));
  assert.equal(socket.transport.name, upgrades ? 'websocket' : transports[0]);
  const closed = new Promise(resolve => socket.on('close', resolve));
  socket.close();
  await within(20, 'the client closes', closed);
}
test('engine.io-client gets all back over polling', () => echoes(['polling']));
test('engine.io-client gets all back over a WebSocket', () => echoes(['websocket']));
test('engine.io-client gets all back across its upgrade', () => echoes(['polling', 'websocket'], {upgrades: true}));
test('engine.io-client gets all back as base64', () => echoes(['polling'], {options: {forceBase64: true}}));
test('engine.io-client gets all back without a trailing slash', () =>
  echoes(['polling', 'websocket'], {upgrades: true, options: {addTrailingSlash: false}}));
test('engine.io-client stays through many heartbeats on either transport', async () => {
  for (const transport of ['polling', 'websocket']) {
    const socket = new Socket(beating.url, {path: '/engine.io/', transports: [transport]});
    let pings = 0;
    await within(20, 'five pings', new Promise((resolve, reject) => {
      socket.on('ping', () => { if (++pings === 5) resolve(); });
      socket.on('close', why => reject(new Error(why)));
    }));
    socket.removeAllListeners('close');
    socket.close();
  }
});
