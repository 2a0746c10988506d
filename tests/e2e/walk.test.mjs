// The whole way, on real input: two people sign up, meet in a room, talk, exchange signaling, lose a connection, live
// through `kill -9`, and find their history; at the end what each saw is compared with the log.
import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import {after, before, test} from 'node:test';
import {Client} from './support/client.mjs';
import {Server, eventually} from './support/server.mjs';

let server, ada, bob;
const seen = {ada: [], bob: []}; // durable pushes of the room, over all connections of each
const room = 'Walk-Room';        // ids compare without case
// A joiner's own room-joined is the join's answer, and so no event of its own.
const durable = client =>
  client.pushes.filter(push => push.data.seq !== undefined && push.event !== 'room-joined');
/// A server that crashed cannot know what had arrived: what comes again afterwards must be the same, and counts once.
function keep(who, client, {mayRepeat = false} = {}) {
  const known = new Map(seen[who].map(push => [push.data.seq, push]));
  for (const push of durable(client)) {
    const before = known.get(push.data.seq);
    if (before) {
      assert.ok(mayRepeat, `${who} is told seq ${push.data.seq} twice`);
      assert.deepEqual(push, before);
      continue;
    }
    known.set(push.data.seq, push);
    seen[who].push(push);
  }
}

before(async () => server = await Server.start());
after(() => server.stop());

test('two people sign up and open a room by joining it', async () => {
  ada = await server.signUp('Ada');
  bob = await server.signUp('Bob');
  assert.equal(ada.user.name, 'Ada');
  ada.client = await Client.connect(server, {token: ada.token});
  bob.client = await Client.connect(server, {token: bob.token});
  assert.equal(ada.client.greeting.userId, ada.user.id);
  assert.equal(ada.client.greeting.guest, false);

  const first = await ada.client.join(room, {after: 0});
  assert.equal(first.participantCount, 1);
  assert.equal(first.hostId, ada.user.id);
  const second = await bob.client.join(room.toLowerCase(), {after: 0});
  assert.equal(second.participantCount, 2);
  assert.deepEqual(second.users.map(user => user.name).sort(), ['Ada', 'Bob']);
  const joined = await ada.client.next('user-joined', push => push.userId === bob.user.id);
  assert.equal(joined.name, 'Bob');
  assert.equal(joined.socketId, bob.client.greeting.sessionId);
});

test('both see every message, in one order', async () => {
  const answers = [];
  for (let i = 0; i < 10; ++i) {
    const [speaker, name] = i % 2 ? [bob, 'Bob'] : [ada, 'Ada'];
    answers.push(await speaker.client.say(room, `line ${i} of ${name} – ünïcödé 🙂`, {id: `line-${i}`}));
  }
  for (const person of [ada, bob]) {
    for (let i = 0; i < 10; ++i) {
      const push = await person.client.next('message-received', data => data.id === `line-${i}`);
      assert.equal(push.seq, answers[i].seq);
      assert.equal(push.text, `line ${i} of ${i % 2 ? 'Bob' : 'Ada'} – ünïcödé 🙂`);
      assert.equal(push.message, push.text);
      assert.equal(push.senderId, (i % 2 ? bob : ada).user.id);
    }
  }
});

test('the same message id sent again changes nothing and is answered as before', async () => {
  const before = ada.client.all('message-received').length;
  const again = await ada.client.say(room, 'line 0 of Ada – ünïcödé 🙂', {id: 'line-0'});
  const first = ada.client.all('message-received').find(push => push.id === 'line-0');
  assert.equal(again.seq, first.seq);
  const next = await ada.client.say(room, 'after the repeat', {id: 'after-repeat'});
  await ada.client.next('message-received', push => push.id === 'after-repeat');
  await bob.client.next('message-received', push => push.id === 'after-repeat');
  assert.equal(next.seq, Math.max(...ada.client.all('message-received').map(push => push.seq)));
  assert.equal(ada.client.all('message-received').length, before + 1);
});

const offer = {type: 'offer', sdp: 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\n'};
const answer = {type: 'answer', sdp: 'v=0\r\no=- 2 2 IN IP4 127.0.0.1\r\n'};

test('offer, answer and candidates go to whom they are meant for, both ways', async () => {
  const adaId = ada.client.greeting.sessionId, bobId = bob.client.greeting.sessionId;
  await ada.client.ask('offer', {to: bobId, roomId: room, offer});
  const offered = await bob.client.next('offer-received');
  assert.deepEqual(offered.offer, offer);
  assert.deepEqual(offered.sdp, offer);
  assert.equal(offered.from, adaId);
  assert.equal(offered.fromId, ada.user.id);

  await bob.client.ask('answer', {to: ada.user.id, roomId: room, answer});
  const answered = await ada.client.next('answer-received');
  assert.deepEqual(answered.answer, answer);
  assert.equal(answered.from, bobId);

  for (const [one, other] of [[ada, bob], [bob, ada]]) {
    const candidate = {candidate: `candidate:1 1 udp 1 127.0.0.1 9 typ host`, sdpMid: one.user.name};
    await one.client.ask('ice-candidate', {to: other.client.greeting.sessionId, roomId: room, candidate});
    assert.deepEqual((await other.client.next('ice-candidate-received')).candidate, candidate);
    assert.equal(one.client.all('ice-candidate-received', 'offer-received').length, one === ada ? 0 : 2);
  }
});

test('a push comes under its alias as well, unless a client asks for none', async () => {
  const guest = await Client.connect(server, {aliases: true});
  assert.equal(guest.greeting.guest, true);
  await guest.join(room);
  await ada.client.say(room, 'hello guest', {id: 'hello-guest'});
  const first = await guest.next('message-received');
  assert.deepEqual(await guest.next('receive-message'), first);
  assert.equal(ada.client.all('receive-message').length, 0);
  await guest.close();
  await ada.client.next('user-left', push => push.reason === 'left');
  await bob.client.next('user-left', push => push.reason === 'left');
});

test('a dropped connection resumes: nothing missed, nothing twice, nobody saw it leave', async () => {
  const {sessionId, resume} = bob.client.greeting;
  await bob.client.drop();
  keep('bob', bob.client);
  for (let i = 0; i < 5; ++i) await ada.client.say(room, `while away ${i}`, {id: `away-${i}`});
  bob.client = await Client.connect(server, {token: bob.token, session: sessionId, resume});
  assert.equal(bob.client.greeting.resumed, true);
  assert.equal(bob.client.greeting.sessionId, sessionId);
  await ada.client.say(room, 'welcome back', {id: 'welcome-back'});
  await bob.client.next('message-received', push => push.id === 'welcome-back');
  const missed = bob.client.all('message-received').filter(push => push.id.startsWith('away-')).map(push => push.id);
  assert.deepEqual(missed, [0, 1, 2, 3, 4].map(i => `away-${i}`));
  assert.equal(ada.client.all('user-left').filter(push => push.userId === bob.user.id).length, 0);
});

test('kill -9 loses nothing that was acknowledged', async () => {
  const acknowledged = [];
  const sending = (async () => {
    for (let i = 0;; ++i) {
      const id = `storm-${i}`;
      await ada.client.say(room, `in the storm ${i}`, {id});
      acknowledged.push(id);
      if (acknowledged.length === 50) void server.kill9();
    }
  })();
  await assert.rejects(sending);
  await server.child.ended;
  assert.ok(acknowledged.length >= 50);
  keep('ada', ada.client);
  keep('bob', bob.client);

  await server.launch();
  for (const [name, person] of [['ada', ada], ['bob', bob]]) {
    const {sessionId, resume} = person.client.greeting;
    person.client = await Client.connect(server, {token: person.token, session: sessionId, resume});
    assert.equal(person.client.greeting.resumed, true, `${name} resumes after the crash`);
    await person.client.join(room, {after: Math.max(...seen[name].map(push => push.data.seq))});
  }
  await bob.client.say(room, 'after the crash', {id: 'after-crash'});
  for (const [name, person] of [['ada', ada], ['bob', bob]]) {
    await person.client.next('message-received', push => push.id === 'after-crash');
    const ids = new Set([...seen[name].map(push => push.data.id), ...person.client.pushes.map(push => push.data.id)]);
    for (const id of acknowledged) assert.ok(ids.has(id), `${name} saw ${id}`);
  }
});

test('history is read back over REST, page by page', async () => {
  const messages = [];
  let target = `/api/rooms/${room}/messages?limit=20`;
  while (target) {
    const page = await server.get(target, {token: bob.token});
    assert.equal(page.status, 200, page.text);
    assert.ok(page.json.length <= 20);
    messages.push(...page.json);
    const next = /<([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '');
    target = next && next[1];
  }
  const shown = [...seen.bob, ...bob.client.pushes].filter(push => push.event === 'message-received');
  const wanted = new Map(shown.map(push => [push.data.seq, push.data.text]));
  const got = new Map(messages.map(message => [message.seq, message.text]));
  for (const [seq, text] of wanted) assert.equal(got.get(seq), text);
  assert.equal(messages.length, new Set(messages.map(message => message.id)).size);
});

test('what each client saw is what the log holds', async () => {
  keep('ada', ada.client, {mayRepeat: true});
  keep('bob', bob.client, {mayRepeat: true});
  await ada.client.close();
  await bob.client.next('user-left', push => push.userId === ada.user.id);
  await bob.client.close();
  await eventually('both have left', async () =>
    (await server.get(`/api/rooms/${room}`, {token: bob.token})).json.participantCount === 0);
  assert.equal((await server.terminate()).code, 0);
  await server.verifyLog();
  const log = await server.log();
  assert.deepEqual(log.map(record => record.position), log.map((_, i) => i + 1), 'positions have no gap');

  const stream = log.filter(record => record.stream === `room/${room.toLowerCase()}`);
  assert.deepEqual(stream.map(record => record.version), stream.map((_, i) => i + 1), 'versions have no gap');
  const told = {'message-sent': 'message-received', joined: 'user-joined', left: 'user-left'};
  for (const [name, pushes] of Object.entries(seen)) {
    const seqs = pushes.map(push => push.data.seq);
    assert.deepEqual(seqs, [...seqs].sort((a, b) => a - b), `${name} saw one order`);
    assert.equal(new Set(seqs).size, seqs.length, `${name} saw nothing twice`);
    for (const {event, data} of pushes) {
      const record = stream[data.seq - 1];
      assert.equal(event, told[record.type], `${name}, seq ${data.seq}`);
      if (event !== 'message-received') continue;
      assert.equal(data.id, record.data.messageId);
      assert.equal(data.text, record.personal.text);
      assert.equal(data.senderId, record.data.userId);
    }
    const last = Math.max(...seqs);
    const first = Math.min(...seqs);
    const shown = stream.filter(record => told[record.type] && record.version >= first && record.version <= last);
    assert.equal(seqs.length, shown.length, `${name} missed nothing`);
  }

  const relayed = stream.filter(record => record.type.endsWith('-relayed'));
  assert.deepEqual(relayed.map(record => record.type), ['offer-relayed', 'answer-relayed']);
  const relayedText = JSON.stringify({sdp: offer.sdp, type: offer.type}); // As Bob got it: members in order of name.
  const digest = createHash('sha256').update(relayedText).digest('hex');
  assert.equal(relayed[0].data.sha256, digest, 'the log knows the offer by its hash');
  assert.ok(!JSON.stringify(log).includes('IN IP4'), 'no SDP body is stored');

  for (const person of [ada, bob]) {
    const of = type => stream.filter(record => record.type === type && record.data.userId === person.user.id).length;
    assert.equal(of('joined'), of('left'), 'one left for each join');
  }
});
