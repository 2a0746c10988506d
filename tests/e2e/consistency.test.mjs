// A command takes effect once, a writer reads its own writes, an update names the version it knows.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {Client} from './support/client.mjs';
import {Server} from './support/server.mjs';

let server, ada, bob;
before(async () => {
  server = await Server.start();
  ada = await server.signUp('Ada');
  bob = await server.signUp('Bob');
});
after(() => server.stop());

const makeRoom = (title, key, who = ada) =>
  server.post('/api/rooms', {title}, {token: who.token, headers: key ? {'idempotency-key': key} : {}});

test('a repeat with the same Idempotency-Key gets the first answer and makes nothing', async () => {
  const first = await makeRoom('Once', 'key-1');
  const again = await makeRoom('Once', 'key-1');
  assert.equal(first.status, 201, first.text);
  assert.equal(again.status, 201);
  assert.equal(again.json.roomId, first.json.roomId);
  assert.equal(again.headers.get('parley-position'), first.headers.get('parley-position'));
});
test('the same key with another body is refused with 422', async () => {
  await makeRoom('One', 'key-2');
  const other = await makeRoom('Another', 'key-2');
  assert.equal(other.status, 422);
  assert.equal(other.json.code, 'key_reused');
});
test('the same key of somebody else is another key', async () => {
  const mine = await makeRoom('Same words', 'key-3');
  const theirs = await makeRoom('Same words', 'key-3', bob);
  assert.equal(theirs.status, 201);
  assert.notEqual(theirs.json.roomId, mine.json.roomId);
});
test('repeats raced against each other make one room', async () => {
  const answers = await Promise.all(Array.from({length: 10}, () => makeRoom('Raced', 'key-4')));
  const made = new Set(answers.filter(answer => answer.status === 201).map(answer => answer.json.roomId));
  assert.equal(made.size, 1);
  for (const answer of answers) assert.ok([201, 409].includes(answer.status), answer.text);
});
test('a key is remembered across kill -9', async () => {
  const first = await makeRoom('Remembered', 'key-5');
  await server.kill9();
  await server.launch();
  assert.equal((await makeRoom('Remembered', 'key-5')).json.roomId, first.json.roomId);
});

test('a write answers with its position, and reads after it see it', async () => {
  for (let i = 0; i < 20; ++i) {
    const made = await makeRoom(`Seen ${i}`);
    assert.ok(Number(made.headers.get('parley-position')) > 0);
    const own = await server.get(`/api/rooms/${made.json.roomId}`, {token: ada.token});
    assert.equal(own.status, 200, 'the writer needs no header');
    const other = await server.get(`/api/rooms/${made.json.roomId}`, {
      token: bob.token, headers: {'parley-after': made.headers.get('parley-position')}});
    assert.equal(other.status, 200, 'somebody else names the position');
  }
});
test('a read that must see what nobody wrote yet answers 503', async () => {
  const answer = await server.get('/api/lounges', {headers: {'parley-after': '999999999'}});
  assert.equal(answer.status, 503);
  assert.equal(answer.json.code, 'read_model_behind');
  assert.equal((await server.get('/api/lounges', {headers: {'parley-after': 'soon'}})).status, 400);
});

test('ETag names the version, If-Match holds an update to it', async () => {
  const profile = await server.get(`/api/users/${ada.id}`, {token: ada.token});
  const etag = profile.headers.get('etag');
  assert.match(etag, /^"\d+"$/);
  const unchanged = await server.get(`/api/users/${ada.id}`, {token: ada.token, headers: {'if-none-match': etag}});
  assert.equal(unchanged.status, 304);
  const rename = (name, ifMatch) =>
    server.request('PATCH', '/api/users/me', {token: ada.token, body: {name}, headers: {'if-match': ifMatch}});
  assert.equal((await rename('Ada L.', etag)).status, 200);
  const stale = await rename('Ada B.', etag);
  assert.equal(stale.status, 412);
  assert.equal(stale.json.code, 'precondition_failed');
  assert.equal((await server.get(`/api/users/${ada.id}`, {token: ada.token})).json.name, 'Ada L.');
});

test('lounges are made over REST, joined over WebSocket, and remember', async () => {
  const made = await server.post('/api/lounges', {name: 'Night owls', topic: 'late'}, {token: ada.token});
  assert.equal(made.status, 201, made.text);
  const {id} = made.json;
  const listed = await server.get('/lounges', {token: ada.token});
  assert.ok(listed.json.some(lounge => lounge.id === id && lounge.name === 'Night owls'));
  const one = await Client.connect(server, {token: ada.token});
  const two = await Client.connect(server, {token: bob.token});
  await one.ask('join-lounge', id);
  await two.ask('join-lounge', {loungeId: id});
  await one.next('user-joined', push => push.userId === bob.id);
  const sent = await two.ask('message', {loungeId: id, message: 'hoo hoo'});
  assert.equal((await one.next('message')).message, 'hoo hoo');
  assert.equal((await two.next('message')).message, 'hoo hoo', 'the sender sees it too');
  const history = await server.get(`/api/lounges/${id}/messages`, {token: bob.token});
  assert.deepEqual(history.json.map(message => [message.seq, message.text]), [[sent.seq, 'hoo hoo']]);
  await one.close();
  await two.close();
});

test('a room closes when its host says so, or when its time is over', async () => {
  const made = await server.post('/api/rooms', {title: 'Short', expiresInSeconds: 1}, {token: ada.token});
  const guest = await Client.connect(server);
  await guest.join(made.json.roomId);
  assert.equal((await guest.next('room-expired')).roomId.toLowerCase(), made.json.roomId.toLowerCase());
  await assert.rejects(guest.join(made.json.roomId), {code: 'room_expired'});

  const hosted = (await makeRoom('Hosted')).json.roomId;
  await guest.join(hosted);
  assert.equal((await server.request('DELETE', `/api/rooms/${hosted}`, {token: bob.token})).status, 403);
  const closed = await server.request('DELETE', `/api/rooms/${hosted}`, {token: ada.token});
  assert.ok(closed.status === 200 || closed.status === 204, closed.text);
  await guest.next('room-closed');
  await assert.rejects(guest.join(hosted), {code: 'room_closed'});
  await guest.close();
});

test('who was away when its room closed is told on coming back what it missed, to the end', async () => {
  const {roomId} = (await makeRoom('Closing')).json;
  const host = await Client.connect(server, {token: ada.token});
  const away = await Client.connect(server, {token: bob.token});
  await host.join(roomId);
  const {seq} = await away.join(roomId);
  await away.drop();
  for (const text of ['one', 'two']) await host.say(roomId, text);
  const closed = await server.request('DELETE', `/api/rooms/${roomId}`, {token: ada.token});
  assert.equal(closed.status, 200, closed.text);
  const {sessionId: session, resume} = away.greeting;
  const back = await Client.connect(server, {token: bob.token, session, resume});
  assert.deepEqual([back.greeting.resumed, back.greeting.places], [true, []]);
  const end = await back.next('room-closed');
  assert.deepEqual(back.all('message-received').map(message => message.text), ['one', 'two']);
  const seqs = back.pushes.map(push => push.data.seq).filter(Boolean);
  assert.deepEqual(seqs, Array.from({length: end.seq - seq}, (_, i) => seq + 1 + i));
  await host.close();
  await back.close();
});

test('a room without history shows nobody what was before they came, whatever they ask for', async () => {
  const {roomId} = (await server.post('/api/rooms', {history: 'none'}, {token: ada.token})).json;
  const early = await Client.connect(server, {token: ada.token});
  const late = await Client.connect(server, {token: bob.token});
  await early.join(roomId);
  await early.ask('send-message', {roomId, text: 'before'});
  await late.join(roomId, {after: 0});
  await early.ask('send-message', {roomId, text: 'after'});
  assert.equal((await late.next('message-received')).text, 'after');
  await early.close();
  await late.close();
});
