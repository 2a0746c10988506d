// Engine.IO v4 as published clients speak it and as nobody should: polling, WebSockets, and the way from the one to the
// other. After each test the server still answers.
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

// --- handshake -------------------------------------------------------------------------------------------------------

test('a handshake over polling has exactly the four agreed keys and a way to upgrade', async () => {
  const {handshake} = await Polling.open(at);
  const {sid, ...rest} = handshake;
  assert.deepEqual(Object.keys(handshake), ['sid', 'upgrades', 'pingInterval', 'pingTimeout', 'maxPayload']);
  assert.deepEqual(rest, {upgrades: ['websocket'], pingInterval: 3_600_000, pingTimeout: 3_600_000, maxPayload: 1_000_000});
  assert.match(sid, /^[A-Za-z0-9_-]{20}$/);
});
test('a handshake over a WebSocket is its first frame and offers no upgrade', async () => {
  const frames = await Frames.open(at);
  const first = await frames.next();
  const handshake = JSON.parse(first.slice(1));
  assert.equal(first[0], '0');
  assert.deepEqual(handshake.upgrades, []);
  assert.equal(handshake.maxPayload, 1_000_000);
  assert.match(handshake.sid, /^[A-Za-z0-9_-]{20}$/);
  frames.close();
});
test('no two sessions have the same id', async () => {
  const sids = await Promise.all(Array.from({length: 50}, async () => (await Polling.open(at)).sid));
  assert.equal(new Set(sids).size, 50);
});
test('parameters of the application and a cache buster disturb nothing', async () => {
  const polling = await Polling.open(at, {query: '&t=PXhf3a.0&room=a%20b&b64=1'});
  assert.equal((await ask(`${polling.url}&t=PXhf3b`, {method: 'POST', body: '4x'})).text, 'ok');
  assert.equal((await ask(`${polling.url}&t=PXhf3c`)).text, '4x');
});
test('the path is served without its trailing slash, too', async () => {
  const polling = await Polling.open(`${server.url}/engine.io`);
  await polling.post('4x');
  assert.deepEqual(await polling.packets(), ['4x']);
  (await Frames.open(`${server.url}/engine.io`)).close();
});

const refusals = {
  'without a transport': ['EIO=4', 0, 'Transport unknown'],
  'with a transport that is none': ['EIO=4&transport=carrier-pigeon', 0, 'Transport unknown'],
  'with an empty transport': ['EIO=4&transport=', 0, 'Transport unknown'],
  'with a sid that is nobody\'s': [`EIO=4&transport=polling&sid=${'A'.repeat(20)}`, 1, 'Session ID unknown'],
  'with a sid that can be none': ['EIO=4&transport=polling&sid=..%2f..%2f', 1, 'Session ID unknown'],
  'with a very long sid': [`EIO=4&transport=polling&sid=${'s'.repeat(4000)}`, 1, 'Session ID unknown'],
  'without a version': ['transport=polling', 5, 'Unsupported protocol version'],
  'of version 3': ['EIO=3&transport=polling', 5, 'Unsupported protocol version'],
  'of a version that is no number': ['EIO=abc&transport=polling', 5, 'Unsupported protocol version'],
  'for a WebSocket that asks for no upgrade': ['EIO=4&transport=websocket', 3, 'Bad request'],
};
for (const [what, [query, code, message]] of Object.entries(refusals))
  test(`a request ${what} is refused with code ${code}`, async () => refused(await ask(`${at}?${query}`), code, message));
for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'])
  test(`a handshake by ${method} is refused with code 2`, async () =>
    refused(await ask(`${at}?EIO=4&transport=polling`, {method, body: ''}), 2, 'Bad handshake method'));
test('a method other than GET and POST on a session is refused and does not disturb it', async () => {
  const polling = await Polling.open(at);
  for (const method of ['PUT', 'DELETE', 'PATCH']) assert.equal((await ask(polling.url, {method, body: ''})).status, 400);
  await polling.post('4still here');
  assert.deepEqual(await polling.packets(), ['4still here']);
});

const refusedUpgrades = {
  'with a sid that is nobody\'s': [`&sid=${'A'.repeat(20)}`, 1],
  'with a sid that can be none': ['&sid=..%2f..%2f', 1],
  'with another transport': ['&transport=polling', 3],
  'of version 3': ['&EIO=3', 5],
};
for (const [what, [query, code]] of Object.entries(refusedUpgrades)) {
  test(`a WebSocket handshake ${what} is refused before it is one`, async () => {
    const parameters = new URLSearchParams('EIO=4&transport=websocket');
    for (const [name, value] of new URLSearchParams(query)) parameters.set(name, value);
    const refusal = await Frames.open(`${at}?${parameters}&ignore=`).then(() => assert.fail('it opened'), error => error);
    assert.equal(refusal.status, 400, refusal.message);
    assert.equal(JSON.parse(refusal.text).code, code);
    assert.equal(refusal.headers.connection.toLowerCase(), 'close');
  });
}

// --- polling ---------------------------------------------------------------------------------------------------------

test('a poll is answered with the agreed headers and a POST with ok', async () => {
  const polling = await Polling.open(at);
  const posted = await polling.post('4hello');
  assert.deepEqual([posted.status, posted.headers['content-type'], posted.text], [200, 'text/html', 'ok']);
  const polled = await polling.get();
  assert.deepEqual([polled.status, polled.text], [200, '4hello']);
  assert.equal(polled.headers['content-type'], 'text/plain; charset=UTF-8');
  assert.equal(polled.headers['cache-control'], 'no-store');
});
test('a poll is held until there is something to say', async () => {
  const polling = await Polling.open(at);
  const {answer} = await polling.hold();
  let answered = false;
  answer.then(() => answered = true);
  assert.equal(answered, false);
  await polling.post('4now');
  assert.equal((await answer).text, '4now');
});
test('several packets of a payload come back in their order, text and bytes', async () => {
  const polling = await Polling.open(at);
  const bytes = randomBytes(1000).toString('base64');
  const packets = ['4one', '4', `b${bytes}`, '4\u00e4\u20ac\u{1f600}', 'bAQIDBA==', 'b', '4{"a":"\\u001e"}'];
  await polling.post(packets.join('\x1e'));
  assert.deepEqual(await polling.packets(), packets);
});
test('messages that nobody polls for wait in their order', async () => {
  const polling = await Polling.open(at);
  const sent = Array.from({length: 200}, (_, i) => `4${i}`);
  for (const packet of sent) await polling.post(packet);
  assert.deepEqual(await polling.packets(), sent);
});

const badPayloads = {
  'an empty body': '',
  'a type that is none': '7x',
  'a letter as its type': 'abc',
  'an empty packet at its end': '4x\x1e',
  'an empty packet at its beginning': '\x1e4x',
  'two separators in a row': '4x\x1e\x1e4y',
  'base64 that is none': 'b!!!!',
  'base64 cut short': 'bAQIDB',
  'base64 with a line break': 'bAQID\nBA==',
  'more packets than any client sends': Array(100_000).fill('4').join('\x1e'),
};
for (const [what, body] of Object.entries(badPayloads)) {
  test(`a payload with ${what} is refused and ends the session`, async () => {
    const polling = await Polling.open(at);
    const {answer} = await polling.hold();
    badRequest(await polling.post(body));
    assert.deepEqual([(await answer).status, (await answer).text], [200, '1']);
    unknownSid(await polling.get());
    unknownSid(await polling.post('4x'));
  });
}
test('a ping from a polling client ends the session: it is the server that pings', async () => {
  const polling = await Polling.open(at);
  const {answer} = await polling.hold();
  await polling.post('2');
  assert.equal((await answer).text, '1');
  unknownSid(await polling.get());
});
test('a second poll at the same time ends the session', async () => {
  const polling = await Polling.open(at);
  const {answer} = await polling.hold();
  badRequest(await polling.get());
  assert.deepEqual([(await answer).status, (await answer).text], [200, '1']);
  unknownSid(await polling.get());
});
test('a poll that its client aborts ends the session', async () => {
  const polling = await Polling.open(at);
  const abort = new AbortController();
  const {answer} = await polling.hold({signal: abort.signal});
  abort.abort();
  await assert.rejects(answer, {name: 'AbortError'});
  await within(15, 'the session is gone', (async () => {
    for (;;) {
      const posted = await polling.post('4x');
      if (posted.status === 400) return unknownSid(posted);
    }
  })());
  unknownSid(await polling.get());
});
test('a client that says goodbye has its poll answered with a noop, and is gone', async () => {
  const polling = await Polling.open(at);
  const {answer} = await polling.hold();
  assert.deepEqual([(await polling.post('1')).status], [200]);
  assert.deepEqual([(await answer).status, (await answer).text], [200, '6']);
  unknownSid(await polling.get());
  unknownSid(await polling.post('4x'));
});
test('what follows a goodbye in the same payload is not taken', async () => {
  const polling = await Polling.open(at);
  const {answer} = await polling.hold();
  assert.equal((await polling.post('1\x1e4late')).text, 'ok');
  assert.equal((await answer).text, '6');
  unknownSid(await polling.get());
});
test('a POST of bytes is refused and ends the session', async () => {
  const polling = await Polling.open(at);
  const {answer} = await polling.hold();
  assert.equal((await polling.post('4x', {'content-type': 'application/octet-stream'})).status, 400);
  assert.equal((await answer).text, '1');
  unknownSid(await polling.get());
});
test('a POST without a content type, or of another text, is taken', async () => {
  const polling = await Polling.open(at);
  assert.equal((await polling.post('4x', {})).text, 'ok');
  assert.equal((await polling.post('4y', {'content-type': 'text/plain'})).text, 'ok');
  assert.deepEqual(await polling.packets(), ['4x', '4y']);
});
test('a payload of the agreed size is taken', async () => {
  const polling = await Polling.open(at);
  const packet = `4${'x'.repeat(999_999)}`;
  assert.equal((await polling.post(packet)).text, 'ok');
  assert.deepEqual(await polling.packets(), [packet]);
});
for (const size of [1_000_001, 3_000_000]) {
  test(`a payload of ${size} bytes is refused with 413, and the next poll says goodbye`, async () => {
    const polling = await Polling.open(at);
    assert.equal((await polling.post(`4${'x'.repeat(size - 1)}`)).status, 413);
    assert.deepEqual(await polling.packets(), ['1']);
    unknownSid(await polling.get());
  });
}
test('a chunked payload beyond the agreed size is refused as well', async () => {
  const polling = await Polling.open(at);
  const headers = {'transfer-encoding': 'chunked', 'content-type': 'text/plain'};
  assert.equal((await polling.post(`4${'x'.repeat(2_000_000)}`, headers)).status, 413);
  assert.deepEqual(await polling.packets(), ['1']);
});
test('a payload that is no UTF-8 does not disturb the server', async () => {
  const polling = await Polling.open(at);
  const posted = await polling.post(Buffer.from([0x34, 0xc3, 0x28, 0xff, 0xfe]));
  assert.ok([200, 400].includes(posted.status));
});

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
  'an empty frame': '', 'a type that is none': '7', 'a letter': 'abc', 'a ping': '2', 'a probe on an open session': '2probe',
  'base64 that is none': 'b!', 'a goodbye': '1',
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

// --- heartbeat -------------------------------------------------------------------------------------------------------

test('a polling client that answers its pings stays, one that does not is gone', async () => {
  const polling = await Polling.open(`${beating.url}/engine.io/`);
  for (let i = 0; i < 4; ++i) {
    assert.deepEqual(await polling.packets(), ['2']);
    await polling.post('3');
  }
  assert.deepEqual(await polling.packets(), ['2']);
  assert.deepEqual(await polling.packets(), ['1']); // held until the deadline
  unknownSid(await polling.post('3'));
});
test('a WebSocket client that answers its pings stays, one that does not is closed', async () => {
  const frames = await Frames.open(`${beating.url}/engine.io/`);
  await frames.next();
  for (let i = 0; i < 4; ++i) {
    assert.equal(await frames.next(), '2');
    frames.send('3');
  }
  assert.equal(await frames.next(), '2');
  await frames.end('the silent client is closed');
});
test('messages are no pongs: a client that only talks is closed', async () => {
  const frames = await Frames.open(`${beating.url}/engine.io/`);
  const talk = setInterval(() => frames.send('4x'), 50);
  await frames.end('the client is closed');
  clearInterval(talk);
});
test('a polling client that never polls is forgotten', async () => {
  const polling = await Polling.open(`${beating.url}/engine.io/`);
  await within(15, 'the session is gone', (async () => {
    while ((await polling.post('4x')).status === 200) await new Promise(resolve => setTimeout(resolve, 50));
  })());
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
  'an upgrade without a probe': ['5'], 'a message': ['4x'], 'a ping without probe': ['2'], 'a second probe packet': ['2probe', '2probe'],
  'an empty frame': [''], 'a goodbye': ['1'], 'bytes': [Buffer.from([1])], 'a type that is none': ['9'],
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

// --- browsers --------------------------------------------------------------------------------------------------------

test('answers, errors and WebSocket handshakes may be read by any page', async () => {
  const headers = {origin: 'https://front.example'};
  const fits = all => assert.ok(['*', 'https://front.example'].includes(all['access-control-allow-origin']), JSON.stringify(all));
  const polling = await Polling.open(at, {headers});
  fits((await ask(`${at}?EIO=4&transport=polling`, {headers})).headers);
  fits((await polling.post('4x', headers)).headers);
  fits((await polling.get({headers})).headers);
  fits((await ask(`${at}?EIO=4`, {headers})).headers);
  fits((await polling.post('nonsense', headers)).headers);
  fits((await ask(polling.url, {headers})).headers);
  const frames = await Frames.open(at, '', {origin: 'https://front.example'});
  fits(await frames.handshake);
  frames.close();
});
test('a refusal of a large payload may be read by any page', async () => {
  const polling = await Polling.open(at);
  const answer = await polling.post('4'.repeat(1_000_001), {origin: 'https://front.example'});
  assert.deepEqual([answer.status, !!answer.headers['access-control-allow-origin']], [413, true]);
});
test('a preflight is answered with the methods and the headers that were asked for', async () => {
  const answer = await ask(`${at}?EIO=4&transport=polling`, {method: 'OPTIONS', headers: {
    origin: 'https://front.example', 'access-control-request-method': 'POST',
    'access-control-request-headers': 'content-type, x-my-header',
  }});
  assert.equal(answer.status, 204);
  assert.match(answer.headers['access-control-allow-methods'], /GET.*POST/);
  assert.match(answer.headers['access-control-allow-headers'], /content-type, ?x-my-header/);
  assert.ok(answer.headers['access-control-allow-origin']);
});
test('a preflight for a session does not disturb it', async () => {
  const polling = await Polling.open(at);
  const {answer} = await polling.hold();
  assert.equal((await ask(polling.url, {method: 'OPTIONS', headers: {origin: 'https://front.example'}})).status, 204);
  await polling.post('4x');
  assert.equal((await answer).text, '4x');
});

// --- the published client --------------------------------------------------------------------------------------------

async function echoes(transports, {upgrades = false, options = {}} = {}) {
  const socket = new Socket(server.url, {path: '/engine.io/', transports, ...options});
  socket.binaryType = 'arraybuffer';
  const came = [];
  let wake = () => {};
  socket.on('message', data => { came.push(data); wake(); });
  const failed = new Promise((_, reject) => socket.on('close', (why, detail) => reject(new Error(`${why}: ${detail}`))));
  failed.catch(() => {});
  const on = name => within(20, `the client's ${name}`, Promise.race([failed, new Promise(resolve => socket.on(name, resolve))]));
  const upgrade = on('upgrade');
  upgrade.catch(() => {});
  await on('open');
  const messages = ['text', '\u00e4\u20ac\u{1f600}', new Uint8Array([0, 1, 2, 255]), 'x'.repeat(100_000), new Uint8Array(randomBytes(100_000))];
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
