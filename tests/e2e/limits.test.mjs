// Greedy clients get less; everybody else notices nothing.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {Client} from './support/client.mjs';
import {Server, eventually, within} from './support/server.mjs';

let server;
before(async () => server = await Server.start({flags: [
  '--rates-messages-per-session', '100/200', '--rates-auth-per-address', '1/20', '--limits-queue-bytes-max', '256KiB',
  '--limits-frame-bytes-max', '64KiB']}));
after(() => server.stop());

test('a full room takes nobody more, until somebody leaves', async () => {
  const host = await server.signUp('Host');
  const made = await server.post('/api/rooms', {title: 'Two chairs', capacity: 2}, {token: host.token});
  assert.equal(made.status, 201, made.text);
  const {roomId} = made.json;
  const [one, two, three] = await Promise.all([1, 2, 3].map(() => Client.connect(server)));
  await one.join(roomId);
  await two.join(roomId);
  await assert.rejects(three.join(roomId), {code: 'room_full'});
  await one.ask('leave-room', {roomId});
  assert.equal((await three.join(roomId)).participantCount, 2);
  for (const client of [one, two, three]) client.socket.terminate();
});

test('a flood from one client is slowed down or closed, others chat on', async () => {
  const [ada, bob, flooder] = await Promise.all([1, 2, 3].map(() => Client.connect(server)));
  await ada.join('flooded');
  await bob.join('flooded');
  await flooder.join('elsewhere');
  flooder.socket.on('error', () => {});
  let refused = 0;
  const answers = [];
  for (let i = 0; i < 2000 && flooder.socket.readyState === 1; ++i)
    answers.push(flooder.say('elsewhere', `flood ${i}`).catch(error => { refused += 1; return error; }));
  for (let i = 0; i < 20; ++i) {
    await ada.say('flooded', `calm ${i}`);
    await bob.next('message-received', push => push.text === `calm ${i}`);
  }
  const outcomes = await Promise.all(answers);
  assert.ok(refused > 0, 'not all of the flood was taken');
  const codes = new Set(outcomes.filter(o => o instanceof Error && o.code).map(o => o.code));
  for (const code of codes) assert.equal(code, 'rate_limited');
  if (flooder.socket.readyState !== 1) assert.equal((await flooder.closed).code, 4429);
  for (const client of [ada, bob, flooder]) client.socket.terminate();
});

test('a reader that never reads costs the others nothing, and misses nothing once it reads', async () => {
  const [speaker, listener, sleeper] = await Promise.all([1, 2, 3].map(() => Client.connect(server)));
  for (const client of [speaker, listener, sleeper]) await client.join('sleepy');
  sleeper.socket.pause();
  const text = 'x'.repeat(12 * 1024);
  const total = 900; // 10 MB: more than the kernel's buffers and the server's queue hold.
  let last;
  for (let sent = 0; sent < total;) {
    const batch = Array.from({length: Math.min(20, total - sent)}, (_, i) =>
      speaker.say('sleepy', text, {id: `m-${sent + i}`}).then(answer => { last = answer; return true; },
                                                             error => error.code === 'rate_limited' ? false : Promise.reject(error)));
    const taken = await Promise.all(batch);
    const refused = taken.indexOf(false);
    if (refused >= 0) {
      // Refused ones are sent again; those already taken are repeats and change nothing.
      sent += refused;
      await new Promise(resolve => setTimeout(resolve, 200));
    } else {
      sent += batch.length;
    }
  }
  await within(30, 'the listener has all', eventually('all arrived', () => listener.all('message-received').length >= total, 30));
  assert.ok(sleeper.all('message-received').length < total);
  sleeper.socket.resume();
  await eventually('the sleeper caught up', () => sleeper.all('message-received').length >= total, 60);
  const seqs = sleeper.all('message-received', 'user-joined', 'user-left').map(push => push.seq);
  assert.deepEqual(seqs, Array.from(seqs, (_, i) => seqs[0] + i), 'in order, without a gap');
  assert.equal(seqs.at(-1), last.seq);
  for (const client of [speaker, listener, sleeper]) client.socket.terminate();
});

test('sign-in attempts are limited per address with 429 and when to come back', async () => {
  const attempts = await Promise.all(Array.from({length: 60}, () =>
    server.post('/api/auth/login', {email: 'nobody@example.org', password: 'guessing again and again'})));
  const limited = attempts.filter(answer => answer.status === 429);
  assert.ok(limited.length > 0);
  for (const answer of limited) {
    assert.ok(Number(answer.headers.get('retry-after')) >= 1);
    assert.equal(answer.json.code, 'rate_limited');
  }
  for (const answer of attempts) assert.ok([401, 429, 503].includes(answer.status), String(answer.status));
  assert.equal((await server.get('/livez')).status, 200);
});
