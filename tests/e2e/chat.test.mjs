// The one-time chat, as its front end does it: a guest without an account opens a room and shares its link, another one
// follows it, they talk and connect, lose their connections and come back; then the room ends and nothing of it is left.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {Client, Refused} from './support/client.mjs';
import {Server, eventually} from './support/server.mjs';

let server, roomId, link, ann, ben;
const refusedWith = code => error => error instanceof Refused && error.code === code;
const roomIn = url => new URL(url).searchParams.get('room');
const open = async (more = {}, options = {}) => {
  const made = await server.post('/api/rooms', {capacity: 2, expiresInSeconds: 3600, history: 'none', ...more}, options);
  assert.equal(made.status, 201, made.text);
  return made.json;
};
const guest = async name => {
  const {status, json, text} = await server.post('/api/auth/guest', {name});
  assert.equal(status, 201, text);
  return {...json, client: await Client.connect(server, {token: json.token})};
};
const seqs = client => client.pushes.filter(push => push.data.seq !== undefined && push.event !== 'room-joined')
  .map(push => push.data.seq);
const comeBack = client =>
  Client.connect(server, {session: client.greeting.sessionId, resume: client.greeting.resume});

before(async () => server = await Server.start());
after(() => server.stop());

test('a guest opens a room by POST, once however often it is sent, and has a link to share', async () => {
  const key = {headers: {'Idempotency-Key': '7c9e6679-7425-40de-944b-e07fc1f90ae7'}};
  const room = await open({}, key);
  assert.equal((await open({}, key)).roomId, room.roomId);
  roomId = room.roomId;
  assert.equal(room.room.roomId, roomId);
  assert.deepEqual([room.capacity, room.history, room.guests, room.participantCount], [2, 'none', true, 0]);
  assert.equal(Date.parse(room.expiresAt) - Date.parse(room.createdAt), 3600_000);
  link = `https://chat.example.org/?room=${room.displayId.toUpperCase()}`;

  const shown = await eventually('the room is found', async () => {
    const answer = await server.get(`/api/rooms/${roomIn(link)}`);
    return answer.status === 200 && answer.json;
  });
  assert.deepEqual([shown.roomId, shown.participantCount, shown.expiresAt], [roomId, 0, room.expiresAt]);
  const missing = await server.get('/api/rooms/nobody-opened-this');
  assert.equal(missing.status, 404);
  assert.equal(missing.json.error, 'Room not found');
});

test('who follows the link comes in, and both know of each other', async () => {
  [ann, ben] = [await Client.connect(server), await Client.connect(server)];
  assert.equal(ann.greeting.guest, true);
  assert.notEqual(ann.greeting.userId, ben.greeting.userId);
  const first = await ann.ask('join-room', {roomId: roomIn(link), name: 'Ann'});
  assert.deepEqual([first.roomId, first.participantCount, first.userId], [roomId, 1, ann.greeting.userId]);
  const second = await ben.ask('join-room', {roomCode: roomIn(link), username: 'Ben'});
  assert.equal(second.participantCount, 2);
  assert.deepEqual(second.users.map(user => user.name).sort(), ['Ann', 'Ben']);
  assert.deepEqual(second.participants, second.users);
  const joined = await ann.next('user-joined', push => push.userId === ben.greeting.userId);
  assert.deepEqual([joined.name, joined.socketId, joined.participantCount, joined.guest],
                   ['Ben', ben.greeting.sessionId, 2, true]);
  assert.equal((await ben.next('room-joined')).roomId, roomId);
  await eventually('both are listed', async () => {
    const listed = (await server.get(`/api/rooms/${roomId}/users`)).json;
    return listed.count === 2 && listed.users.every(user => ['Ann', 'Ben'].includes(user.name));
  });
});

test('a third one finds the room full; of many at once as many come in as there is room for', async () => {
  const eve = await Client.connect(server);
  await assert.rejects(eve.join(roomIn(link)), refusedWith('room_full'));
  await assert.rejects(eve.say(roomId, 'hello?'), refusedWith('not_member'));
  await eve.close();
  const small = (await open()).roomId;
  const many = await Promise.all(Array.from({length: 6}, () => Client.connect(server)));
  const came = await Promise.allSettled(many.map(client => client.join(small)));
  assert.equal(came.filter(one => one.status === 'fulfilled').length, 2);
  for (const {reason} of came.filter(one => one.status === 'rejected')) assert.equal(reason.code, 'room_full');
  for (const client of many) await client.close();
  assert.deepEqual(ann.all('user-joined').map(push => push.name).filter(name => name !== 'Ann'), ['Ben']);
});

test('typing is shown to the other one alone', async () => {
  await ann.ask('typing', {roomId, isTyping: true});
  const typing = await ben.next('typing');
  assert.deepEqual([typing.roomId, typing.userId, typing.username, typing.isTyping],
                   [roomId, ann.greeting.userId, 'Ann', true]);
  await ann.ask('typing', [roomId, false]);
  assert.equal((await ben.next('typing')).isTyping, false);
  assert.deepEqual(ann.all('typing'), []);
});

test('messages keep the ids of their clients, and one that is repeated changes nothing', async () => {
  const timestamp = '2031-03-01T09:00:00+01:00';
  const message = {id: 'client-1', roomId, text: 'hello – ünïcödé 🙂', displayName: 'Ann', timestamp};
  const answer = await ann.ask('send-message', message);
  assert.equal(answer.id, 'client-1');
  for (const client of [ann, ben]) {
    const push = await client.next('message-received', push => push.id === 'client-1');
    assert.deepEqual([push.text, push.message, push.content], [message.text, message.text, message.text]);
    assert.deepEqual([push.sender, push.senderId, push.senderSocketId, push.roomId, push.seq, push.clientTimestamp],
                     ['Ann', ann.greeting.userId, ann.greeting.sessionId, roomId, answer.seq, timestamp]);
  }
  const reply = {id: 'client-1', text: message.text, sender: 'Ann'};
  await ben.ask('send-message', [roomId, {id: 'client-2', message: 'hi', replyTo: reply}]);
  assert.deepEqual((await ann.next('message-received', push => push.id === 'client-2')).replyTo, reply);

  assert.deepEqual(await ann.ask('send-message', message), answer);
  await assert.rejects(ann.ask('send-message', {...message, text: 'something else'}), refusedWith('key_reused'));
  await ann.ask('send-message', 'that is all'); // to the only room
  assert.equal((await ben.next('message-received', push => push.text === 'that is all')).roomId, roomId);
  for (const client of [ann, ben])
    assert.equal(client.all('message-received').filter(push => push.id === 'client-1').length, 1);
});

test('offer, answer and candidates reach the other one as they are', async () => {
  const offer = {type: 'offer', sdp: 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\n'};
  const answer = {type: 'answer', sdp: 'v=0\r\no=- 2 2 IN IP4 127.0.0.1\r\n'};
  await ann.ask('offer', {roomId, offer});
  const offered = await ben.next('offer-received');
  assert.deepEqual([offered.offer, offered.sdp, offered.from, offered.sender, offered.fromId, offered.roomId],
                   [offer, offer, ann.greeting.sessionId, ann.greeting.sessionId, ann.greeting.userId, roomId]);
  await ben.ask('answer', {roomId, to: offered.from, sdp: answer});
  assert.deepEqual((await ann.next('answer-received')).answer, answer);
  const candidate = {candidate: 'candidate:1 1 udp 1 127.0.0.1 9 typ host', sdpMid: '0', sdpMLineIndex: 0};
  await ann.ask('ice-candidate', {roomId, candidate});
  assert.deepEqual((await ben.next('ice-candidate-received')).candidate, candidate);
  await ben.ask('ice-candidate', {roomId, ...candidate}); // spread over the message
  assert.deepEqual((await ann.next('ice-candidate-received')).candidate, candidate);
  await ann.ask('ice-candidate', {roomId, candidate: null});
  assert.equal((await ben.next('ice-candidate-received')).candidate, null);
  assert.equal(ann.all('offer-received').length, 0);
  await assert.rejects(ann.ask('offer', {roomId, to: 'nobody', offer}), refusedWith('target_not_found'));
});

test('a lost connection comes back: nothing is missed or told twice, and the other one saw nobody go', async () => {
  const before = ben;
  await ben.drop();
  for (let i = 0; i < 5; ++i) await ann.say(roomId, `while away ${i}`, {id: `away-${i}`});
  ben = await comeBack(before);
  assert.equal(ben.greeting.resumed, true);
  assert.equal(ben.greeting.sessionId, before.greeting.sessionId);
  assert.equal(ben.greeting.userId, before.greeting.userId);
  assert.deepEqual(ben.greeting.places.map(place => place.roomId), [roomId]);
  await ann.say(roomId, 'welcome back', {id: 'back'});
  await ben.next('message-received', push => push.id === 'back');
  const told = [...seqs(before), ...seqs(ben)];
  assert.deepEqual(told, [...new Set(told)].sort((a, b) => a - b));
  const missed = ben.all('message-received').map(push => push.id);
  assert.deepEqual(missed, [...Array.from({length: 5}, (_, i) => `away-${i}`), 'back']);
  assert.deepEqual(ann.all('user-left'), []);
  assert.equal(ann.all('user-joined').filter(push => push.userId === ben.greeting.userId).length, 1);
});

test('a room without history shows nothing of before, neither to who comes in nor to who asks', async () => {
  await ben.close();
  assert.equal((await ann.next('user-left')).reason, 'left');
  const eve = await Client.connect(server);
  assert.equal((await eve.join(roomId, {after: 0})).participantCount, 2);
  await ann.say(roomId, 'for both', {id: 'for-both'});
  await eve.next('message-received', push => push.id === 'for-both');
  assert.deepEqual(eve.all('message-received').map(push => push.id), ['for-both']);
  assert.deepEqual(eve.all('user-left'), []);
  await eve.join(roomId, {after: 0}); // starts over: since Eve's own joining
  await ann.say(roomId, 'again for both', {id: 'again'});
  await eve.next('message-received', push => push.id === 'again');
  assert.deepEqual([...new Set(eve.all('message-received').map(push => push.id))], ['for-both', 'again']);
  const listed = await server.get(`/api/rooms/${roomId}/messages`);
  assert.equal(listed.status, 200, listed.text);
  assert.deepEqual(listed.json, []);
  await eve.close();
  await ann.close();
});

test('its host closes a room: both are told, also who was away, and nobody comes in or says anything more', async () => {
  const [host, other] = [await guest('Host'), await guest('Other')];
  const {roomId: closing} = await open({}, {token: host.token});
  assert.equal((await host.client.join(closing)).isHost, true);
  await other.client.join(closing);
  await other.client.drop();
  await host.client.say(closing, 'goodbye', {id: 'goodbye'});
  const path = `/api/rooms/${closing}`;
  assert.equal((await server.request('DELETE', path, {token: other.token})).status, 403);
  assert.equal((await server.request('DELETE', path)).status, 401);
  assert.equal((await server.request('DELETE', path, {token: host.token})).status, 200);
  const away = other.client.greeting;
  other.client = await Client.connect(server, {token: other.token, session: away.sessionId, resume: away.resume});
  for (const {client} of [host, other]) {
    const closed = await client.next('room-closed');
    assert.deepEqual([closed.roomId, closed.reason], [closing, 'closed-by-host']);
    assert.equal(client.all('message-received').filter(push => push.id === 'goodbye').length, 1);
    await assert.rejects(client.join(closing), refusedWith('room_closed'));
    await assert.rejects(client.say(closing, 'hello?'), refusedWith('room_closed'));
  }
  await eventually('the room is gone', async () => (await server.get(path)).status === 404);
  assert.equal((await server.get(`${path}/messages`)).status, 404);
  for (const {client} of [host, other]) await client.close();
});

test('its time over, a room tells both and is closed for good, also over kill -9', async () => {
  const brief = (await open({expiresInSeconds: 5})).roomId;
  const [one, two, late] = [await Client.connect(server), await Client.connect(server), await Client.connect(server)];
  await one.join(brief);
  await two.join(brief);
  for (const client of [one, two]) {
    const expired = await client.next('room-expired');
    assert.deepEqual([expired.roomId, expired.reason], [brief, 'expired']);
    assert.equal(client.all('room-expired').length, 1);
    await assert.rejects(client.ask('typing', {roomId: brief, isTyping: true}), refusedWith('room_expired'));
  }
  assert.deepEqual(one.all('user-left').map(push => push.reason), ['room-expired', 'room-expired']);
  await assert.rejects(late.join(brief), refusedWith('room_expired'));
  await eventually('the room is gone', async () => (await server.get(`/api/rooms/${brief}`)).status === 404);

  const crossing = (await open({expiresInSeconds: 6})).roomId;
  await one.join(crossing);
  await server.kill9();
  await server.launch();
  const back = await comeBack(one);
  assert.equal((await back.next('room-expired', push => push.roomId === crossing)).reason, 'expired');
  for (const room of [brief, crossing]) {
    const client = await Client.connect(server);
    await assert.rejects(client.join(room), refusedWith('room_expired'));
    await client.close();
  }
});

test('the log knows when a room began and ended, and says so without a gap', async () => {
  assert.equal((await server.terminate()).code, 0);
  await server.verifyLog();
  const stream = (await server.log()).filter(record => record.stream === `room/${roomId}`);
  assert.deepEqual(stream.map(record => record.version), stream.map((_, i) => i + 1));
  assert.equal(stream[0].type, 'room-opened');
  assert.equal(stream.filter(record => record.type === 'message-sent' && record.data.messageId === 'client-1').length, 1);
  assert.equal(stream.filter(record => record.type === 'joined').length,
               stream.filter(record => record.type === 'left').length);
});
