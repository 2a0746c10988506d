// What an operator lives through: PostgreSQL comes and goes, the data directory is taken, the server is asked to stop.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {after, before, describe, test} from 'node:test';
import {Client} from './support/client.mjs';
import {Server, eventually, within} from './support/server.mjs';

const ready = async server => (await server.get('/readyz')).status === 200;
const messagesOf = (server, room) => server.get(`/api/rooms/${room}/messages?limit=200`);

describe('PostgreSQL goes away while people talk', () => {
  let server, ada, bob;
  before(async () => {
    server = await Server.start();
    await eventually('ready', () => ready(server));
    ada = await Client.connect(server);
    bob = await Client.connect(server);
    await ada.join('talk');
    await bob.join('talk');
    await ada.say('talk', 'with the database');
    await eventually('the read model has it', async () => (await messagesOf(server, 'talk')).json.length === 1);
  });
  after(() => server.stop());

  test('the chat goes on, reads of read models answer 503', async () => {
    await server.stopPostgres();
    for (let i = 0; i < 20; ++i) {
      await ada.say('talk', `without ${i}`);
      await bob.next('message-received', push => push.text === `without ${i}`);
    }
    const answer = await messagesOf(server, 'talk');
    assert.equal(answer.status, 503);
    assert.ok(Number(answer.headers.get('retry-after')) >= 1);
    assert.equal((await server.get('/livez')).status, 200, 'alive');
    assert.equal((await server.get('/readyz')).status, 503, 'not ready');
  });

  test('sign-up works meanwhile', async () => {
    const eve = await server.signUp('Eve');
    assert.equal((await server.post('/api/auth/login', {email: eve.email, password: eve.password})).status, 200);
  });

  test('once it is back, the read models catch up with everything', async () => {
    await server.startPostgres();
    await eventually('ready again', () => ready(server), 30);
    const texts = await eventually('all is there', async () => {
      const answer = await messagesOf(server, 'talk');
      return answer.status === 200 && answer.json.length === 21 && answer.json.map(message => message.text);
    }, 30);
    assert.deepEqual(texts.sort(), ['with the database', ...Array.from({length: 20}, (_, i) => `without ${i}`)].sort());
  });
});

describe('PostgreSQL is absent at start', () => {
  let server;
  before(async () => server = await Server.start({database: false}));
  after(() => server.stop());

  test('the server serves all the same, and its read models come when PostgreSQL does', async () => {
    const ada = await Client.connect(server);
    await ada.join('early');
    await ada.say('early', 'the first');
    assert.equal((await messagesOf(server, 'early')).status, 503);
    await server.startPostgres();
    await eventually('history is there', async () => {
      const answer = await messagesOf(server, 'early');
      return answer.status === 200 && answer.json.length === 1;
    }, 30);
    await ada.close();
  });
});

describe('starting and stopping', () => {
  let server;
  before(async () => server = await Server.start());
  after(() => server.stop());

  test('a second server on the same data refuses to start and says why', async () => {
    const second = server.spawn();
    const {code} = await within(20, 'it ends', second.ended);
    assert.notEqual(code, 0);
    assert.match(second.err, /in use|locked|another/i);
    assert.equal(second.out, '');
    assert.equal((await server.get('/livez')).status, 200, 'the first does not mind');
  });

  test('a taken port ends the start and says so', async () => {
    const other = fs.mkdtempSync(path.join(os.tmpdir(), 'parley-e2e-'));
    const second = server.spawn([], {data: other, port: server.port});
    const {code} = await within(20, 'it ends', second.ended);
    fs.rmSync(other, {recursive: true});
    assert.equal(code, 1);
    assert.match(second.err, /port \d+ .*in use/);
  });

  test('a data directory that cannot be written is refused with its name', async () => {
    const blocked = path.join(server.data, 'a-file');
    fs.writeFileSync(blocked, '');
    const child = server.spawn([], {data: blocked});
    const {code} = await within(20, 'it ends', child.ended);
    assert.equal(code, 1);
    assert.ok(child.err.includes('a-file'), child.err);
  });

  test('an unknown flag ends it with 2', async () => {
    const {code} = await within(20, 'it ends', server.spawn(['--prot', '1']).ended);
    assert.equal(code, 2);
  });

  for (const signal of ['SIGTERM', 'SIGINT']) {
    test(`${signal} tells clients to come back, and they resume where they were`, async () => {
      const ada = await Client.connect(server);
      await ada.join('restart');
      const {seq} = await ada.say('restart', `before ${signal}`);
      const started = Date.now();
      const end = await server.terminate(signal);
      assert.equal(end.code, 0);
      assert.ok(Date.now() - started < 10_000, 'within 10 s');
      const {code, reason} = await ada.closed;
      assert.equal(code, 1001);
      assert.ok(reason.length > 0, 'and says what to do');

      await server.launch();
      const {sessionId, resume} = ada.greeting;
      const back = await Client.connect(server, {session: sessionId, resume});
      assert.equal(back.greeting.resumed, true);
      assert.equal((await back.say('restart', `after ${signal}`)).seq, seq + 1, 'nobody left in between');
      await back.close();
    });
  }

  test('metrics are Prometheus text', async () => {
    const metrics = await server.get('/metrics');
    assert.equal(metrics.status, 200);
    assert.match(metrics.headers.get('content-type'), /^text\/plain/);
    assert.match(metrics.text, /^# TYPE \w+ (counter|gauge|histogram)$/m);
  });
});
