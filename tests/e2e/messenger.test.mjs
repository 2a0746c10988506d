// Direct messages and calls between accounts, as their front end does it: find somebody, write to them, on all devices of
// both; who has read what, who is there, who is not wanted; calls from ringing to hanging up; and who was away misses
// nothing.
import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {after, before, test} from 'node:test';
import {promisify} from 'node:util';
import {Client, Refused} from './support/client.mjs';
import {Server, eventually} from './support/server.mjs';

const run = promisify(execFile);
let server, ann, ben, carl, dora, emil, teller, unanswered;
const by = person => ({token: person.token});
const refusedWith = code => error => error instanceof Refused && error.code === code;
/// A device, once it is told what concerns its owner: what one asks of one's inbox is answered after it has joined.
const connect = async person => {
  const client = await Client.connect(server, {token: person.token});
  await client.ask('presence', {status: 'online'});
  return client;
};
const devices = (...people) => people.flatMap(person => [person.phone, person.laptop]);
const person = async name => {
  const signedUp = await server.signUp(name);
  return {...signedUp, phone: await connect(signedUp), laptop: await connect(signedUp)};
};
/// The answer's body; its status must be this one.
function body(answer, status = 200) {
  assert.equal(answer.status, status, `${answer.status} ${answer.text}`);
  return answer.json;
}
/// A list once it is as wanted: another person's writes come to the read models a moment later.
const listed = (target, who, wanted) => eventually(`${target} as wanted`, async () => {
  const list = body(await server.get(target, by(who)));
  return wanted(list) && list;
});
const write = (client, receiver, content, more = {}) =>
  client.ask('message', {receiverId: receiver.user.id, content, ...more});
const messagesOf = client => client.all('message').map(push => push.content);
const offer = {type: 'offer', sdp: 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\n'};
const answer = {type: 'answer', sdp: 'v=0\r\no=- 2 2 IN IP4 127.0.0.1\r\n'};
const call = (client, whom) => client.ask('call-user', {to: whom.user.id, offer});
/// What `client` is told next under that name about that call.
const told = (client, event, callId) => client.next(event, push => push.callId === callId);

before(async () => {
  server = await Server.start();
  [ann, ben, carl] = [await person('Ann'), await person('Benedikt'), await person('Carl')];
  [dora, emil, teller] = [await person('Dora'), await person('Emil'), await server.signUp('Teller')];
  await run(process.env.TEST_PARLEY, ['admin', 'grant', 'operator', teller.user.id, '--data', server.data]);
});
after(() => server.stop());

test('a call begins that nobody will answer', async () => { // a call rings for 45 s: what became of it is asked at the end
  unanswered = await call(dora.phone, emil);
  for (const device of devices(emil)) await told(device, 'incoming-call', unanswered.callId);
});

test('somebody is found by name, and has a profile', async () => {
  const [found] = await listed('/api/users?search=bened', ann, list => list.length === 1);
  assert.deepEqual([found.id, found.name, found.guest, 'email' in found], [ben.user.id, 'Benedikt', false, false]);
  const profile = await eventually('the profile says who is online', async () => {
    const shown = body(await server.get(`/api/users/${ben.user.id}`, by(ann)));
    return shown.status === 'online' && shown;
  });
  assert.equal(profile.name, 'Benedikt');
  assert.equal((await server.get('/api/users/nobody', by(ann))).status, 404);
});

test('a message arrives once on every device of both, whichever way it was sent', async () => {
  const sent = await write(ann.phone, ben, 'hello', {id: 'hello-1'});
  assert.deepEqual([sent.id, sent.content, sent.senderId, sent.receiverId], ['hello-1', 'hello', ann.user.id, ben.user.id]);
  for (const device of devices(ann, ben)) {
    const push = await device.next('message');
    assert.deepEqual([push.id, push.content, push.text, push.message, push.sender, push.senderId, push.receiverId],
                     ['hello-1', 'hello', 'hello', 'hello', 'Ann', ann.user.id, ben.user.id]);
    assert.deepEqual([push.conversationId, push.seq, push.senderSocketId],
                     [sent.conversationId, sent.seq, ann.phone.greeting.sessionId]);
  }
  assert.deepEqual(await write(ann.laptop, ben, 'hello', {id: 'hello-1'}), sent);
  await assert.rejects(write(ann.phone, ben, 'other', {id: 'hello-1'}), refusedWith('key_reused'));
  const post = content => server.post('/api/messages', {receiverId: ben.user.id, content, id: 'hello-1'}, by(ann));
  const again = body(await post('hello'), 201);
  assert.deepEqual([again.id, again.content, again.seq, again.createdAt], ['hello-1', 'hello', sent.seq, sent.createdAt]);
  assert.equal(body(await post('other'), 422).code, 'key_reused');

  const posted = body(await server.post('/api/messages', {receiverId: ann.user.id, content: 'hi'}, by(ben)), 201);
  assert.deepEqual([posted.content, posted.message, posted.senderId, posted.receiverId, posted.conversationId],
                   ['hi', 'hi', ben.user.id, ann.user.id, sent.conversationId]);
  for (const device of devices(ann, ben)) assert.equal((await device.next('message')).id, posted.id);
  const replyTo = {id: posted.id, text: 'hi', sender: 'Benedikt'};
  await ann.phone.ask('send_message', {conversationId: sent.conversationId, message: 'well?', replyTo});
  for (const device of devices(ann, ben)) {
    assert.deepEqual((await device.next('message')).replyTo, replyTo);
    assert.deepEqual(messagesOf(device), ['hello', 'hi', 'well?']);
  }
  assert.deepEqual(devices(carl).flatMap(messagesOf), []);
});

test('nobody writes to nobody, to themselves, as a guest, or in a conversation of others', async () => {
  const {conversationId} = ann.phone.all('message')[0];
  await assert.rejects(ann.phone.ask('message', {receiverId: 'nobody', content: 'x'}), refusedWith('user_not_found'));
  await assert.rejects(write(ann.phone, ann, 'x'), refusedWith('invalid'));
  await assert.rejects(carl.phone.ask('message', {conversationId, content: 'x'}), refusedWith('forbidden'));
  const guest = await Client.connect(server);
  await assert.rejects(write(guest, ann, 'x'), refusedWith('unauthenticated'));
  await guest.close();
  const post = data => server.post('/api/messages', data, by(ann));
  assert.equal((await post({receiverId: 'nobody', content: 'x'})).status, 404);
  assert.equal((await post({receiverId: ann.user.id, content: 'x'})).status, 422);
  assert.equal((await post({receiverId: ben.user.id})).status, 400);
  body(await server.post(`/api/conversations/${conversationId}/read`, {}, by(carl)), 403);
});

test('the history is read page by page, both ways, by the two alone', async () => {
  for (let i = 0; i < 5; ++i) await write(ben.laptop, ann, `line ${i}`);
  await ann.phone.next('message', push => push.content === 'line 4');
  const wanted = ['hello', 'hi', 'well?', 'line 0', 'line 1', 'line 2', 'line 3', 'line 4'];
  const history = async (who, other, order) => {
    const all = [];
    for (let next = `/api/messages?with=${other.user.id}&limit=3&order=${order}`; next;) {
      const page = await server.get(next, by(who));
      all.push(...body(page));
      assert.ok(page.json.length <= 3);
      next = /<([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1];
    }
    return all;
  };
  await listed(`/api/messages?with=${ben.user.id}`, ann, list => list.length === wanted.length);
  for (const [who, other] of [[ann, ben], [ben, ann]]) {
    const all = await history(who, other, 'asc');
    assert.deepEqual(all.map(message => message.content), wanted);
    assert.deepEqual(all.map(message => message.receiverId === ann.user.id), all.map(m => m.senderId === ben.user.id));
    assert.deepEqual((await history(who, other, 'desc')).map(message => message.content), wanted.toReversed());
  }
  assert.deepEqual(await history(carl, ann, 'asc'), []);
});

test('what was read counts as read, and the other one is told', async () => {
  const [unread] = await listed('/api/conversations', ann, list => list[0]?.unreadCount === 6);
  assert.deepEqual([unread.userId, unread.name, unread.lastMessage.content, unread.readSeq],
                   [ben.user.id, 'Benedikt', 'line 4', 0]);
  const {conversationId, seq} = ann.phone.all('message').find(push => push.content === 'line 1');
  assert.equal((await ann.phone.ask('read', {conversationId, seq})).seq, seq);
  for (const device of [ann.laptop, ben.phone, ben.laptop])
    assert.deepEqual(await device.next('read'), {conversationId, userId: ann.user.id, seq});
  await listed('/api/conversations', ann, ([one]) => one.unreadCount === 3 && one.readSeq === seq);
  await listed('/api/conversations', ben, ([one]) => one.otherReadSeq === seq && one.unreadCount === 2);
  assert.equal((await ann.phone.ask('read', {conversationId, seq: 1})).seq, seq, 'what was read stays read');
  const all = body(await server.post(`/api/conversations/${conversationId}/read`, {}, by(ann)));
  assert.ok(all.seq > seq);
  await listed('/api/conversations', ann, ([one]) => one.unreadCount === 0);
  assert.ok((await ben.phone.next('read')).seq > seq);
});

test('who types is shown to the other one, on all devices, and to nobody else', async () => {
  await ann.phone.ask('typing', {receiverId: ben.user.id, isTyping: true});
  for (const device of devices(ben)) {
    const typing = await device.next('typing');
    assert.deepEqual([typing.userId, typing.username, typing.isTyping], [ann.user.id, 'Ann', true]);
  }
  assert.deepEqual([...devices(ann), ...devices(carl)].flatMap(device => device.all('typing')), []);
});

test('whoever one has written with is seen coming, away and going', async () => {
  const next = status => ann.phone.next('presence', push => push.userId === ben.user.id && push.status === status);
  /// In the profile and in the list of conversations.
  const shownAs = status => eventually(`Ben is shown as ${status}`, async () => {
    const profile = body(await server.get(`/api/users/${ben.user.id}`, by(ann)));
    const list = body(await server.get('/api/conversations', by(ann)));
    return [profile, list.find(each => each.userId === ben.user.id).user].every(each => each.status === status) && profile;
  });
  await ben.phone.ask('presence', {status: 'away'});
  await ben.laptop.ask('presence', {status: 'away'}); // only now is nobody looking
  await next('away');
  await shownAs('away');
  await ben.phone.ask('presence', {status: 'online'});
  await next('online');
  await shownAs('online');
  await assert.rejects(ben.phone.ask('presence', {status: 'asleep'}), refusedWith('invalid'));
  await ben.phone.close();
  await ben.laptop.close();
  const {lastSeen} = await next('offline');
  const shown = await shownAs('offline');
  assert.ok(Date.parse(lastSeen) > 0 && Date.parse(shown.lastSeen) > 0);
  ben.phone = await connect(ben);
  await next('online');
  ben.laptop = await connect(ben);
  // The two devices go at once: as somebody who is away when the one goes first that was looked at.
  assert.match(ann.phone.all('presence').map(push => push.status).join(), /^away,online,(away,)?offline,online$/);
  assert.deepEqual(devices(carl).flatMap(device => device.all('presence')), []);
});

test('a call rings on all devices, is taken on one, and lasts until one hangs up', async () => {
  const {callId, status} = await call(ann.phone, ben);
  assert.equal(status, 'calling');
  for (const device of devices(ben)) {
    const incoming = await told(device, 'incoming-call', callId);
    assert.deepEqual([incoming.from, incoming.fromSocketId, incoming.name, incoming.callerName, incoming.offer, incoming.sdp],
                     [ann.user.id, ann.phone.greeting.sessionId, 'Ann', 'Ann', offer, offer]);
  }
  assert.equal((await told(ann.phone, 'calling', callId)).status, 'calling');
  assert.equal((await told(ann.phone, 'calling', callId)).status, 'ringing');
  assert.equal((await ben.laptop.ask('call-accepted', {to: ann.user.id, answer})).status, 'accepted');
  const accepted = await told(ann.phone, 'call-accepted', callId);
  assert.deepEqual([accepted.from, accepted.fromSocketId, accepted.answer],
                   [ben.user.id, ben.laptop.greeting.sessionId, answer]);
  assert.equal((await told(ben.phone, 'call-ended', callId)).reason, 'answered-elsewhere');
  await assert.rejects(ben.phone.ask('call-accepted', {callId, answer}), refusedWith('conflict'));
  await assert.rejects(ben.phone.ask('call-ended', {callId}), refusedWith('forbidden'));
  await assert.rejects(carl.phone.ask('call-ended', {callId}), refusedWith('forbidden'));

  const candidate = {candidate: 'candidate:1 1 udp 1 127.0.0.1 9 typ host', sdpMid: '0'};
  await ann.phone.ask('ice-candidate', {to: ben.user.id, candidate});
  assert.deepEqual((await told(ben.laptop, 'ice-candidate', callId)).candidate, candidate);
  await ben.laptop.ask('ice-candidate', {callId, candidate});
  assert.deepEqual((await told(ann.phone, 'ice-candidate', callId)).candidate, candidate);

  const busy = await call(carl.laptop, ben);
  assert.equal(busy.status, 'ended');
  assert.equal((await told(carl.laptop, 'call-ended', busy.callId)).reason, 'busy');

  await ann.phone.ask('call-ended', {callId});
  assert.equal((await told(ben.laptop, 'call-ended', callId)).reason, 'ended');
  assert.deepEqual(devices(ben).flatMap(device => device.all('ice-candidate')).length, 1);
  assert.deepEqual(ann.laptop.all('call-accepted', 'calling', 'call-ended', 'ice-candidate', 'incoming-call'), []);
  assert.ok(!ben.phone.all('incoming-call').some(push => push.callId === busy.callId));
});

test('a call may be refused, taken back, or lost with the device that had it', async () => {
  const refused = await call(ann.phone, ben);
  for (const device of devices(ben)) await told(device, 'incoming-call', refused.callId);
  await ann.phone.ask('ice-candidate', {callId: refused.callId, candidate: null});
  for (const device of devices(ben)) assert.equal((await told(device, 'ice-candidate', refused.callId)).candidate, null);
  await ben.laptop.ask('call-rejected', {callId: refused.callId});
  const rejected = await told(ann.phone, 'call-rejected', refused.callId);
  assert.deepEqual([rejected.reason, rejected.from], ['rejected', ben.user.id]);
  assert.equal((await told(ben.phone, 'call-ended', refused.callId)).reason, 'rejected');

  const taken_back = await call(ben.phone, ann);
  for (const device of devices(ann)) await told(device, 'incoming-call', taken_back.callId);
  await ben.phone.ask('call-ended', {to: ann.user.id});
  for (const device of devices(ann))
    assert.equal((await told(device, 'call-ended', taken_back.callId)).reason, 'cancelled');
  await assert.rejects(ann.phone.ask('call-accepted', {callId: taken_back.callId, answer}), refusedWith('not_found'));

  const lost = await call(ann.laptop, ben);
  await told(ben.phone, 'incoming-call', lost.callId);
  await ben.phone.ask('call-accepted', {callId: lost.callId, answer});
  await told(ann.laptop, 'call-accepted', lost.callId);
  await told(ben.laptop, 'call-ended', lost.callId);
  await ann.laptop.close();
  assert.equal((await told(ben.phone, 'call-ended', lost.callId)).reason, 'connection-lost');
  ann.laptop = await connect(ann);
});

test('who calls somebody that is just calling them is told of that call', async () => {
  const [one, other] = await Promise.all([call(ann.phone, ben), call(ben.laptop, ann)]);
  assert.equal(one.callId, other.callId);
  assert.deepEqual([one.glare ?? false, other.glare ?? false].sort(), [false, true]);
  const [caller, callee] = one.glare ? [ben.laptop, ann.phone] : [ann.phone, ben.laptop];
  await callee.ask('call-accepted', {callId: one.callId, answer});
  assert.deepEqual((await told(caller, 'call-accepted', one.callId)).answer, answer);
  await callee.ask('call-ended', {callId: one.callId});
  assert.equal((await told(caller, 'call-ended', one.callId)).reason, 'ended');
});

test('the history of calls says what became of each, to both', async () => {
  const wanted = ['ended', 'connection-lost', 'cancelled', 'rejected'];
  const calls = await listed('/api/calls', ann, list => list.length === 5 && list.every(each => each.endedAt));
  assert.deepEqual(calls.slice(0, 4).map(each => each.status), wanted);
  assert.deepEqual(calls.slice(1, 4).map(each => each.direction), ['outgoing', 'incoming', 'outgoing']);
  assert.ok(calls.every(each => each.userId === ben.user.id && each.name === 'Benedikt'));
  assert.ok(calls[4].durationSeconds >= 0 && calls[4].acceptedAt);
  assert.ok(!('acceptedAt' in calls[3]));
  const first = await server.get('/api/calls?limit=2', by(ben));
  const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link'))[1];
  const rest = body(await server.get(next, by(ben)));
  assert.ok([...body(first), ...rest].every(each => each.direction !== calls.find(c => c.id === each.id)?.direction));
});

test('notifications come to every device, are listed, and read once', async () => {
  const notify = (data, who) => server.post('/realtime/notifications', data, by(who));
  const notice = {userId: ben.user.id, title: 'Maintenance', body: 'At midnight.', kind: 'system', data: {page: 7}};
  assert.equal((await notify(notice, ann)).status, 403);
  assert.equal((await notify({...notice, userId: 'nobody'}, teller)).status, 404);
  const {id} = body(await notify(notice, teller), 201);
  for (const device of devices(ben)) {
    const push = await device.next('notification:new', push => push.id === id);
    assert.deepEqual([push.kind, push.type, push.title, push.body, push.message, push.data, push.read],
                     ['system', 'system', 'Maintenance', 'At midnight.', 'At midnight.', {page: 7}, false]);
  }
  const [shown] = await listed('/api/notifications?unread=true', ben, list => list.some(each => each.id === id));
  assert.deepEqual([shown.id, shown.title, shown.data, shown.read], [id, 'Maintenance', {page: 7}, false]);
  const read = who => server.post(`/api/notifications/${id}/read`, {}, by(who));
  body(await read(ann), 404);
  for (let i = 0; i < 2; ++i) assert.equal(body(await read(ben)).read, true);
  await listed('/api/notifications?unread=true', ben, list => list.every(each => each.id !== id));
  assert.equal((await listed('/api/notifications', ben, list => list[0]?.id === id))[0].read, true);
});

test('who calls somebody that is not there is told so, and the other finds it when they come', async () => {
  const {callId, status} = await call(carl.phone, teller);
  assert.equal(status, 'ended');
  assert.equal((await told(carl.phone, 'call-ended', callId)).reason, 'unavailable');
  const [notice] = await listed('/api/notifications?unread=true', teller, list => list.length === 1);
  assert.deepEqual([notice.kind, notice.data], ['missed-call', {callId, from: carl.user.id, reason: 'unavailable'}]);
});

test('a call that nobody answered is missed, and all are told', async () => {
  const {callId} = unanswered;
  await eventually('it is missed', () => dora.phone.all('call-ended').length === 1, 60);
  for (const device of [dora.phone, ...devices(emil)])
    assert.equal((await told(device, 'call-ended', callId)).reason, 'missed');
  for (const device of devices(emil)) {
    const notice = await device.next('notification:new');
    assert.deepEqual([notice.kind, notice.data], ['missed-call', {callId, from: dora.user.id, reason: 'missed'}]);
  }
  const [call] = await listed('/api/calls', emil, list => list[0]?.endedAt);
  assert.deepEqual([call.id, call.status, call.direction, call.name], [callId, 'missed', 'incoming', 'Dora']);
});

test('a block lets nothing through, either way, until who set it lifts it', async () => {
  const block = (who, whom, method) => server.request(method, `/api/users/${whom.user.id}/block`, by(who));
  body(await block(ann, ben, 'PUT'));
  body(await block(ann, ben, 'PUT'));
  const blocks = await listed('/api/blocks', ann, list => list.length === 1);
  assert.deepEqual([blocks[0].userId, blocks[0].name], [ben.user.id, 'Benedikt']);
  assert.deepEqual(body(await server.get('/api/blocks', by(ben))), []);
  const from = new Map(devices(ann, ben).map(device => [device, device.pushes.length]));
  for (const [who, other] of [[ann, ben], [ben, ann]]) {
    await assert.rejects(write(who.phone, other, 'psst'), refusedWith('blocked'));
    assert.equal((await server.post('/api/messages', {receiverId: other.user.id, content: 'psst'}, by(who))).status, 403);
    await assert.rejects(call(who.phone, other), refusedWith('blocked'));
    await who.phone.ask('typing', {receiverId: other.user.id, isTyping: true});
    for (const status of ['away', 'online'])
      for (const device of devices(who)) await device.ask('presence', {status});
    const profile = body(await server.get(`/api/users/${other.user.id}`, by(who)));
    assert.ok(!('status' in profile) && !('lastSeen' in profile));
    const [conversation] = body(await server.get('/api/conversations', by(who)));
    assert.ok(conversation.user.status === 'offline' && !('lastSeen' in conversation.user));
  }
  body(await block(ben, ann, 'DELETE')); // is not his to lift
  await assert.rejects(write(ben.phone, ann, 'psst'), refusedWith('blocked'));
  body(await block(ann, ben, 'DELETE'));
  await write(ben.phone, ann, 'friends again');
  for (const device of devices(ann, ben)) {
    await device.next('message', push => push.content === 'friends again');
    assert.deepEqual(device.pushes.slice(from.get(device)).map(push => push.event), ['message']);
  }
  await ben.phone.ask('presence', {status: 'away'});
  await ben.laptop.ask('presence', {status: 'away'});
  await ann.phone.next('presence', push => push.status === 'away');
});

test('who was away gets what came meanwhile, once and in order, also over kill -9', async () => {
  const before = ben.phone;
  const comeBack = () => Client.connect(server, {token: ben.token, session: before.greeting.sessionId,
                                                 resume: before.greeting.resume});
  const lines = Array.from({length: 5}, (_, i) => `meanwhile ${i}`);
  await before.drop();
  for (const line of lines) await write(ann.phone, ben, line);
  await server.post('/realtime/notifications', {userId: ben.user.id, title: 'Meanwhile'}, by(teller));
  await ben.laptop.next('notification:new', push => push.title === 'Meanwhile');
  ben.phone = await comeBack();
  assert.equal(ben.phone.greeting.resumed, true);
  await ben.phone.next('notification:new');
  assert.deepEqual(messagesOf(ben.phone), lines);
  const places = [...before.pushes, ...ben.phone.pushes].map(push => push.data.inboxSeq).filter(Boolean);
  assert.deepEqual(places, [...new Set(places)].sort((a, b) => a - b));

  await ben.phone.drop();
  await write(ann.phone, ben, 'before the crash');
  await server.kill9();
  await server.launch();
  ben.phone = await comeBack();
  assert.equal(ben.phone.greeting.resumed, true);
  ann.phone = await connect(ann);
  await write(ann.phone, ben, 'after the crash');
  await ben.phone.next('message', push => push.content === 'after the crash');
  assert.deepEqual(messagesOf(ben.phone).slice(-2), ['before the crash', 'after the crash']);
});

test('a guest answers who wrote to it, and writes to and calls nobody first', async () => {
  const fritz = await person('Fritz');
  const gus = (await server.post('/api/auth/guest', {name: 'Gus'})).json;
  const guest = await connect(gus);
  await assert.rejects(write(guest, fritz, 'x'), refusedWith('guests_not_allowed'));
  await assert.rejects(call(guest, fritz), refusedWith('guests_not_allowed'));
  await assert.rejects(guest.ask('typing', {receiverId: fritz.user.id}), refusedWith('guests_not_allowed'));
  body(await server.post('/api/messages', {receiverId: fritz.user.id, content: 'x'}, by(gus)), 403);
  await write(fritz.phone, gus, 'hello, Gus');
  assert.equal((await guest.next('message')).sender, 'Fritz');
  await write(guest, fritz, 'hello, Fritz', {displayName: 'Ann'});
  for (const device of devices(fritz)) {
    assert.equal((await device.next('message', push => push.content === 'hello, Fritz')).sender, 'Gus');
    assert.deepEqual(device.all('incoming-call'), []);
  }
  for (const client of [guest, ...devices(fritz)]) await client.close();
});
