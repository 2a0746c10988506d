// Bad input, each kind with a clear error, and after each the others in the room go on undisturbed.
import assert from 'node:assert/strict';
import {after, afterEach, before, test} from 'node:test';
import {Client} from './support/client.mjs';
import {Raw, frame} from './support/raw.mjs';
import {Server, eventually, within} from './support/server.mjs';

let server, ada, bob, adaAccount, lines = 0;
before(async () => {
  server = await Server.start({flags: ['--limits-header-timeout', '2s', '--limits-idle-http-timeout', '3s']});
  adaAccount = await server.signUp('Ada');
  ada = await Client.connect(server, {token: adaAccount.token});
  bob = await Client.connect(server);
  await ada.join('calm');
  await bob.join('calm');
});
after(() => server.stop());
afterEach(async () => {
  const text = `undisturbed ${++lines}`;
  await ada.say('calm', text);
  await bob.next('message-received', push => push.text === text);
});

async function exceptionFor(text) {
  const client = await Client.connect(server);
  client.raw(text);
  const exception = await client.next('exception');
  assert.equal(exception.status, 'error');
  assert.ok(exception.message.length > 0);
  await client.join('still-usable'); // The connection lives on.
  await client.close();
  return exception.code;
}

const malformed = {
  'text that is not JSON': '{"event": "send-message", ',
  'JSON that is not an object': '[1, 2, 3]',
  'an empty frame': '',
  'no event': '{"data": {}}',
  'an event that is not a string': '{"event": 7, "data": {}}',
  'an ack that is not a number': '{"event": "typing", "ack": "7"}',
  'a negative ack': '{"event": "typing", "ack": -7}',
  'deep nesting': `{"event": "send-message", "data": ${'['.repeat(5000)}${']'.repeat(5000)}}`,
};
for (const [what, text] of Object.entries(malformed))
  test(`a frame with ${what} is answered as malformed`, async () => assert.equal(await exceptionFor(text), 'malformed'));

test('an unknown event is refused by its name, with or without an ack', async () => {
  assert.equal(await exceptionFor('{"event": "lauch-rocket", "data": {}}'), 'unknown_event');
  await assert.rejects(ada.ask('lauch-rocket', {}), {code: 'unknown_event', message: /lauch-rocket/});
});

const wrongTypes = {
  'roomId as an object': ['join-room', {roomId: {}}],
  'roomId as a list': ['join-room', {roomId: ['a']}],
  'an empty roomId': ['join-room', {roomId: ''}],
  'a roomId with a line break': ['join-room', {roomId: 'a\r\nb'}],
  'a very long roomId': ['join-room', {roomId: 'r'.repeat(5000)}],
  'after as text': ['join-room', {roomId: 'calm', after: 'yesterday'}],
  'a negative after': ['join-room', {roomId: 'calm', after: -1}],
  'text as an object': ['send-message', {roomId: 'calm', text: {}}],
  'no text': ['send-message', {roomId: 'calm'}],
  'text beyond its bound': ['send-message', {roomId: 'calm', text: 'x'.repeat(20000)}],
  'a message id beyond its bound': ['send-message', {roomId: 'calm', text: 'x', id: 'i'.repeat(1000)}],
};
for (const [what, [event, data]] of Object.entries(wrongTypes)) {
  test(`${what} is refused`, async () => {
    await assert.rejects(ada.ask(event, data), error => ['malformed', 'invalid', 'too_large'].includes(error.code));
  });
}

test('signaling to somebody who is not in the room is refused', async () => {
  await assert.rejects(ada.ask('offer', {roomId: 'calm', to: 's_nobody', offer: {}}), {code: 'target_not_found'});
});
test('speaking in a room one is not in is refused', async () => {
  await ada.join('elsewhere');
  await assert.rejects(bob.say('elsewhere', 'hello'), {code: 'not_member'});
});
test('an ack as large as the protocol allows comes back as it was sent', async () => {
  const client = await Client.connect(server);
  client.socket.removeAllListeners('message'); // JavaScript's own JSON cannot hold it
  const frames = [];
  client.socket.on('message', data => frames.push(data.toString()));
  client.raw('{"event": "join-room", "data": {"roomId": "large"}, "ack": 18446744073709551615}');
  client.raw('{"event": "send-message", "data": {"roomId": "large", "text": "x"}, "ack": 9223372036854775808}');
  for (const ack of ['18446744073709551615', '9223372036854775808'])
    await eventually(`${ack} is answered`, () => frames.some(frame => frame.startsWith(`{"ack":${ack},"data"`)));
  client.socket.terminate();
});
test('an id or a name in the payload is never believed: who speaks is who is connected', async () => {
  const asAda = {senderId: adaAccount.id, userId: adaAccount.id, sender: 'Ada', displayName: 'Ada', name: 'Ada'};
  await bob.say('calm', 'I am Ada', asAda);
  const push = await ada.next('message-received', data => data.text === 'I am Ada');
  assert.deepEqual([push.senderId, push.sender], [bob.greeting.userId, 'Guest']);
  const eve = await Client.connect(server, {token: (await server.signUp('Eve')).token});
  await eve.ask('join-room', {roomId: 'calm', name: 'Ada'});
  assert.equal((await ada.next('user-joined', data => data.userId === eve.greeting.userId)).name, 'Eve');
  await eve.say('calm', 'I am Ada as well', asAda);
  assert.equal((await ada.next('message-received', data => data.text === 'I am Ada as well')).sender, 'Eve');
  await eve.close();
});
test('text that looks like SQL is text', async () => {
  const text = `'); DROP TABLE messages; -- \\ " %s \${jndi:x}`;
  await ada.say('calm', text);
  assert.equal((await bob.next('message-received', push => push.text === text)).text, text);
  const search = await server.get(`/api/users?search=${encodeURIComponent("%' OR 1=1 --")}`, {token: adaAccount.token});
  assert.equal(search.status, 200);
  assert.deepEqual(search.json, []);
});

test('an oversized frame closes with 1009', async () => {
  const client = await Client.connect(server);
  client.raw(JSON.stringify({event: 'send-message', data: {text: 'x'.repeat(300 * 1024)}}));
  assert.equal((await within(10, 'it is closed', client.closed)).code, 1009);
});
test('an announced size beyond all bounds closes before anything of it is read', async () => {
  const raw = await Raw.upgrade(server);
  raw.write(Buffer.from([0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4]));
  await raw.closed('the connection is closed');
});
test('text that is not UTF-8 closes with 1007', async () => {
  const raw = await Raw.upgrade(server);
  raw.write(frame(1, Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d])));
  await raw.closed('the connection is closed');
  assert.equal(raw.closeCode, 1007);
});
test('an unmasked frame closes with 1002', async () => {
  const raw = await Raw.upgrade(server);
  raw.write(frame(1, '{"event":"typing","data":{}}', {masked: false}));
  await raw.closed('the connection is closed');
  assert.equal(raw.closeCode, 1002);
});
test('a reserved opcode closes with 1002', async () => {
  const raw = await Raw.upgrade(server);
  raw.write(frame(3, 'x'));
  await raw.closed('the connection is closed');
  assert.equal(raw.closeCode, 1002);
});

test('slow headers are cut off', async () => {
  const raw = await Raw.connect(server);
  raw.write('GET /livez HTTP/1.1\r\nHost: x\r\nX-Slow: ');
  await raw.closed('the slow request is cut');
  assert.match(raw.text, /^$|^HTTP\/1\.1 408 /);
});
test('a connection that says nothing is closed', async () => {
  await (await Raw.connect(server)).closed('the idle connection is closed');
});
test('garbage instead of HTTP is refused', async () => {
  const raw = await Raw.connect(server);
  raw.write('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n');
  await raw.closed('it is closed');
  assert.match(raw.text, /^$|^HTTP\/1\.1 400 /);
});
test('headers beyond their bound are refused with 431', async () => {
  const raw = await Raw.connect(server);
  raw.write(`GET /livez HTTP/1.1\r\nHost: x\r\nX-Big: ${'x'.repeat(64 * 1024)}\r\n\r\n`);
  await raw.until(text => text.startsWith('HTTP/1.1 431'), 'it is refused');
});
test('two lengths of one body are refused', async () => {
  const raw = await Raw.connect(server);
  raw.write('POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 4\r\n' +
            'Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n');
  await raw.until(text => text.startsWith('HTTP/1.1 400'), 'it is refused');
});

test('a body that is not JSON, of another type, or too large, is refused with its own status', async () => {
  const login = (body, type) => server.request('POST', '/api/auth/login', {body, headers: {'content-type': type}});
  assert.equal((await login('{"email":', 'application/json')).status, 400);
  assert.equal((await login('[]', 'application/json')).status, 400);
  assert.equal((await login('{"email": 7, "password": true}', 'application/json')).status, 400);
  assert.equal((await login('<a/>', 'application/xml')).status, 415);
  const large = await login(JSON.stringify({email: 'x'.repeat(2 * 1024 * 1024)}), 'application/json').catch(() => null);
  if (large) assert.equal(large.status, 413); // It may also be cut before all of it is sent.
});
test('an error has the members of RFC 9457 and those the front ends read', async () => {
  const plain = await server.get('/api/rooms/no-such-room');
  assert.equal(plain.status, 404);
  assert.match(plain.headers.get('content-type'), /^application\/json/);
  assert.equal(plain.json.error, 'Room not found');
  assert.equal(plain.json.success, false);
  for (const member of ['type', 'title', 'detail', 'code', 'message']) assert.equal(typeof plain.json[member], 'string');
  assert.equal(plain.json.status, 404);
  const problem = await server.get('/api/rooms/no-such-room', {headers: {accept: 'application/problem+json'}});
  assert.match(problem.headers.get('content-type'), /^application\/problem\+json/);
});
test('a line break in a path or parameter splits no answer', async () => {
  const raw = await Raw.connect(server);
  raw.write('GET /api/rooms/a%0d%0aX-Injected:%20yes?limit=1%0d%0aX-Injected:%20yes HTTP/1.1\r\nHost: x\r\n' +
            'Origin: http://x%0d%0aX-Injected: yes\r\nConnection: close\r\n\r\n');
  await raw.closed('it is answered');
  assert.match(raw.text, /^HTTP\/1\.1 4\d\d /);
  assert.doesNotMatch(raw.text.split('\r\n\r\n')[0], /^X-Injected/mi);
});
test('unknown paths and methods are 404 and 405', async () => {
  assert.equal((await server.get('/api/nothing-here')).status, 404);
  assert.equal((await server.request('DELETE', '/api/auth/login')).status, 405);
});
test('every answer carries the security headers', async () => {
  for (const target of ['/livez', '/api/nothing-here', '/api/auth/me']) {
    const {headers} = await server.get(target);
    assert.equal(headers.get('x-content-type-options'), 'nosniff', target);
    assert.ok(headers.get('content-security-policy'), target);
    assert.ok(headers.get('strict-transport-security'), target);
    assert.equal(headers.get('x-powered-by'), null);
  }
});
