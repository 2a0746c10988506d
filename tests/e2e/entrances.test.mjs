// Engine.IO and Socket.IO at the real server's door: who may come in, from which page, over which path and thread, and
// what happens to who breaks the rules. After each test a guest who was there before is still answered.
import assert from 'node:assert/strict';
import {after, afterEach, before, test} from 'node:test';
import {Frames, Polling, ask} from './support/engineio.mjs';
import {Server, forge, within} from './support/server.mjs';

const page = 'https://front.example', evil = 'https://evil.example';
let server, at, bystander, refusedOnly, asked = 0;
before(async () => {
  server = await Server.start({flags: ['--auth-cors-origins', page, '--io-threads', '3',
                                       '--rates-messages-per-session', '100/200']});
  at = `${server.url}/socket.io/`;
  bystander = await joined();
  // As clients do, also while a test does not listen for it.
  bystander.socket.on('message', data => data.toString() === '2' && bystander.send('3'));
  refusedOnly = await Frames.open(at);
  refusedOnly.send('40{"token":"nonsense"}');
});
after(() => server.stop());
afterEach(async () => {
  bystander.send(`42${++asked}["join-room",{"roomId":"calm"}]`);
  await bystander.until(frame => frame.startsWith(`43${asked}[{`) && !frame.includes('"status":"error"'));
});

Frames.prototype.until = async function (holds, what = 'the frame comes') {
  for (;;) {
    const frame = await this.next(what);
    if (frame === '2' && this !== bystander) this.send('3');
    else if (typeof frame === 'string' && holds(frame)) return frame;
  }
};
async function joined({auth = '', query = '', path = at, ...options} = {}) {
  const frames = await Frames.open(path, query, options);
  await frames.next();
  frames.send(`40${auth}`);
  const reply = await frames.until(frame => /^4[04]/.test(frame));
  assert.match(reply, /^40\{/);
  return Object.assign(frames, {reply: JSON.parse(reply.slice(2))});
}
const errorOf = frame => JSON.parse(frame.slice(frame.indexOf('[')))[0];

// --- paths -----------------------------------------------------------------------------------------------------------

for (const path of ['/socket.io', '/socket.io/', '/api/socket/io', '/api/socket/io/']) {
  test(`${path} serves polling and WebSockets`, async () => {
    const polling = await Polling.open(server.url + path);
    await polling.post('40');
    assert.match((await polling.packets())[0], /^40\{"sid":/);
    await polling.post('1');
    (await joined({path: server.url + path})).close();
  });
}
test('a front end that only wakes its server up is answered with nothing', async () => {
  for (const path of ['/api/socket/io', '/socket.io/']) {
    const answer = await ask(server.url + path);
    assert.deepEqual([answer.status, answer.text], [200, '']);
  }
});
test('neighbours of the path are not taken for it', async () => {
  for (const path of ['/socket.iox/', '/api/socket/iox', '/api/socket'])
    assert.equal((await ask(`${server.url}${path}?EIO=4&transport=polling`)).status, 404, path);
});
test('errors have the protocol\'s own shape, also where a request cannot be read', async () => {
  const answer = await ask(`${at}?EIO=4&transport=polling&sid=..%00`);
  assert.equal(answer.status, 400);
  assert.deepEqual(JSON.parse(answer.text), {code: 3, message: 'Bad request'});
});

// --- pages -----------------------------------------------------------------------------------------------------------

test('an allowed page may read answers, errors and the 101, with credentials', async () => {
  const headers = {origin: page};
  const fits = (all, what) => {
    assert.equal(all['access-control-allow-origin'], page, what);
    assert.equal(all['access-control-allow-credentials'], 'true', what);
    assert.match(all.vary ?? '', /origin/i, what);
  };
  const polling = await Polling.open(at, {headers});
  fits((await ask(`${at}?EIO=4&transport=polling`, {headers})).headers, 'handshake');
  fits((await polling.post('40', headers)).headers, 'POST');
  fits((await polling.get({headers})).headers, 'GET');
  fits((await ask(`${at}?EIO=4`, {headers})).headers, 'error');
  fits((await polling.post('x'.repeat(1_000_001), headers)).headers, '413');
  fits((await polling.post('x'.repeat(3_000_000), headers)).headers, '413 of a body beyond all bounds');
  fits((await ask(polling.url, {method: 'OPTIONS', headers})).headers, 'preflight');
  const frames = await Frames.open(at, '', {headers});
  fits(await frames.handshake, '101');
  frames.close();
});
test('a foreign page opens no session', async () => {
  const answer = await ask(`${at}?EIO=4&transport=polling`, {headers: {origin: evil}});
  assert.equal(answer.status, 403);
  assert.deepEqual(JSON.parse(answer.text), {code: 4, message: 'Forbidden'});
  assert.equal(answer.headers['access-control-allow-origin'], undefined);
  const refusal = await Frames.open(at, '', {headers: {origin: evil}}).catch(error => error);
  assert.equal(refusal.status, 403);
  assert.equal(JSON.parse(refusal.text).code, 4);
  assert.equal(refusal.headers.connection.toLowerCase(), 'close');
});
test('a preflight of a foreign page grants it nothing', async () => {
  const answer = await ask(`${at}?EIO=4&transport=polling`, {method: 'OPTIONS', headers: {
    origin: evil, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type'}});
  assert.equal(answer.headers['access-control-allow-origin'], undefined);
});

// --- threads ---------------------------------------------------------------------------------------------------------

test('requests of a session find it from every thread, and its WebSocket moves there', async () => {
  await Promise.all(Array.from({length: 24}, async (_, i) => {
    const polling = await Polling.open(at);
    await polling.post('40');
    assert.match((await polling.packets())[0], /^40\{/);
    const {answer} = await polling.hold();
    const frames = await polling.probe();
    frames.send('2probe');
    await frames.until(frame => frame === '3probe');
    await answer;
    frames.send('5');
    frames.send(`42${i}["join-room",{"roomId":"threads"}]`);
    await frames.until(frame => frame.startsWith(`43${i}[`));
    frames.close();
  }));
});

// --- who -------------------------------------------------------------------------------------------------------------

test('a bad token is refused with a CONNECT_ERROR, and the transport stays for a better one', async () => {
  const ada = await server.signUp('Ada');
  const frames = await Frames.open(at);
  await frames.next();
  for (const token of ['nonsense', forge({alg: 'none'}, {sub: ada.id}), `${ada.token}x`]) {
    frames.send(`40${JSON.stringify({token})}`);
    const refusal = await frames.until(frame => /^4[04]/.test(frame));
    assert.match(refusal, /^44\{/);
    assert.equal(JSON.parse(refusal.slice(2)).data.code, 'unauthenticated');
  }
  frames.send(`40${JSON.stringify({token: ada.token})}`);
  assert.match(await frames.until(frame => /^4[04]/.test(frame)), /^40\{/);
  const connected = await frames.until(frame => frame.startsWith('42["connected"'));
  assert.equal(JSON.parse(connected.slice(2))[1].userId, ada.id);
  frames.close();
});
test('refused tokens without end do not keep a connection for ever', async () => {
  const frames = await Frames.open(at);
  await frames.next();
  let sent = 0;
  while (!frames.isClosed && sent < 20_000) {
    for (let i = 0; i < 100; ++i, ++sent) frames.send('40{"token":"guess"}');
    await new Promise(resolve => setTimeout(resolve, 5));
  }
  await frames.end('the guesser is closed');
});
test('whose access is revoked is told not to come back, and may log in again over the same transport', async () => {
  const ada = await server.signUp('Ada');
  const frames = await joined({auth: JSON.stringify({token: ada.token})});
  await frames.until(frame => frame.startsWith('42["connected"'));
  assert.ok((await server.post('/api/auth/logout', {refreshToken: ada.refreshToken}, {token: ada.token})).status < 300);
  await frames.until(frame => frame === '41');
  const again = await server.post('/api/auth/login', {email: ada.email, password: ada.password});
  frames.send(`40${JSON.stringify({token: again.json.token})}`);
  assert.match(await frames.until(frame => /^4[04]/.test(frame)), /^40\{/);
  frames.close();
});
test('a pid that is made up opens a new session', async () => {
  for (const pid of ['x.y', '.', '', `${bystander.reply.sid}.guess`, 'a'.repeat(10_000)]) {
    const frames = await joined({auth: JSON.stringify({pid, offset: 'room:calm:1'})});
    assert.notEqual(frames.reply.sid, bystander.reply.sid);
    assert.notEqual(frames.reply.pid, pid);
    frames.close();
  }
});
test('offsets that are none tell nothing and hurt nobody', async () => {
  const offsets = [0, null, [], {}, '', ':', 'a:b', ':1', 'x:18446744073709551616', 's:1\n'.repeat(1000), '\u0000:1',
                   'x'.repeat(100_000)];
  for (const offset of offsets) {
    const frames = await joined({auth: JSON.stringify({pid: bystander.reply.pid.replace(/.$/, '!'), offset})});
    frames.close();
  }
});

test('who was only ever refused is closed after a while, as who never joined anything', async () => {
  await within(60, 'it is closed', (async () => {
    while (!refusedOnly.isClosed) if ((await refusedOnly.next().catch(() => '')) === '2') refusedOnly.send('3');
  })());
});

// --- rules -----------------------------------------------------------------------------------------------------------

test('another namespace is refused, thousands of them, and then the client is slowed', async () => {
  const frames = await joined();
  frames.send('40/admin,');
  assert.equal(await frames.until(frame => frame.startsWith('44')), '44/admin,{"message":"Invalid namespace"}');
  for (let i = 0; i < 20_000 && !frames.isClosed; ++i) frames.send(`40/n${i},`);
  await frames.end('the flood is cut');
});
test('bytes are refused, with an ack and without, and the client goes on', async () => {
  const frames = await joined();
  frames.send('451-1["send-message",{"_placeholder":true,"num":0}]');
  frames.send(Buffer.from([1, 2, 3]));
  assert.equal(errorOf(await frames.until(frame => frame.startsWith('431['))).code, 'malformed');
  frames.send('451-["send-message",{"_placeholder":true,"num":0}]');
  frames.send(Buffer.from([1, 2, 3]));
  const exception = await frames.until(frame => frame.startsWith('42["exception"'));
  assert.equal(JSON.parse(exception.slice(2))[1].code, 'malformed');
  frames.send('422["join-room",{"roomId":"bytes"}]');
  assert.equal(errorOf(await frames.until(frame => frame.startsWith('432['))).status, undefined);
  frames.close();
});
test('an unknown event, a numbered one and wrong arguments are refused in their own words', async () => {
  const frames = await joined();
  const codes = {};
  const events = {1: ['lauch-rocket', {}], 2: [17, {}], 3: ['join-room', {roomId: {}}], 4: ['join-room'],
                  5: ['send-message', null, 7, []]};
  for (const [ack, event] of Object.entries(events)) {
    frames.send(`42${ack}${JSON.stringify(event)}`);
    const answer = errorOf(await frames.until(frame => frame.startsWith(`43${ack}[`)));
    assert.deepEqual([answer.success, answer.status], [false, 'error']);
    assert.equal(answer.error.code, answer.code);
    codes[ack] = answer.code;
  }
  assert.deepEqual([codes[1], codes[2]], ['unknown_event', 'unknown_event']);
  frames.close();
});
test('acks from a client are answered by nothing, however many come', async () => {
  const frames = await joined();
  for (let i = 0; i < 300; ++i) frames.send('431[]');
  frames.send('41');
  frames.send('40');
  await new Promise(resolve => frames.socket.ping() || frames.socket.once('pong', resolve));
  assert.deepEqual(frames.arrived.filter(frame => frame.startsWith('43') || frame.includes('exception')), []);
  frames.close();
});
test('a flood over a WebSocket is refused, then cut', async () => {
  const frames = await joined();
  for (let i = 0; i < 20_000 && !frames.isClosed; ++i) frames.send(`42${i}["typing",{"roomId":"calm"}]`);
  await frames.end('the flood is cut');
  assert.ok(frames.arrived.some(frame => frame.includes('"rate_limited"')));
});
test('a flood over polling is refused, then cut', async () => {
  const polling = await Polling.open(at);
  await polling.post('40');
  await polling.packets();
  const flood = Array.from({length: 2000}, (_, i) => `42${i}["typing",{"roomId":"calm"}]`).join('\x1e');
  let heard = '';
  await within(60, 'the flood is cut', (async () => {
    for (;;) {
      if ((await polling.post(flood)).status !== 200) return;
      const answer = await polling.get();
      heard += answer.text;
      if (answer.status !== 200 || answer.text.endsWith('1')) return;
    }
  })());
  assert.match(heard, /rate_limited/);
});
