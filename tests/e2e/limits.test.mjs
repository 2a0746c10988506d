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

/// Says so much in a room that a reader who sleeps lags: 10 MB, more than the kernel's buffers and the server's queue
/// hold. Resolves with the last answer.
async function sayTooMuch(speaker, roomId, total) {
  const text = 'x'.repeat(12 * 1024);
  let last;
  for (let sent = 0; sent < total;) {
    const batch = Array.from({length: Math.min(20, total - sent)}, (_, i) =>
      speaker.say(roomId, text, {id: `m-${sent + i}`}).then(answer => { last = answer; return true; },
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
  return last;
}

const follows = seqs => assert.deepEqual(seqs, Array.from(seqs, (_, i) => seqs[0] + i), 'in order, without a gap');

test('a reader that never reads costs the others nothing, and misses nothing once it reads', async () => {
  const [speaker, listener, sleeper] = await Promise.all([1, 2, 3].map(() => Client.connect(server)));
  for (const client of [speaker, listener, sleeper]) await client.join('sleepy');
  sleeper.socket.pause();
  const total = 900;
  const last = await sayTooMuch(speaker, 'sleepy', total);
  await within(30, 'the listener has all', eventually('all arrived', () => listener.all('message-received').length >= total, 30));
  assert.ok(sleeper.all('message-received').length < total);
  sleeper.socket.resume();
  await eventually('the sleeper caught up', () => sleeper.all('message-received').length >= total, 60);
  const seqs = sleeper.all('message-received', 'user-joined', 'user-left').map(push => push.seq);
  follows(seqs);
  assert.equal(seqs.at(-1), last.seq);
  for (const client of [speaker, listener, sleeper]) client.socket.terminate();
});

test('a reader that lags when its room closes still gets all of it, to the end', async () => {
  const host = await server.signUp('Host');
  const made = await server.post('/api/rooms', {title: 'Closing'}, {token: host.token});
  assert.equal(made.status, 201, made.text);
  const {roomId} = made.json;
  const speaker = await Client.connect(server, {token: host.token});
  const sleeper = await Client.connect(server);
  for (const client of [speaker, sleeper]) await client.join(roomId);
  sleeper.socket.pause();
  const total = 900;
  await sayTooMuch(speaker, roomId, total);
  const gone = await server.request('DELETE', `/api/rooms/${roomId}`, {token: host.token});
  assert.equal(gone.status, 200, gone.text);
  const end = await speaker.next('room-closed');
  assert.ok(sleeper.all('message-received').length < total);
  sleeper.socket.resume();
  const [told] = await eventually('the sleeper is told of the end', () => {
    const ends = sleeper.all('room-closed');
    return ends.length > 0 && ends;
  }, 60);
  assert.equal(told.seq, end.seq);
  assert.equal(sleeper.all('message-received').length, total);
  follows(sleeper.all('message-received', 'user-joined', 'user-left', 'room-closed').map(push => push.seq));
  for (const client of [speaker, sleeper]) client.socket.terminate();
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

test('requests beyond the rate of an address are refused with 429, the limit and when to come back', async () => {
  const strict = await Server.start({flags: ['--rates-requests-per-address', '0.1/5'], database: false});
  try {
    const answers = [];
    for (let i = 0; i < 8; ++i) answers.push(await strict.get('/livez'));
    assert.deepEqual(answers.map(answer => answer.status), [...Array(5).fill(200), ...Array(3).fill(429)]);
    const {headers, json} = answers.at(-1);
    assert.equal(json.code, 'rate_limited');
    assert.equal(headers.get('ratelimit-limit'), '5');
    assert.equal(headers.get('ratelimit-remaining'), '0');
    assert.equal(headers.get('ratelimit-reset'), headers.get('retry-after'));
    assert.ok(Number(headers.get('retry-after')) >= 1);
  } finally {
    await strict.stop();
  }
});

test('who made too many lounges, services and listings is told to wait, and others are not', async () => {
  const strict = await Server.start({flags: ['--rates-creations-per-user', '0.001/2'], database: false});
  try {
    const [ann, ben] = [await strict.signUp('Ann'), await strict.signUp('Ben')];
    const price = {priceMinor: 500, currency: 'EUR'};
    const make = [['/api/lounges', {name: 'Bar'}], ['/api/services', {title: 'Cut', durationMinutes: 30, ...price}],
                  ['/api/marketplace/listings', {title: 'Chair', ...price}]];
    const answers = [];
    for (const [path, body] of make) answers.push(await strict.post(path, body, {token: ann.token}));
    assert.deepEqual(answers.map(answer => answer.status), [201, 201, 429]);
    assert.equal(answers[2].json.code, 'rate_limited');
    assert.ok(Number(answers[2].headers.get('retry-after')) >= 1);
    assert.equal((await strict.post(...make[2], {token: ben.token})).status, 201);
  } finally {
    await strict.stop();
  }
});

test('who opened too many rooms by joining is told to wait, and still comes into rooms that are open', async () => {
  const strict = await Server.start({flags: ['--rates-room-opens-per-address', '0.001/2'], database: false});
  try {
    const [one, two] = await Promise.all([1, 2].map(() => Client.connect(strict)));
    await one.join('first');
    await one.join('second');
    const refused = await one.join('third').then(() => undefined, error => error);
    assert.equal(refused.code, 'rate_limited');
    assert.ok(refused.retryAfter >= 1);
    one.tell('join-room', {roomId: 'third'}); // without an ack
    const exception = await one.next('exception');
    assert.equal(exception.code, 'rate_limited');
    assert.ok(exception.retryAfter >= 1);
    // Coming into open rooms gives nothing back that was never paid.
    for (const roomId of ['first', 'second']) assert.equal((await two.join(roomId)).participantCount, 2);
    await assert.rejects(two.join('third'), {code: 'rate_limited'});
    for (const client of [one, two]) client.socket.terminate();
  } finally {
    await strict.stop();
  }
});

test('behind a trusted proxy each client has limits of its own, and cannot choose whose', async () => {
  const proxied = await Server.start({flags: ['--trusted-proxies', '127.0.0.2', '--rates-room-opens-per-address', '0.001/1',
                                              '--rates-auth-per-address', '0.001/1'], database: false});
  try {
    const guest = (from, client) => proxied.postFrom(from, '/api/auth/guest', {name: 'Guest'}, {'x-forwarded-for': client});
    const through = client => guest('127.0.0.2', client).then(answer => answer.status);
    assert.equal(await through('203.0.113.1'), 201);
    assert.equal(await through('203.0.113.1'), 429);
    assert.equal(await through('198.51.100.7, 203.0.113.1'), 429);
    assert.equal(await through('203.0.113.2'), 201);
    const unproxied = [await guest('127.0.0.3', '203.0.113.3'), await guest('127.0.0.3', '203.0.113.4')];
    assert.deepEqual(unproxied.map(answer => answer.status), [201, 429]);

    const connect = client => Client.connect(proxied, {localAddress: '127.0.0.2', headers: {'x-forwarded-for': client}});
    const [one, same, other] = await Promise.all(['203.0.113.5', '203.0.113.5', '203.0.113.6'].map(connect));
    await one.join('of-one');
    await assert.rejects(same.join('of-the-same'), {code: 'rate_limited'});
    await other.join('of-another');
    for (const client of [one, same, other]) client.socket.terminate();
  } finally {
    await proxied.stop();
  }
});

test('asking after rooms that do not exist keeps nothing of them in memory', async () => {
  const entities = async () => Number(/^parley_entities (\d+)/m.exec((await server.get('/metrics')).text)[1]);
  const asker = await Client.connect(server);
  for (let i = 0; i < 150; ++i) await asker.ask('leave-room', {roomId: `nowhere-${i}`});
  await eventually('they are gone', async () => await entities() < 100);
  await asker.close();
});
