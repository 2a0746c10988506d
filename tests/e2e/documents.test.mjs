// The documents are documents of their kind, say what schema/protocols.md says, and are what the server serves. That the
// routes are in them is held by a unit test, that answers and events have their shapes by every end-to-end test
// (support/shapes.mjs).
import {Validator} from '@seriousme/openapi-schema-validator';
import specs from '@asyncapi/specs';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import {test} from 'node:test';
import {Server} from './support/server.mjs';
import {asks, asyncapi, checkAnswer, checkPush, checkResponse, openapi, pushes, resolved} from './support/shapes.mjs';

function* refsIn(value) {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, each] of Object.entries(value))
    if (key === '$ref' && typeof each === 'string') yield each;
    else yield* refsIn(each);
}

test('the routes are an OpenAPI 3.1 document, by a published validator', async () => {
  const {valid, errors} = await new Validator().validate(structuredClone(openapi));
  assert.ok(valid, JSON.stringify(errors, null, 2));
  const ids = Object.values(openapi.paths).flatMap(item => Object.values(item)).map(each => each.operationId).filter(Boolean);
  assert.deepEqual(ids.filter((id, i) => ids.indexOf(id) !== i), []);
});

test('the events are an AsyncAPI 3 document, by its published schema', () => {
  // It brings the meta-schema that it refers to along.
  const ajv = new Ajv({strict: false, allErrors: true, meta: false, validateSchema: false});
  addFormats(ajv);
  const check = ajv.compile(specs.schemas['3.0.0']);
  assert.ok(check(asyncapi), JSON.stringify(check.errors?.slice(0, 5), null, 2));
});

test('whatever they refer to is there, and whatever they define is referred to', () => {
  for (const document of [openapi, asyncapi]) {
    const refs = new Set(refsIn(document));
    for (const ref of refs) assert.notEqual(resolved(document, ref), undefined, ref);
    for (const [kind, all] of Object.entries(document.components))
      for (const name of Object.keys(all))
        if (kind !== 'securitySchemes' && name !== 'Refusal')
          assert.ok(refs.has(`#/components/${kind}/${name}`), `${kind} ${name} is used by nothing`);
  }
});

test('schema/protocols.md and schema/asyncapi name the same events', () => {
  const text = fs.readFileSync(new URL('../../schema/protocols.md', import.meta.url), 'utf8');
  const rows = heading => text.split(heading)[1].split('\n## ')[0].split('\n').filter(line => /^\|(?! event|---)/.test(line))
                              .map(line => line.split('|').slice(1, -1).map(cell => cell.trim()));
  const names = cell => cell.replace(/\(.*?\)/g, '').split(',').map(name => name.trim()).filter(Boolean);
  const asked = rows('## What a client asks').flatMap(row => names(row[0]));
  const told = rows('## What a client is told').flatMap(row => [...names(row[0]), ...names(row[1])]);
  told.push('connected', 'exception'); // of the connection itself: sections of their own
  const sorted = list => [...new Set(list)].sort();
  assert.deepEqual(sorted(asks.keys()), sorted(asked));
  assert.deepEqual(sorted(pushes.keys()), sorted(told));
});

test('what is not as they say is noticed', () => {
  const answer = (json, status = 200) =>
      ({status, contentType: 'application/json', text: JSON.stringify(json), json});
  const done = {success: true};
  checkResponse('POST', '/api/auth/logout', answer(done));
  assert.throws(() => checkResponse('POST', '/api/auth/logout', answer({...done, more: 1})), /unevaluated/);
  assert.throws(() => checkResponse('POST', '/api/auth/logout', answer({})), /success/);
  assert.throws(() => checkResponse('POST', '/api/auth/logout', answer(done, 201)), /no such status/);
  assert.throws(() => checkResponse('POST', '/api/auth/logout', answer({error: 'x'}, 400)), /required/);
  assert.throws(() => checkResponse('GET', '/api/nothing', answer(done)), /not in schema/);
  assert.throws(() => checkResponse('GET', '/metrics', answer(done)), /promises text\/plain/);
  checkPush('room-left', {roomId: 'x'});
  assert.throws(() => checkPush('room-left', {roomId: 'x', seq: 1}), /unevaluated/);
  assert.throws(() => checkPush('room-left', {}), /roomId/);
  assert.throws(() => checkPush('room-lost', {roomId: 'x'}), /not in schema/);
  assert.throws(() => checkAnswer('leave-room', {roomId: 7}), /string/);
});

test('the server serves them', async () => {
  const server = await Server.start({database: false});
  try {
    assert.deepEqual((await server.get('/openapi.json')).json, openapi);
    assert.deepEqual((await server.get('/asyncapi.json')).json, asyncapi);
  } finally {
    await server.stop();
  }
});
