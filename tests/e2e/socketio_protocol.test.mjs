// Socket.IO v5 as the oldest and the newest published client of version 4 speak it, and as nobody should. After each
// test the server still serves somebody who was there before it.
import assert from 'node:assert/strict';
import {randomBytes} from 'node:crypto';
import {after, afterEach, before, test} from 'node:test';
import {io as newest} from 'socket.io-client';
import {io as oldest} from 'socket.io-client-oldest';
import {Conformance} from './support/conformance.mjs';
import {Frames, Polling, ask} from './support/engineio.mjs';
import {within} from './support/server.mjs';

let server, at, bystander, asked = 0;
before(async () => {
  server = await Conformance.start();
  at = `${server.url}/socket.io/`;
  bystander = await joined();
});
after(() => server.stop());
afterEach(async () => {
  bystander.send(`42${++asked}["message-with-ack","undisturbed"]`);
  assert.equal(await bystander.next(), `43${asked}["undisturbed"]`);
});

/// A WebSocket whose Engine.IO session is open, and no namespace joined.
async function opened() {
  const frames = await Frames.open(at);
  assert.equal((await frames.next())[0], '0');
  return frames;
}
async function join(frames, connect = '40') {
  const nsp = /^40(\/[^,?{]*)?/.exec(connect)[1];
  const of = nsp ? `${nsp},` : '';
  frames.send(connect);
  const reply = await frames.next('the namespace is joined');
  assert.ok(reply.startsWith(`40${of}{`), reply);
  const auth = await frames.next();
  assert.ok(auth.startsWith(`42${of}["auth",`), auth);
  return {...JSON.parse(reply.slice(2 + of.length)), auth: JSON.parse(auth.slice(2 + of.length))[1]};
}
async function joined() {
  const frames = await opened();
  await join(frames);
  return frames;
}
async function stillServes(frames, nsp = '') {
  frames.send(`42${nsp}["message","still here"]`);
  assert.equal(await frames.next(), `42${nsp}["message-back","still here"]`);
}

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
  const frames = await opened();
  assert.deepEqual((await join(frames, '40{"token":"123","deep":{"a":[1,null]}}')).auth, {token: '123', deep: {a: [1, null]}});
  assert.deepEqual((await join(frames, '40/custom,')).auth, {});
  frames.close();
});
for (const connect of ['40/custom,', '40/custom', '40/custom,{}', '40/custom?room=1,', '40/custom?room=1&x=%2c,{"a":1}']) {
  test(`${connect} joins the namespace beside the main one`, async () => {
    const frames = await joined();
    const here = await join(frames, connect);
    assert.equal(typeof here.sid, 'string');
    await stillServes(frames, '/custom,');
    await stillServes(frames);
    frames.close();
  });
}
test('two namespaces of one client have two ids', async () => {
  const frames = await opened();
  assert.notEqual((await join(frames, '40')).sid, (await join(frames, '40/custom,')).sid);
  frames.close();
});
for (const [connect, nsp] of [['40/random', '/random'], ['40/random,', '/random'], ['40/random,{"token":1}', '/random'],
                              ['40/random?x=1,', '/random'], ['40/Custom,', '/Custom'], ['40/custom/,', '/custom/'],
                              ['40/\u00e4,', '/\u00e4']]) {
  test(`${connect} is refused as an unknown namespace, and the transport stays`, async () => {
    const frames = await opened();
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
    const frames = await opened();
    await join(frames, `40${nsp}`);
    frames.send(`42${nsp}["message",1,"2",{"3":[true,null]},-4.5e3,"\\u00e4\\u20ac\\ud83d\\ude00"]`);
    const back = await frames.next();
    assert.ok(back.startsWith(`42${nsp}[`), back);
    assert.deepEqual(JSON.parse(back.slice(2 + nsp.length)), ['message-back', 1, '2', {3: [true, null]}, -4500, '\u00e4\u20ac\u{1f600}']);
    frames.send(`42${nsp}456["message-with-ack",1,"2",{"3":[true]}]`);
    assert.equal(await frames.next(), `43${nsp}456[1,"2",{"3":[true]}]`);
    frames.send(`42${nsp}0["message-with-ack"]`);
    assert.equal(await frames.next(), `43${nsp}0[]`);
    frames.close();
  });
}
test('the largest ack id a JavaScript client can count to comes back', async () => {
  const frames = await joined();
  frames.send('429007199254740991["message-with-ack"]');
  assert.equal(await frames.next(), '439007199254740991[]');
  frames.close();
});
test('an event may have a number as its name', async () => {
  const frames = await joined();
  frames.send('42[17,"x"]');
  await stillServes(frames);
  frames.close();
});
test('acks that nobody waits for are ignored', async () => {
  const frames = await joined();
  frames.send('43999[]');
  frames.send('430["x"]');
  frames.send('461-7[{"_placeholder":true,"num":0}]');
  frames.send(Buffer.from([1]));
  await stillServes(frames);
  frames.close();
});

// --- bytes -----------------------------------------------------------------------------------------------------------

const hole = num => `{"_placeholder":true,"num":${num}}`;
test('bytes come back where they stood', async () => {
  const frames = await joined();
  frames.send(`452-["message",${hole(0)},"between",{"deep":[${hole(1)}]}]`);
  frames.send(Buffer.from([1, 2, 3]));
  frames.send(Buffer.from([4, 5, 6]));
  assert.deepEqual([await frames.next(), await frames.next(), await frames.next()],
                   [`452-["message-back",${hole(0)},"between",{"deep":[${hole(1)}]}]`, Buffer.from([1, 2, 3]), Buffer.from([4, 5, 6])]);
  frames.close();
});
test('placeholders in another order than their bytes are each filled with their own', async () => {
  const frames = await joined();
  frames.send(`452-["message",${hole(1)},${hole(0)}]`);
  frames.send(Buffer.from([1]));
  frames.send(Buffer.from([2]));
  await frames.next();
  assert.deepEqual([await frames.next(), await frames.next()], [Buffer.from([2]), Buffer.from([1])]);
  frames.close();
});
test('bytes come back in acks and in a custom namespace', async () => {
  const frames = await opened();
  await join(frames, '40/custom,');
  frames.send(`451-/custom,789["message-with-ack",${hole(0)}]`);
  frames.send(Buffer.from([7, 8, 9]));
  assert.equal(await frames.next(), `461-/custom,789[${hole(0)}]`);
  assert.deepEqual(await frames.next(), Buffer.from([7, 8, 9]));
  frames.close();
});
test('ten attachments, empty ones among them, are taken', async () => {
  const frames = await joined();
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
  const frames = await joined();
  frames.send('42["message",{"_placeholder":true,"num":0}]');
  assert.equal(await frames.next(), `42["message-back",${hole(0)}]`);
  frames.close();
});

// --- what breaks the protocol ----------------------------------------------------------------------------------------

const speaksBeforeJoining = {
  'an event': ['42["message"]'], 'an ack': ['431[]'], 'a goodbye': ['41'], 'an event elsewhere': ['42/custom,["message"]'],
  'a refusal': ['44{"message":"no"}'], 'bytes': [Buffer.from([1])], 'an event with bytes': [`451-["message",${hole(0)}]`, Buffer.from([1])],
};
for (const [what, packets] of Object.entries(speaksBeforeJoining)) {
  test(`${what} before any namespace is joined ends the session`, async () => {
    const frames = await opened();
    for (const packet of packets) frames.send(packet);
    await frames.end();
    assert.deepEqual(frames.arrived, []);
  });
}
for (const auth of ['[]', '[{}]', '"abc"', 'true', '{"token"', '{]', '-1', ',{}']) {
  test(`joining with ${auth} as its auth ends the session`, async () => {
    const frames = await opened();
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
    const frames = await joined();
    for (const packet of packets) frames.send(packet);
    await frames.end();
    const replies = frames.arrived.filter(frame => typeof frame !== 'string' || !/^4(6|3)/.test(frame));
    if (!what.startsWith('more bytes')) assert.deepEqual(replies, []);
  });
}
test('what breaks the protocol over polling ends the session with a goodbye, and nothing after it is taken', async () => {
  const polling = await Polling.open(at);
  await polling.post('40');
  await polling.packets();
  assert.equal((await polling.post('42["message"\x1e42["message","late"]')).text, 'ok');
  assert.deepEqual(await polling.packets(), ['1']);
  assert.equal(JSON.parse((await polling.get()).text).code, 1);
});

// --- DISCONNECT ------------------------------------------------------------------------------------------------------

test('leaving a namespace has no reply, and it may be joined again over the same transport', async () => {
  const frames = await joined();
  frames.send('41');
  const first = await join(frames, '40{"again":1}');
  assert.deepEqual(first.auth, {again: 1});
  await stillServes(frames);
  frames.close();
});
test('leaving one namespace leaves the others joined', async () => {
  const frames = await joined();
  await join(frames, '40/custom,');
  frames.send('41');
  await stillServes(frames, '/custom,');
  await join(frames);
  frames.send('41/custom,');
  await stillServes(frames);
  frames.close();
});
test('speaking in a namespace one has left ends the session', async () => {
  const frames = await joined();
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

// --- hostile clients -------------------------------------------------------------------------------------------------

test('thousands of namespaces are each refused and none is kept', async () => {
  const frames = await joined();
  const count = 5000;
  for (let i = 0; i < count; ++i) frames.send(`40/n${i},{"token":"x"}`);
  for (let i = 0; i < count; ++i) assert.equal(await frames.next(), `44/n${i},{"message":"Invalid namespace"}`);
  await stillServes(frames);
  frames.close();
});
test('joining and leaving thousands of times leaves nothing behind', async () => {
  const frames = await opened();
  for (let i = 0; i < 2000; ++i) {
    await join(frames, '40/custom,');
    frames.send('41/custom,');
  }
  await join(frames);
  await stillServes(frames);
  frames.close();
});
test('attachments that never come hurt nobody but their sender', async () => {
  const waiting = await Promise.all(Array.from({length: 100}, joined));
  for (const frames of waiting) {
    frames.send(`4510-["message",${Array.from({length: 10}, (_, i) => hole(i)).join()}]`);
    frames.send(randomBytes(50_000));
  }
  await stillServes(bystander);
  for (const frames of waiting) frames.close();
});
test('attachments larger together than a payload may be end the session', async () => {
  const frames = await joined();
  frames.send(`453-["message",${hole(0)},${hole(1)},${hole(2)}]`);
  for (let i = 0; i < 3; ++i) frames.send(randomBytes(500_000));
  await frames.end();
});
test('one attachment named in thousands of places does not multiply', async () => {
  const frames = await joined();
  frames.send(`451-["message",${Array(20_000).fill(hole(0)).join()}]`);
  frames.send(randomBytes(100_000));
  await frames.end();
});
test('a message beyond the agreed size closes with 1009', async () => {
  const frames = await joined();
  frames.send(`42["message","${'x'.repeat(1_000_000)}"]`);
  assert.equal(await frames.end(), 1009);
});
test('an attachment beyond the agreed size closes with 1009', async () => {
  const frames = await joined();
  frames.send(`451-["message",${hole(0)}]`);
  frames.send(Buffer.alloc(1_000_001));
  assert.equal(await frames.end(), 1009);
});
test('text that is not UTF-8 closes with 1007 and never comes back', async () => {
  const frames = await joined();
  frames.socket.send(Buffer.concat([Buffer.from('42["message","'), Buffer.from([0xc3, 0x28]), Buffer.from('"]')]), {binary: false});
  assert.equal(await frames.end(), 1007);
});
test('text that is not UTF-8 never comes back over polling', async () => {
  const polling = await Polling.open(at);
  await polling.post('40');
  await polling.packets();
  await polling.post(Buffer.concat([Buffer.from('42["message","'), Buffer.from([0xc3, 0x28]), Buffer.from('"]')]));
  assert.deepEqual(await polling.packets(), ['1']);
});
test('a session id that is wrong, or a namespace\'s own, opens nothing', async () => {
  const frames = await opened();
  const {sid} = await join(frames);
  for (const wrong of [sid, 'A'.repeat(20), '../../etc/passwd', "' OR 1=1 --"]) {
    const url = `${at}?EIO=4&transport=polling&sid=${encodeURIComponent(wrong)}`;
    for (const options of [{}, {method: 'POST', body: '42["message"]'}])
      assert.equal(JSON.parse((await ask(url, options)).text).code, 1);
    const refusal = await Frames.open(at, `&sid=${encodeURIComponent(wrong)}`).catch(error => error);
    assert.equal(refusal.status, 400);
  }
  frames.close();
});
test('a stranger who guesses nothing right leaves a polling session alone', async () => {
  const polling = await Polling.open(at);
  await polling.post('40');
  await polling.packets();
  const last = polling.sid.at(-1);
  for (const digit of 'AQgw012_-') {
    if (digit === last) continue;
    const close = `${at}?EIO=4&transport=polling&sid=${polling.sid.slice(0, -1)}${digit}`;
    assert.equal((await ask(close, {method: 'POST', body: '1'})).status, 400);
  }
  await polling.post('42["message","mine"]');
  assert.deepEqual(await polling.packets(), ['42["message-back","mine"]']);
});
test('names that JavaScript and C++ find special are only names', async () => {
  const frames = await joined();
  for (const name of ['__proto__', 'constructor', 'toString', '', '\u0000', '../..', 'a'.repeat(100_000)])
    frames.send(`42${JSON.stringify([name, {['__proto__']: 1}])}`);
  frames.send('42["message",{"__proto__":{"admin":true},"constructor":1}]');
  assert.equal(await frames.next(), '42["message-back",{"__proto__":{"admin":true},"constructor":1}]');
  frames.close();
});
test('clients that come and go by the hundred, in the middle of everything, disturb nobody', async () => {
  for (let round = 0; round < 5; ++round) {
    await Promise.all(Array.from({length: 40}, async (_, i) => {
      const frames = await Frames.open(at);
      frames.send('40');
      frames.send(i % 2 ? `452-["message",${hole(0)},${hole(1)}]` : '42["message","x"]');
      if (i % 3) frames.close();
      else frames.socket.close();
      await frames.end();
    }));
  }
});

// --- the published clients -------------------------------------------------------------------------------------------

for (const [which, io] of Object.entries({newest, oldest})) {
  for (const transports of [['polling'], ['websocket'], ['polling', 'websocket']]) {
    const how = `the ${which} client over ${transports.join(' and ')}`;
    const connect = async (nsp = '/', options = {}) => {
      const socket = io(`${server.url}${nsp}`, {transports, forceNew: true, reconnectionDelay: 50, reconnectionDelayMax: 100, ...options});
      const auth = heard(socket, 'auth');
      await heard(socket, 'connect');
      return {socket, auth: (await auth)[0]};
    };

    test(`${how} joins, is told who it is, and leaves`, async () => {
      const {socket, auth} = await connect('/', {auth: {token: 'abc'}});
      assert.deepEqual(auth, {token: 'abc'});
      assert.ok(socket.id);
      assert.notEqual(socket.id, socket.io.engine.id);
      const gone = heard(socket, 'disconnect');
      socket.disconnect();
      assert.deepEqual((await gone)[0], 'io client disconnect');
    });
    test(`${how} gets its arguments back, text and bytes, in order`, async () => {
      const {socket} = await connect();
      const all = [[1, 'two', {three: [null, true]}], [], [Buffer.from([1, 2, 3])], [{deep: [Buffer.from('x'), 'y']}, randomBytes(50_000)], ['\u00e4\u20ac\u{1f600}'.repeat(5000)]];
      const back = [];
      const done = new Promise(resolve => socket.on('message-back', (...args) => back.push(args) === 2 * all.length && resolve()));
      for (const args of all) socket.emit('message', ...args);
      if (transports.length > 1 && socket.io.engine.transport.name === 'polling')
        await within(20, 'the upgrade', new Promise(resolve => socket.io.engine.once('upgrade', resolve)));
      for (const args of all) socket.emit('message', ...args);
      await within(20, 'all come back', done);
      assert.deepEqual(back, [...all, ...all]);
      assert.equal(socket.io.engine.transport.name, transports.at(-1));
      socket.disconnect();
    });
    test(`${how} has its events acknowledged, with bytes too`, async () => {
      const {socket} = await connect();
      const emit = (...args) => within(20, 'the ack', new Promise(resolve => socket.emit('message-with-ack', ...args, (...got) => resolve(got))));
      assert.deepEqual(await emit(1, {two: 3}), [1, {two: 3}]);
      assert.deepEqual(await emit(), []);
      assert.deepEqual(await emit(Buffer.from([1, 2, 3]), 'x'), [Buffer.from([1, 2, 3]), 'x']);
      const many = await Promise.all(Array.from({length: 200}, (_, i) => emit(i)));
      assert.deepEqual(many, Array.from({length: 200}, (_, i) => [i]));
      socket.disconnect();
    });
    test(`${how} uses several namespaces over one transport`, async () => {
      const {socket} = await connect('/', {auth: {a: 1}});
      const custom = socket.io.socket('/custom', {auth: {b: 2}});
      const auth = heard(custom, 'auth');
      await auth;
      assert.notEqual(custom.id, socket.id);
      custom.emit('message', 'here');
      assert.deepEqual(await heard(custom, 'message-back'), ['here']);
      const refused = socket.io.socket('/random', {});
      const refusal = heard(refused, 'connect_error');
      assert.equal((await refusal)[0].message, 'Invalid namespace');
      refused.disconnect();
      socket.disconnect();
      custom.emit('message', 'still here');
      assert.deepEqual(await heard(custom, 'message-back'), ['still here']);
      custom.disconnect();
    });
    test(`${how} asks for a namespace with a query of its own`, async () => {
      const {socket} = await connect('/custom?room=1', {query: {x: 'y'}});
      assert.equal(socket.nsp, '/custom');
      socket.disconnect();
    });
    test(`${how} comes back by itself after its transport is lost`, async () => {
      const {socket} = await connect();
      const before = socket.id;
      const lost = heard(socket, 'disconnect'), again = heard(socket, 'connect');
      socket.io.engine.close();
      await lost;
      await again;
      assert.notEqual(socket.id, before);
      socket.emit('message', 'again');
      assert.deepEqual(await heard(socket, 'message-back'), ['again']);
      socket.disconnect();
    });
    test(`${how} may leave and join again`, async () => {
      const {socket} = await connect();
      socket.disconnect();
      const again = heard(socket, 'connect');
      socket.connect();
      await again;
      socket.disconnect();
    });
  }
}
test('the newest client that repeats what is not acknowledged has each acknowledged in its turn', async () => {
  const socket = newest(server.url, {forceNew: true, retries: 3, ackTimeout: 5000});
  for (let i = 0; i < 10; ++i)
    assert.equal(await within(20, 'the ack', socket.emitWithAck('message-with-ack', i)), i);
  socket.disconnect();
});

function heard(socket, event) {
  return within(20, `the client hears ${event}`, new Promise(resolve => socket.once(event, (...args) => resolve(args))));
}
