// Socket.IO v5 by hand: what its packets mean, and which of them end the session. After each test the server still
// serves somebody who was there before it.
import assert from 'node:assert/strict';
import {after, afterEach, before, test} from 'node:test';
import {Conformance} from './support/conformance.mjs';
import {Frames, Polling} from './support/engineio.mjs';
import {hole, join, joined, opened, stillServes} from './support/socketio_raw.mjs';

let server, at, bystander, asked = 0;
before(async () => {
  server = await Conformance.start();
  at = `${server.url}/socket.io/`;
  bystander = await joined(server);
});
after(() => server.stop());
afterEach(async () => {
  bystander.send(`42${++asked}["message-with-ack","undisturbed"]`);
  assert.equal(await bystander.next(), `43${asked}["undisturbed"]`);
});

// --- CONNECT ---------------------------------------------------------------------------------------------------------

test('joining the main namespace gives an id of its own', async () => {
  const frames = await Frames.open(at);
  const {sid} = JSON.parse((await frames.next()).slice(1));
  frames.send('40');
  const reply = JSON.parse((await frames.next()).slice(2));
  assert.deepEqual(Object.keys(reply), ['sid']);
  assert.notEqual(reply.sid, sid);
  frames.close();
});
test('what a client brings as its auth arrives, an empty object when it brings none', async () => {
  const frames = await opened(server);
  const {auth} = await join(frames, '40{"token":"123","deep":{"a":[1,null]}}');
  assert.deepEqual(auth, {token: '123', deep: {a: [1, null]}});
  assert.deepEqual((await join(frames, '40/custom,')).auth, {});
  frames.close();
});
for (const connect of ['40/custom,', '40/custom', '40/custom,{}', '40/custom?room=1,',
                       '40/custom?room=1&x=%2c,{"a":1}']) {
  test(`${connect} joins the namespace beside the main one`, async () => {
    const frames = await joined(server);
    const here = await join(frames, connect);
    assert.equal(typeof here.sid, 'string');
    await stillServes(frames, '/custom,');
    await stillServes(frames);
    frames.close();
  });
}
test('two namespaces of one client have two ids', async () => {
  const frames = await opened(server);
  assert.notEqual((await join(frames, '40')).sid, (await join(frames, '40/custom,')).sid);
  frames.close();
});
for (const [connect, nsp] of [['40/random', '/random'], ['40/random,', '/random'], ['40/random,{"token":1}', '/random'],
                              ['40/random?x=1,', '/random'], ['40/Custom,', '/Custom'], ['40/custom/,', '/custom/'],
                              ['40/\u00e4,', '/\u00e4']]) {
  test(`${connect} is refused as an unknown namespace, and the transport stays`, async () => {
    const frames = await opened(server);
    frames.send(connect);
    assert.equal(await frames.next(), `44${nsp},{"message":"Invalid namespace"}`);
    await join(frames);
    await stillServes(frames);
    frames.close();
  });
}
test('who joins no namespace in time is closed, who did stays', async () => {
  const hasty = await Conformance.start({connectTimeout: 300});
  const path = `${hasty.url}/socket.io/`;
  const silent = await Frames.open(path), polling = await Polling.open(path), refused = await Frames.open(path);
  const stays = await Frames.open(path);
  await stays.next();
  await join(stays);
  await refused.next();
  refused.send('40/random,');
  assert.match(await refused.next(), /^44\/random,/);
  await silent.end('the silent client is closed');
  await refused.end('a client that was refused everywhere is closed');
  assert.deepEqual(await polling.packets(), ['1']);
  await stillServes(stays);
  stays.close();
  await hasty.stop();
});

// --- EVENT and ACK ---------------------------------------------------------------------------------------------------

for (const nsp of ['', '/custom,']) {
  const where = nsp ? 'a custom namespace' : 'the main namespace';
  test(`events and acks keep their arguments in ${where}`, async () => {
    const frames = await opened(server);
    await join(frames, `40${nsp}`);
    frames.send(`42${nsp}["message",1,"2",{"3":[true,null]},-4.5e3,"\\u00e4\\u20ac\\ud83d\\ude00"]`);
    const back = await frames.next();
    assert.ok(back.startsWith(`42${nsp}[`), back);
    assert.deepEqual(JSON.parse(back.slice(2 + nsp.length)),
                     ['message-back', 1, '2', {3: [true, null]}, -4500, '\u00e4\u20ac\u{1f600}']);
    frames.send(`42${nsp}456["message-with-ack",1,"2",{"3":[true]}]`);
    assert.equal(await frames.next(), `43${nsp}456[1,"2",{"3":[true]}]`);
    frames.send(`42${nsp}0["message-with-ack"]`);
    assert.equal(await frames.next(), `43${nsp}0[]`);
    frames.close();
  });
}
test('the largest ack id a JavaScript client can count to comes back', async () => {
  const frames = await joined(server);
  frames.send('429007199254740991["message-with-ack"]');
  assert.equal(await frames.next(), '439007199254740991[]');
  frames.close();
});
test('an event may have a number as its name', async () => {
  const frames = await joined(server);
  frames.send('42[17,"x"]');
  await stillServes(frames);
  frames.close();
});
test('acks that nobody waits for are ignored', async () => {
  const frames = await joined(server);
  frames.send('43999[]');
  frames.send('430["x"]');
  frames.send('461-7[{"_placeholder":true,"num":0}]');
  frames.send(Buffer.from([1]));
  await stillServes(frames);
  frames.close();
});

// --- bytes -----------------------------------------------------------------------------------------------------------

test('bytes come back where they stood', async () => {
  const frames = await joined(server);
  frames.send(`452-["message",${hole(0)},"between",{"deep":[${hole(1)}]}]`);
  frames.send(Buffer.from([1, 2, 3]));
  frames.send(Buffer.from([4, 5, 6]));
  assert.deepEqual([await frames.next(), await frames.next(), await frames.next()],
                   [`452-["message-back",${hole(0)},"between",{"deep":[${hole(1)}]}]`, Buffer.from([1, 2, 3]),
                    Buffer.from([4, 5, 6])]);
  frames.close();
});
test('placeholders in another order than their bytes are each filled with their own', async () => {
  const frames = await joined(server);
  frames.send(`452-["message",${hole(1)},${hole(0)}]`);
  frames.send(Buffer.from([1]));
  frames.send(Buffer.from([2]));
  await frames.next();
  assert.deepEqual([await frames.next(), await frames.next()], [Buffer.from([2]), Buffer.from([1])]);
  frames.close();
});
test('bytes come back in acks and in a custom namespace', async () => {
  const frames = await opened(server);
  await join(frames, '40/custom,');
  frames.send(`451-/custom,789["message-with-ack",${hole(0)}]`);
  frames.send(Buffer.from([7, 8, 9]));
  assert.equal(await frames.next(), `461-/custom,789[${hole(0)}]`);
  assert.deepEqual(await frames.next(), Buffer.from([7, 8, 9]));
  frames.close();
});
test('ten attachments, empty ones among them, are taken', async () => {
  const frames = await joined(server);
  frames.send(`4510-["message",${Array.from({length: 10}, (_, i) => hole(i)).join()}]`);
  const bytes = Array.from({length: 10}, (_, i) => Buffer.alloc(i, i));
  for (const each of bytes) frames.send(each);
  assert.match(await frames.next(), /^4510-/);
  for (const each of bytes) assert.deepEqual(await frames.next(), each);
  frames.close();
});
test('bytes come back over polling, whether they come in one payload or in two', async () => {
  const polling = await Polling.open(at);
  await polling.post('40');
  assert.match(await polling.packets().then(all => all.join()), /^40\{.*\},42\["auth",\{\}\]$/);
  const packet = `451-["message",${hole(0)}]`;
  const back = [`451-["message-back",${hole(0)}]`, 'bAQIDBA=='];
  await polling.post(`${packet}\x1ebAQIDBA==`);
  assert.deepEqual(await polling.packets(), back);
  await polling.post(packet);
  await polling.post('bAQIDBA==');
  assert.deepEqual(await polling.packets(), back);
});
test('an object that only looks like a placeholder is an object', async () => {
  const frames = await joined(server);
  frames.send('42["message",{"_placeholder":true,"num":0}]');
  assert.equal(await frames.next(), `42["message-back",${hole(0)}]`);
  frames.close();
});

// --- what breaks the protocol ----------------------------------------------------------------------------------------

const speaksBeforeJoining = {
  'an event': ['42["message"]'], 'an ack': ['431[]'], 'a goodbye': ['41'],
  'an event elsewhere': ['42/custom,["message"]'], 'a refusal': ['44{"message":"no"}'], 'bytes': [Buffer.from([1])],
  'an event with bytes': [`451-["message",${hole(0)}]`, Buffer.from([1])],
};
for (const [what, packets] of Object.entries(speaksBeforeJoining)) {
  test(`${what} before any namespace is joined ends the session`, async () => {
    const frames = await opened(server);
    for (const packet of packets) frames.send(packet);
    await frames.end();
    assert.deepEqual(frames.arrived, []);
  });
}
for (const auth of ['[]', '[{}]', '"abc"', 'true', '{"token"', '{]', '-1', ',{}']) {
  test(`joining with ${auth} as its auth ends the session`, async () => {
    const frames = await opened(server);
    frames.send(`40${auth}`);
    await frames.end();
    assert.deepEqual(frames.arrived, []);
  });
}
const broken = {
  'a second CONNECT': ['40'],
  'a second CONNECT with auth': ['40{"a":1}'],
  'an event in a namespace not joined': ['42/custom,["message"]'],
  'a goodbye to a namespace not joined': ['41/custom,'],
  'an ack in a namespace not joined': ['43/custom,1[]'],
  'a CONNECT_ERROR': ['44{"message":"no"}'],
  'a packet without a type': ['4'],
  'a type that is none': ['47["message"]'],
  'a letter as its type': ['4x'],
  'an event without arguments': ['42'],
  'an event that is an object': ['42{"message":1}'],
  'an event that is an empty array': ['42[]'],
  'an event whose name is null': ['42[null]'],
  'an event whose name is an object': ['42[{}]'],
  'an event whose name is a truth': ['42[true,"x"]'],
  'JSON cut short': ['42["message"'],
  'JSON with something behind it': ['42["message"]x'],
  'an ack id that is negative': ['42-1["message-with-ack"]'],
  'an ack id that is no integer': ['421.5["message-with-ack"]'],
  'an ack id beyond all numbers': ['42999999999999999999999["message-with-ack"]'],
  'an ack with an object': ['431{}'],
  'an ack with nothing': ['431'],
  'a goodbye with something': ['41{}'],
  'nesting without end': [`42["message",${'['.repeat(20_000)}${']'.repeat(20_000)}]`],
  'bytes that nobody announced': [Buffer.from([1, 2, 3])],
  'text between an event and its bytes': [`451-["message",${hole(0)}]`, '42["message"]'],
  'a second event before the bytes of the first': [`451-["message",${hole(0)}]`, `451-["message",${hole(0)}]`],
  'more bytes than announced': [`451-["message-with-ack",${hole(0)}]`, Buffer.from([1]), Buffer.from([2])],
  'a placeholder beyond its bytes': [`451-["message",${hole(1)}]`, Buffer.from([1])],
  'a placeholder far beyond its bytes': [`451-["message",${hole('18446744073709551615')}]`, Buffer.from([1])],
  'a negative placeholder': [`451-["message",${hole(-1)}]`, Buffer.from([1])],
  'a placeholder that is no integer': [`451-["message",${hole(0.5)}]`, Buffer.from([1])],
  'a placeholder that is text': [`451-["message",${hole('"0"')}]`, Buffer.from([1])],
  'a placeholder without a number': ['451-["message",{"_placeholder":true}]', Buffer.from([1])],
  'a placeholder among no bytes': [`450-["message",${hole(0)}]`],
  'eleven attachments': [`4511-["message",${Array.from({length: 11}, (_, i) => hole(i)).join()}]`],
  'attachments beyond all numbers': [`4599999999999999999999-["message",${hole(0)}]`],
  'a negative number of attachments': [`45-1-["message",${hole(0)}]`],
  'no number of attachments': [`45-["message",${hole(0)}]`],
  'a number of attachments without its dash': [`451["message",${hole(0)}]`],
  'bytes for no event': ['451-'],
  'bytes for an event that is an object': ['451-{"a":1}'],
  'a name beyond its bound': [`40/${'n'.repeat(100_000)},`],
};
for (const name of ['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener']) {
  broken[`an event named ${name}`] = [`42["${name}"]`];
  broken[`an event named ${name} with bytes`] = [`451-["${name}",${hole(0)}]`, Buffer.from([1])];
}
for (const [what, packets] of Object.entries(broken)) {
  test(`${what} ends the session`, async () => {
    const frames = await joined(server);
    for (const packet of packets) frames.send(packet);
    await frames.end();
    const replies = frames.arrived.filter(frame => typeof frame !== 'string' || !/^4(6|3)/.test(frame));
    if (!what.startsWith('more bytes')) assert.deepEqual(replies, []);
  });
}
test('what breaks the protocol over polling ends the session with a goodbye, and nothing after is taken', async () => {
  const polling = await Polling.open(at);
  await polling.post('40');
  await polling.packets();
  assert.equal((await polling.post('42["message"\x1e42["message","late"]')).text, 'ok');
  assert.deepEqual(await polling.packets(), ['1']);
  assert.equal(JSON.parse((await polling.get()).text).code, 1);
});

// --- DISCONNECT ------------------------------------------------------------------------------------------------------

test('leaving a namespace has no reply, and it may be joined again over the same transport', async () => {
  const frames = await joined(server);
  frames.send('41');
  const first = await join(frames, '40{"again":1}');
  assert.deepEqual(first.auth, {again: 1});
  await stillServes(frames);
  frames.close();
});
test('leaving one namespace leaves the others joined', async () => {
  const frames = await joined(server);
  await join(frames, '40/custom,');
  frames.send('41');
  await stillServes(frames, '/custom,');
  await join(frames);
  frames.send('41/custom,');
  await stillServes(frames);
  frames.close();
});
test('speaking in a namespace one has left ends the session', async () => {
  const frames = await joined(server);
  frames.send('41');
  frames.send('42["message","ghost"]');
  await frames.end();
  assert.deepEqual(frames.arrived, []);
});
test('who has left every namespace gets nothing but pings', async () => {
  const beating = await Conformance.start({pingInterval: 200});
  const frames = await Frames.open(`${beating.url}/socket.io/`);
  await frames.next();
  await join(frames);
  frames.send('41');
  assert.equal(await frames.next(), '2');
  frames.send('3');
  assert.equal(await frames.next(), '2');
  frames.close();
  await beating.stop();
});
