// schema/profiles/profile.schema.json accepts what the server does, as far as a schema can say it: the shipped profiles
// and those that its README shows; and it refuses what tests/unit/gateway/profiles holds the server to refuse.
import Ajv from 'ajv/dist/2020.js';
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {test} from 'node:test';
import {asks, pushes} from './support/shapes.mjs';

const root = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../..');
const folder = path.join(root, 'schema/profiles');
const refused = path.join(root, 'tests/unit/gateway/profiles/refused');
const read = file => JSON.parse(fs.readFileSync(file, 'utf8'));
const schema = read(path.join(folder, 'profile.schema.json'));
const accepts = new Ajv({strict: false, allErrors: true}).compile(schema);
const jsonFiles = where => fs.readdirSync(where).filter(name => name.endsWith('.json')).map(name => path.join(where, name));
const shipped = jsonFiles(folder).filter(file => !file.endsWith('profile.schema.json'));
const readme = fs.readFileSync(path.join(folder, 'README.md'), 'utf8');
/// The whole profiles among the examples.
const examples = [...readme.matchAll(/```json\n([^`]*"profile":[^`]*)```/g)].map(match => match[1]);

function check(...files) {
  try {
    return {code: 0, out: execFileSync(process.env.TEST_PARLEY, ['profile', 'check', ...files], {encoding: 'utf8'})};
  } catch (failed) {
    return {code: failed.status, out: failed.stdout, err: failed.stderr};
  }
}

test('the schema accepts the shipped profiles, each under the name of its file', () => {
  assert.equal(shipped.length, 5);
  for (const file of shipped) {
    const profile = read(file);
    assert.ok(accepts(profile), `${file}: ${JSON.stringify(accepts.errors?.slice(-3), null, 2)}`);
    assert.equal(profile.profile, path.basename(file, '.json'));
  }
});

test('the schema refuses what the server refuses', () => {
  const files = jsonFiles(refused);
  assert.ok(files.length > 30);
  for (const file of files) assert.ok(!accepts(read(file)), file);
});

test('the schema names the events that schema/asyncapi names', () => {
  const aliases = new Set(['receive-message', 'receive_message', 'offer', 'answer']);
  assert.deepEqual([...schema.$defs.asked.enum].sort(), [...asks.keys()].sort());
  // An alias of a push is told beside its first name; ice-candidate is one, and the first name of a call's as well.
  assert.deepEqual([...schema.$defs.told.enum].sort(), [...pushes.keys()].filter(name => !aliases.has(name)).sort());
});

test('the profiles that the guide shows are profiles', t => {
  assert.ok(examples.length >= 1);
  const where = fs.mkdtempSync(path.join(os.tmpdir(), 'profiles-'));
  t.after(() => fs.rmSync(where, {recursive: true}));
  examples.forEach((text, i) => {
    const file = path.join(where, `${i}.json`);
    fs.writeFileSync(file, text);
    assert.ok(accepts(read(file)), JSON.stringify(accepts.errors?.slice(-3), null, 2));
    assert.equal(check(file).code, 0);
  });
});

test('`parley profile check` says what a profile maps', () => {
  const {code, out} = check(...shipped);
  assert.equal(code, 0);
  for (const name of ['bookings', 'lounges', 'meetings', 'messenger', 'one-time-chat']) assert.match(out, new RegExp(name));
  assert.match(out, /namespaces: \/ \/messages \/notifications/);
  assert.match(out, /room:join/);
});

test('`parley profile check` names the file and the line of every fault, and ends with 1', () => {
  const expected = fs.readFileSync(path.join(refused, 'expected.txt'), 'utf8').trim().split('\n');
  const files = expected.map(line => path.join(refused, line.split(':')[0]));
  const {code, err, out} = check(...files, shipped[0]);
  assert.equal(code, 1);
  for (const line of expected) assert.ok(err.includes(line.split(': ')[0]), `${line} is not in\n${err}`);
  assert.match(out, /bookings/); // what is right is told all the same
  assert.equal(check(path.join(refused, 'none.json')).code, 1);
  assert.equal(check().code, 2);
});

test('a route that is not there is named', t => {
  const where = fs.mkdtempSync(path.join(os.tmpdir(), 'profiles-'));
  t.after(() => fs.rmSync(where, {recursive: true}));
  const file = path.join(where, 'p.json');
  fs.writeFileSync(file, '{"profile": "p", "rest": [{"from": "GET /x", "to": "GET /api/nothing/:id"}]}'.replace(':id', 'x'));
  const {code, err} = check(file);
  assert.equal(code, 1);
  assert.match(err, /p\.json: GET \/api\/nothing\/x is no route/);
});
