// Engine.IO v4 by hand: handshakes, errors, polling, heartbeats and what browsers need. After each test the server
// still answers.
import assert from 'node:assert/strict';
import {randomBytes} from 'node:crypto';
import {after, afterEach, before, test} from 'node:test';
import {Conformance} from './support/conformance.mjs';
import {Frames, Polling, ask} from './support/engineio.mjs';
import {Raw} from './support/raw.mjs';
import {eventually} from './support/server.mjs';

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
const gone = polling => eventually('the session is gone', async () => {
  const posted = await polling.post('4x');
  if (posted.status !== 200) unknownSid(posted);
  return posted.status !== 200;
});

// --- handshake -------------------------------------------------------------------------------------------------------

test('a handshake over polling has exactly the agreed keys and a way to upgrade', async () => {
  const {handshake} = await Polling.open(at);
  const {sid, ...rest} = handshake;
  assert.deepEqual(Object.keys(handshake), ['sid', 'upgrades', 'pingInterval', 'pingTimeout', 'maxPayload']);
  assert.deepEqual(rest, {upgrades: ['websocket'], pingInterval: 3_600_000, pingTimeout: 3_600_000,
                          maxPayload: 1_000_000});
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
  test(`a request ${what} is refused with code ${code}`, async () =>
    refused(await ask(`${at}?${query}`), code, message));
for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'])
  test(`a handshake by ${method} is refused with code 2`, async () =>
    refused(await ask(`${at}?EIO=4&transport=polling`, {method, body: ''}), 2, 'Bad handshake method'));
test('a method other than GET and POST on a session is refused and does not disturb it', async () => {
  const polling = await Polling.open(at);
  for (const method of ['PUT', 'DELETE', 'PATCH'])
    assert.equal((await ask(polling.url, {method, body: ''})).status, 400);
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
    const refusal = await Frames.open(`${at}?${parameters}&ignore=`).catch(error => error);
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
test('two POSTs at the same time are both taken, in the order in which they were complete', async () => {
  const polling = await Polling.open(at), slow = await Raw.connect(server);
  slow.write(`POST ${new URL(polling.url).pathname}${new URL(polling.url).search} HTTP/1.1\r\nHost: x\r\n` +
             `Content-Type: text/plain\r\nContent-Length: 6\r\n\r\n4fi`);
  assert.equal((await polling.post('4second')).text, 'ok');
  slow.write('rst');
  await slow.until(text => text.startsWith('HTTP/1.1 200'), 'the slow POST is answered');
  assert.deepEqual(await polling.packets(), ['4second', '4first']);
  slow.socket.destroy();
});
test('a poll whose client sends something behind it and hangs up ends the session', async () => {
  const polling = await Polling.open(at), raw = await Raw.connect(server);
  raw.write(`GET ${new URL(polling.url).pathname}${new URL(polling.url).search} HTTP/1.1\r\nHost: x\r\n\r\n`);
  await ask(`${at}?EIO=4&transport=none`);
  raw.write('G');
  await ask(`${at}?EIO=4&transport=none`);
  raw.socket.destroy();
  await gone(polling);
});
test('a poll that its client aborts ends the session', async () => {
  const polling = await Polling.open(at);
  const abort = new AbortController();
  const {answer} = await polling.hold({signal: abort.signal});
  abort.abort();
  await assert.rejects(answer, {name: 'AbortError'});
  await gone(polling);
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
  await gone(polling);
});

// --- browsers --------------------------------------------------------------------------------------------------------

test('answers, errors and WebSocket handshakes may be read by any page', async () => {
  const headers = {origin: 'https://front.example'};
  const fits = all => assert.ok(['*', 'https://front.example'].includes(all['access-control-allow-origin']));
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

