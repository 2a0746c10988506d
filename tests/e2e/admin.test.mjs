// Operators: roles and keys given out on the machine, beside the running server and without it, and nowhere else; and
// what goes on in the background.
import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import {after, before, describe, test} from 'node:test';
import {Client} from './support/client.mjs';
import {Server, eventually, jwtSecret} from './support/server.mjs';

/// Runs the tool to its end, with the server's secret in its environment: {code, stdout, stderr}.
const parley = (server, ...args) => new Promise(resolve => {
  execFile(process.env.TEST_PARLEY, [...args, '--data', server.data],
           {env: {PATH: process.env.PATH, JWT_SECRET: jwtSecret, ...server.toolEnv}},
           (error, stdout, stderr) => resolve({code: error ? error.code : 0, stdout, stderr}));
});
const admin = (server, ...args) => parley(server, 'admin', ...args);
const socketOf = server => path.join(server.data, 'admin.sock');
const me = `${os.userInfo().username}@${os.hostname()}`;
const roleEvents = async server => (await server.log()).filter(record => /^(role|key|service)-/.test(record.type));

/// A request by the socket in the data directory, as the tool makes it.
const bySocket = (server, method, target, body) => new Promise((resolve, reject) => {
  const sent = http.request({socketPath: socketOf(server), method, path: target, headers: {'content-type': 'application/json'}});
  sent.on('error', reject).on('response', response => {
    let text = '';
    response.setEncoding('utf8').on('data', data => text += data)
        .on('end', () => resolve({status: response.statusCode, json: JSON.parse(text)}));
  });
  sent.end(body === undefined ? undefined : JSON.stringify(body));
});

describe('roles and keys', () => {
  let server, ada, bob;
  before(async () => {
    server = await Server.start();
    ada = await server.signUp('Ada');
    bob = await server.signUp('Bob');
  });
  after(() => server.stop());

  test('the socket is the owner\'s alone', () => {
    assert.equal(fs.statSync(socketOf(server)).mode & 0o777, 0o600);
  });

  test('beside the running server a role is granted by address and by id, and listed with who granted it', async () => {
    const granted = await admin(server, 'grant', 'operator', ada.email);
    assert.equal(granted.code, 0, granted.stderr);
    assert.match(granted.stdout, /Ada.*operator/);
    assert.equal((await admin(server, 'grant', 'auditor', bob.user.id)).code, 0);
    assert.equal((await admin(server, 'grant', 'auditor', bob.user.id)).code, 0, 'what holds already is no error');
    const {stdout} = await admin(server, 'roles');
    assert.match(stdout, new RegExp(`${ada.user.id}\\s+operator\\s+\\S+\\s+${me}\\s+Ada <${ada.email}>`));
    assert.match(stdout, new RegExp(`${bob.user.id}\\s+auditor\\s`));
  });

  test('a key is printed alone on standard output, and lets its service in until it is revoked', async () => {
    const made = await admin(server, 'key', 'create', 'booking mailer', '--role', 'service');
    assert.equal(made.code, 0, made.stderr);
    assert.match(made.stdout, /^pk_\w{22}_\w{22}\n$/);
    const key = made.stdout.trim(), id = /svc_\w+/.exec(made.stderr)[0];
    // A service may do what whoever is signed in may.
    assert.equal((await server.post('/api/lounges', {name: 'made by a machine'}, {token: key})).status, 201);
    assert.match((await admin(server, 'key', 'list')).stdout, new RegExp(`${id}\\s+in force\\s.*booking mailer`));
    const ended = await admin(server, 'key', 'revoke', id);
    assert.equal(ended.code, 0, ended.stderr);
    assert.equal((await server.post('/api/lounges', {name: 'once more'}, {token: key})).status, 401);
    assert.match((await admin(server, 'key', 'list')).stdout, new RegExp(`${id}\\s+revoked\\s`));
    // The key is nowhere on disk.
    for (const entry of fs.readdirSync(path.join(server.data, 'log'), {recursive: true, withFileTypes: true}))
      if (entry.isFile()) assert.ok(!fs.readFileSync(path.join(entry.parentPath ?? entry.path, entry.name)).includes(key));
  });

  test('what cannot be is refused with what is wrong', async () => {
    const nobody = await admin(server, 'grant', 'operator', 'nobody@example.org');
    assert.equal(nobody.code, 1);
    assert.match(nobody.stderr, /nobody has registered/);
    assert.equal((await admin(server, 'grant', 'operator', 'u_nobody')).code, 1);
    assert.equal((await admin(server, 'grant', 'emperor', ada.email)).code, 2);
    assert.equal((await admin(server, 'grant', 'operator')).code, 2);
    assert.equal((await admin(server, 'key', 'revoke', ada.user.id)).code, 1);
    const guest = await server.post('/api/auth/guest', {name: 'Gast'});
    assert.equal((await admin(server, 'grant', 'operator', guest.json.user.id)).code, 1);
    const nowhere = await parley({data: path.join(server.data, 'nowhere')}, 'admin', 'roles');
    assert.equal(nowhere.code, 1);
    assert.match(nowhere.stderr, /nowhere/);
    assert.ok(!fs.existsSync(path.join(server.data, 'nowhere')));
  });

  test('over TCP nobody grants anything, an operator neither', async () => {
    const body = {account: bob.user.id, role: 'operator'};
    for (const task of ['roles/grant', 'roles/revoke', 'keys/create', 'keys/revoke'])
      for (const token of [undefined, ada.token, bob.token])
        assert.equal((await server.post(`/admin/${task}`, body, {token})).status, 404);
    const client = await Client.connect(server, {token: ada.token});
    for (const event of ['grant-role', 'roles/grant', 'role-granted'])
      await assert.rejects(client.ask(event, body), {code: 'unknown_event'});
    await client.close();
    const claimed = [];
    for (const field of ['role', 'roles']) { // said, and not heard
      const answer = await server.post('/api/auth/register', {
        email: `${field}@example.org`, password: 'correct horse battery', [field]: ['operator'],
      });
      assert.equal(answer.status, 201);
      claimed.push(answer.json.id);
    }
    const {stdout} = await admin(server, 'roles');
    for (const id of claimed) assert.ok(!stdout.includes(id));
  });

  test('the socket serves the desk and nothing of the clients\'', async () => {
    assert.equal((await bySocket(server, 'GET', '/api/rooms/x')).status, 404);
    assert.equal((await bySocket(server, 'POST', '/api/auth/guest', {name: 'x'})).status, 404);
    assert.equal((await bySocket(server, 'POST', '/admin/roles/grant', {account: 'u_1'})).status, 400);
    assert.equal((await bySocket(server, 'GET', '/admin/roles/grant')).status, 405);
  });

  test('without the server the same commands work on the log, and the server knows it afterwards', async () => {
    await server.terminate();
    assert.ok(!fs.existsSync(socketOf(server)), 'its socket goes with it');
    assert.equal((await admin(server, 'revoke', 'operator', ada.email)).code, 0);
    const made = await admin(server, 'key', 'create', 'offline', '--role', 'operator');
    assert.match(made.stdout, /^pk_/);
    assert.doesNotMatch((await admin(server, 'roles')).stdout, new RegExp(`${ada.user.id}\\s+operator`));
    assert.equal((await admin(server, 'grant', 'operator', 'nobody@example.org')).code, 1);
    server.toolEnv = {JWT_SECRET: ''};
    const secretless = await admin(server, 'grant', 'operator', ada.email);
    assert.equal(secretless.code, 1);
    assert.match(secretless.stderr, /JWT_SECRET/);
    server.toolEnv = {};

    const records = await roleEvents(server);
    assert.deepEqual(records.map(record => [record.type, record.data.role ?? '']), [
      ['role-granted', 'operator'], ['role-granted', 'auditor'], ['service-registered', ''], ['role-granted', 'service'],
      ['role-revoked', 'service'], ['key-revoked', ''], ['role-revoked', 'operator'], ['service-registered', ''],
      ['role-granted', 'operator'],
    ]);
    assert.ok(records.every(record => record.data.by === me && record.actor === me), JSON.stringify(records));
    await server.verifyLog();
    await server.launch();
    assert.equal((await server.post('/api/lounges', {name: 'by a key made offline'}, {token: made.stdout.trim()})).status, 201);
  });

  test('after kill -9 the socket that is left does not hinder anybody', async () => {
    await server.kill9();
    assert.ok(fs.existsSync(socketOf(server)));
    assert.equal((await admin(server, 'grant', 'operator', ada.user.id)).code, 0);
    await server.launch();
    assert.equal((await admin(server, 'grant', 'auditor', ada.user.id)).code, 0);
    assert.match((await admin(server, 'roles')).stdout, new RegExp(`${ada.user.id}\\s+auditor`));
  });
});

describe('background jobs', () => {
  let server;
  before(async () => server = await Server.start());
  after(() => server.stop());

  test('are shown beside the running server: timers, and how far the read models are', async () => {
    const ada = await server.signUp('Ada');
    await server.post('/api/rooms', {title: 'ends', expiresInSeconds: 3600}, {token: ada.token});
    await eventually('the read models are there', async () => (await server.get('/readyz')).json?.projections?.lag === 0);
    const {code, stdout, stderr} = await parley(server, 'jobs');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /server:\s+running/);
    assert.match(stdout, /timers:\s+1 waiting/);
    assert.match(stdout, /next due:\s+\S+ expiry of room\//);
    assert.match(stdout, /overdue:\s+0, of which 0 stuck/);
    assert.match(stdout, /projections:\s+running, applied \d+ of \d+, 0 behind/);
  });

  test('are shown without it', async () => {
    const gone = await server.terminate();
    assert.equal(gone.code, 0);
    const {code, stdout} = await parley(server, 'jobs');
    assert.equal(code, 0);
    assert.match(stdout, /server:\s+not running/);
    assert.match(stdout, /timers:\s+1 waiting/);
    await server.launch();
  });
});
