// A meeting with a host: planned, knocked at, let in and sent away, seen and heard, over REST and WebSocket; and what
// the database keeps of it. Who waits is told nothing of the room but that they wait, also over a crash of the server.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {Client, Refused} from './support/client.mjs';
import {Server, eventually} from './support/server.mjs';

let server, ann, ben, eve, roomId;
const startsAt = '2031-03-01T09:00:00.000Z';
const person = async name => {
  const signedUp = await server.signUp(name);
  return {...signedUp, client: await Client.connect(server, {token: signedUp.token})};
};
const refusedWith = code => error => error instanceof Refused && error.code === code;
/// All that came of the room since `from`, but for what is told to one person alone.
const heard = (who, from = 0) =>
  who.client.pushes.slice(from).filter(p => !['connected', 'waiting', 'admitted', 'denied', 'kicked'].includes(p.event));

before(async () => {
  server = await Server.start();
  [ann, ben, eve] = [await person('Ann'), await person('Ben'), await person('Eve')];
});
after(() => server.stop());

test('a meeting is planned, shown and moved; only by its host, and not against an older version', async () => {
  const made = await server.post('/api/meetings', {title: 'Standup', startsAt, admission: 'ask'}, {token: ann.token});
  assert.equal(made.status, 201);
  roomId = made.json.roomId;
  assert.equal(made.json.meeting.startsAt, startsAt);
  assert.equal(made.json.isHost, true);
  const written = {'Parley-After': made.headers.get('parley-position')};
  const shown = await server.get(`/api/meetings/${roomId}`, {token: ben.token, headers: written});
  assert.equal(shown.json.startsAt, startsAt);
  assert.equal(shown.json.admission, 'ask');
  assert.equal(shown.json.isHost, false);

  const path = `/api/meetings/${roomId}`;
  assert.equal((await server.request('PATCH', path, {body: {title: 'Mine'}, token: ben.token})).status, 403);
  const later = '2031-03-01T10:00:00.000Z';
  const moved = await server.request('PATCH', path, {body: {startsAt: later}, token: ann.token});
  assert.equal(moved.status, 200);
  const stale = {body: {title: 'Late'}, token: ann.token, headers: {'If-Match': made.headers.get('etag')}};
  assert.equal((await server.request('PATCH', path, stale)).status, 412);
  const listed = await server.get('/api/meetings', {token: ann.token});
  assert.equal(listed.json[0].title, 'Standup');
  assert.equal(listed.json[0].startsAt, later);
});

test('who knocks waits, and its host is told; nothing of the room reaches who waits', async () => {
  const joined = await ann.client.join(roomId);
  assert.equal(joined.isHost, true);
  assert.deepEqual(joined.knocks, []);
  assert.deepEqual(await ben.client.join(roomId), {roomId, waiting: true});
  assert.equal((await ben.client.next('waiting')).roomId, roomId);
  const knock = await ann.client.next('knock');
  assert.deepEqual([knock.userId, knock.socketId, knock.name, knock.roomId],
                   [ben.user.id, ben.client.greeting.sessionId, 'Ben', roomId]);
  assert.deepEqual(await ben.client.join(roomId), {roomId, waiting: true});

  await ann.client.say(roomId, 'not for who waits');
  await ann.client.ask('status', {roomId, muted: true});
  await assert.rejects(ben.client.say(roomId, 'let me in'), refusedWith('not_member'));
  await assert.rejects(ben.client.ask('admit', {roomId, userId: ben.user.id}), refusedWith('forbidden'));
  assert.equal((await server.get(`/api/rooms/${roomId}/messages`, {token: ben.token})).status, 403);
  assert.equal((await server.get(`/api/rooms/${roomId}/users`, {token: ben.token})).status, 403);
  assert.equal((await server.get(`/api/rooms/${roomId}/messages`)).status, 401);
  assert.deepEqual(heard(ben), []);
});

test('a wait survives kill -9, and the host who comes again is told who waits', async () => {
  const waiting = ben.client.greeting, hosting = ann.client.greeting;
  await server.kill9();
  await server.launch();
  ben.client = await Client.connect(server, {token: ben.token, session: waiting.sessionId, resume: waiting.resume});
  assert.equal(ben.client.greeting.resumed, true);
  assert.equal((await ben.client.next('waiting')).roomId, roomId);
  ann.client = await Client.connect(server, {token: ann.token, session: hosting.sessionId, resume: hosting.resume});
  eve.client = await Client.connect(server, {token: eve.token});
  const joined = await ann.client.join(roomId);
  assert.deepEqual(joined.knocks.map(knock => knock.userId), [ben.user.id]);
  assert.deepEqual(heard(ben), []);
});

test('who is let in is told so, joins, and from then on hears; a second device needs no second admission', async () => {
  await ann.client.ask('admit', {roomId, userId: ben.user.id});
  assert.equal((await ben.client.next('admitted')).roomId, roomId);
  const joined = await ben.client.next('room-joined');
  assert.deepEqual(joined.users.map(user => user.name).sort(), ['Ann', 'Ben']);
  assert.equal((await ann.client.next('user-joined')).userId, ben.user.id);
  await ann.client.say(roomId, 'welcome');
  assert.equal((await ben.client.next('message-received')).text, 'welcome');
  const second = await Client.connect(server, {token: ben.token});
  assert.equal((await second.join(roomId)).participantCount, 3);
  await second.close();
  await eventually('the history is for who was let in', async () =>
    (await server.get(`/api/rooms/${roomId}/messages`, {token: ben.token})).status === 200);
});

test('a status and a reaction are shown; the last status is told to who joins late', async () => {
  await ben.client.ask('status', {roomId, muted: true, handRaised: true});
  const status = await ann.client.next('status');
  assert.deepEqual([status.userId, status.muted, status.handRaised, 'videoOff' in status], [ben.user.id, true, true, false]);
  await ben.client.ask('reaction', {roomId, emoji: '👏'});
  const reaction = await ann.client.next('reaction');
  assert.deepEqual([reaction.userId, reaction.emoji], [ben.user.id, '👏']);
  await assert.rejects(ben.client.ask('reaction', {roomId, emoji: 'x'.repeat(65)}), refusedWith('invalid'));
  const again = await ann.client.join(roomId);
  const shown = again.users.find(user => user.userId === ben.user.id);
  assert.deepEqual([shown.muted, shown.videoOff, shown.handRaised], [true, false, true]);
});

test('a reply is told with what it replies to, live and in the history', async () => {
  const replyTo = {id: 'm0', text: 'welcome', sender: 'Ann'};
  await ben.client.say(roomId, 'thank you', {replyTo});
  assert.deepEqual((await ann.client.next('message-received', m => m.text === 'thank you')).replyTo, replyTo);
  const history = await eventually('the reply is in the history', async () => {
    const listed = (await server.get(`/api/rooms/${roomId}/messages`, {token: ann.token})).json;
    return listed.find(message => message.text === 'thank you');
  });
  assert.deepEqual(history.replyTo, replyTo);
});

test('who is denied is told so, and may knock again', async () => {
  await eve.client.join(roomId);
  await ann.client.ask('deny', {roomId, userId: eve.client.greeting.sessionId});
  assert.equal((await eve.client.next('denied')).reason, 'denied');
  assert.equal((await ann.client.next('knock-ended')).userId, eve.user.id);
  await assert.rejects(ann.client.ask('deny', {roomId, userId: eve.user.id}), refusedWith('target_not_found'));
  assert.deepEqual(await eve.client.join(roomId), {roomId, waiting: true});
  await eve.client.ask('leave-room', {roomId});
  assert.equal((await ann.client.next('knock-ended', k => k.reason === 'left')).userId, eve.user.id);
  assert.deepEqual(heard(eve).filter(push => push.event !== 'room-left'), []);
});

test('who is kicked hears nothing after and reads nothing over REST, and comes in again only when let in', async () => {
  await assert.rejects(ben.client.ask('kick', {roomId, userId: ann.user.id}), refusedWith('forbidden'));
  await ann.client.ask('kick', {roomId, targetUserId: ben.user.id});
  assert.equal((await ben.client.next('kicked')).roomId, roomId);
  const from = ben.client.pushes.length;
  assert.equal((await ann.client.next('user-left', left => left.userId === ben.user.id && left.reason === 'kicked'))
    .userId, ben.user.id);
  await ann.client.say(roomId, 'now that he is gone');
  await assert.rejects(ben.client.join(roomId), refusedWith('forbidden'));
  await assert.rejects(ben.client.say(roomId, 'hello?'), refusedWith('not_member'));
  assert.deepEqual(heard(ben, from), []);
  for (const what of ['messages', 'users']) {
    const refused = await server.get(`/api/rooms/${roomId}/${what}`, {token: ben.token});
    assert.deepEqual([refused.status, refused.json.code], [403, 'forbidden']);
  }
  await ann.client.ask('admit', {roomId, userId: ben.user.id});
  assert.equal((await ben.client.join(roomId)).roomId, roomId);
});

test('who waits when the room closes is told so', async () => {
  await eve.client.join(roomId);
  assert.equal((await server.request('DELETE', `/api/rooms/${roomId}`, {token: ann.token})).status, 200);
  assert.equal((await eve.client.next('denied', told => told.reason === 'room-closed')).roomId, roomId);
  assert.equal((await ben.client.next('room-closed')).roomId, roomId);
  await assert.rejects(eve.client.join(roomId), refusedWith('room_closed'));
});
