// The operator's tool beside the real server: what it prints, follows, rebuilds and mends.
import assert from 'node:assert/strict';
import {execFile, spawn} from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import {after, before, describe, test} from 'node:test';
import {Client} from './support/client.mjs';
import {Server, eventually, within} from './support/server.mjs';

/// Runs the tool to its end: {code, stdout, stderr}.
const parley = (...args) => new Promise(resolve => {
  execFile(process.env.TEST_PARLEY, args, {maxBuffer: 64 * 1024 * 1024},
           (error, stdout, stderr) => resolve({code: error ? error.code : 0, stdout, stderr}));
});
const jsonLines = text => text.split('\n').filter(line => line !== '').map(line => JSON.parse(line));

describe('the log, while the server writes it', () => {
  let server, ada;
  before(async () => {
    server = await Server.start();
    ada = await Client.connect(server);
    await ada.join('talk');
    for (let i = 0; i < 20; ++i) await ada.say('talk', `text ${i}`);
  });
  after(() => server.stop());

  test('dump prints every record once, in order, for people and as JSON', async () => {
    const {code, stdout} = await parley('log', 'dump', '--json', '--data', server.data);
    assert.equal(code, 0);
    const records = jsonLines(stdout);
    assert.deepEqual(records.map(record => record.position), records.map((_, i) => i + 1));
    assert.deepEqual(records.filter(record => record.type === 'message-sent').map(record => record.personal.text),
                     Array.from({length: 20}, (_, i) => `text ${i}`));
    const people = await parley('log', 'dump', '--data', server.data);
    assert.equal(people.code, 0);
    assert.ok(people.stdout.split('\n').filter(line => line.includes('message-sent')).length === 20, people.stdout);
  });

  test('dump is narrowed to positions and to a stream', async () => {
    const some = jsonLines((await parley('log', 'dump', '--json', '--from', '3', '--to', '5', '--data', server.data)).stdout);
    assert.deepEqual(some.map(record => record.position), [3, 4, 5]);
    const room = jsonLines((await parley('log', 'dump', '--json', '--stream', 'room/talk', '--data', server.data)).stdout);
    assert.deepEqual(room.map(record => record.version), room.map((_, i) => i + 1));
    assert.ok(room.length >= 22 && room.every(record => record.stream === 'room/talk'));
  });

  test('tail prints the last ten, then what is written, until interrupted', async () => {
    const tail = spawn(process.env.TEST_PARLEY, ['log', 'tail', '--json', '--data', server.data]);
    let out = '';
    tail.stdout.on('data', data => out += data);
    const ended = new Promise(resolve => tail.on('exit', code => resolve(code)));
    const complete = () => jsonLines(out.slice(0, out.lastIndexOf('\n') + 1));
    await eventually('the last ten', () => complete().length === 10);
    await ada.say('talk', 'while it tails');
    await eventually('the new one', () => complete().some(record => record.personal.text === 'while it tails'));
    const positions = complete().map(record => record.position);
    assert.deepEqual(positions, positions.map((_, i) => positions[0] + i));
    tail.kill('SIGINT');
    assert.equal(await within(10, 'tail ends', ended), 0);
  });

  test('verify finds nothing wrong', async () => {
    const {code, stdout, stderr} = await parley('log', 'verify', '--data', server.data);
    assert.equal(code, 0, stdout + stderr);
  });

  test('a wrong directory, a wrong word and a wrong number are each refused with what to do', async () => {
    const nowhere = await parley('log', 'dump', '--data', path.join(server.data, 'nowhere'));
    assert.equal(nowhere.code, 1);
    assert.match(nowhere.stderr, /nowhere/);
    assert.equal((await parley('log', 'dumb')).code, 2);
    assert.equal((await parley('log', 'dump', '--from', 'x', '--data', server.data)).code, 2);
  });
});

describe('the read models', () => {
  let server, ada;
  before(async () => {
    server = await Server.start();
    ada = await server.signUp('Ada');
    const client = await Client.connect(server, {token: ada.token});
    await client.join('talk');
    for (let i = 0; i < 20; ++i) await client.say('talk', `text ${i}`);
    await eventually('they are there', async () => (await server.get('/api/rooms/talk/messages')).json?.length === 20);
  });
  after(() => server.stop());
  const onDatabase = (...args) => parley('projections', ...args, '--database-url', server.databaseUrl, '--data', server.data);

  test('status tells how far they are, and how many rows they hold', async () => {
    const {code, stdout, stderr} = await onDatabase('status');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /messages\D+20\b/);
  });

  test('a rebuild beside the running server changes nothing, and the server goes on with the new tables', async () => {
    const before = await server.get('/api/rooms/talk/messages');
    const {code, stdout, stderr} = await onDatabase('rebuild');
    assert.equal(code, 0, stdout + stderr);
    await eventually('the same is read', async () => {
      const now = await server.get('/api/rooms/talk/messages');
      return now.status === 200 && now.text === before.text;
    });
    const bob = await Client.connect(server);
    await bob.join('talk');
    await bob.say('talk', 'after the rebuild');
    await eventually('the new tables are written', async () => {
      const now = await server.get('/api/rooms/talk/messages');
      return now.json?.some(message => message.text === 'after the rebuild');
    });
  });

  test('without PostgreSQL both say so', async () => {
    await server.stopPostgres();
    for (const what of ['status', 'rebuild']) {
      const {code, stderr} = await onDatabase(what);
      assert.equal(code, 1);
      assert.notEqual(stderr, '');
    }
    await server.startPostgres();
  });
});

describe('acknowledged events that vanished', () => {
  let server;
  before(async () => server = await Server.start());
  after(() => server.stop());

  test('the server refuses to start and names the command that accepts the loss; after it, it serves', async () => {
    const ada = await Client.connect(server);
    await ada.join('talk');
    for (let i = 0; i < 20; ++i) await ada.say('talk', `text ${i}`);
    await ada.close();
    await server.terminate();
    // As when the disk loses the newest write-ahead file.
    const files = fs.readdirSync(server.data, {recursive: true, withFileTypes: true})
                      .filter(entry => entry.isFile() && /^\d+\.log$/.test(entry.name))
                      .map(entry => path.join(entry.parentPath ?? entry.path, entry.name));
    const full = files.filter(file => fs.statSync(file).size > 0);
    assert.ok(full.length > 0, files.join());
    for (const file of full) fs.rmSync(file);

    const refused = server.spawn();
    assert.notEqual((await within(30, 'it ends', refused.ended)).code, 0);
    const remedy = /parley log accept-loss --head (\d+)/.exec(refused.err);
    assert.ok(remedy, refused.err);
    const wrong = await parley('log', 'accept-loss', '--head', String(Number(remedy[1]) + 1), '--data', server.data);
    assert.equal(wrong.code, 1, 'another head than the log has');
    const accepted = await parley('log', 'accept-loss', '--head', remedy[1], '--data', server.data);
    assert.equal(accepted.code, 0, accepted.stderr);
    await server.launch();
    const bob = await Client.connect(server);
    await bob.join('talk');
    await bob.say('talk', 'after the loss');
    await bob.close();
  });
});
