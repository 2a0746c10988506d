// The documents keep the published rules of their kind, say what schema/protocols.md says, and are what the server
// serves. That the routes are in them is held by a unit test, that answers and events have their shapes by every
// end-to-end test (support/shapes.mjs).
import spectral from '@stoplight/spectral-core';
import rulesets from '@stoplight/spectral-rulesets';
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

/// Every rule of the published sets holds, recommended or not, but these; why not:
const exceptions = {
  'info-contact': 'the repository names its people',
  'license-url': '`identifier` and `url` exclude each other (OpenAPI 3.1, License Object)',
  'operation-description': 'the summary says it; a description is there where there is more to say',
  'asyncapi-info-contact': 'as above',
  'asyncapi-info-license-url': 'the licence lies in the repository, at no address of its own',
  'asyncapi-3-operation-description': 'as above',
  'asyncapi-latest-version': '3.1 adds bindings of brokers, and fewer tools read it',
};

/// What breaks the rules; each set also holds the document to its specification's JSON schema.
async function broken(document, rules) {
  const linter = new spectral.Spectral();
  linter.setRuleset({extends: [[rules, 'all']]});
  const found = await linter.run(structuredClone(document));
  return found.map(each => ({code: each.code, says: `${each.path.join('/')}: ${each.message}`}));
}

for (const [what, document, rules] of [['the routes, as OpenAPI 3.1,', openapi, rulesets.oas],
                                       ['the events, as AsyncAPI 3,', asyncapi, rulesets.asyncapi]])
  test(`${what} keep the published rules`, async () => {
    const found = await broken(document, rules);
    assert.deepEqual(found.filter(({code}) => !(code in exceptions)), []);
    const own = Object.keys(exceptions).filter(code => code.startsWith('asyncapi') === (rules === rulesets.asyncapi));
    for (const code of own) assert.ok(found.some(each => each.code === code), `the exception ${code} is needed no more`);
  });

test('a document that breaks the rules is noticed', async () => {
  const codes = async (document, rules, change) => {
    const copy = structuredClone(document);
    change(copy);
    return new Set((await broken(copy, rules)).map(each => each.code));
  };
  const routes = change => codes(openapi, rulesets.oas, change);
  const events = change => codes(asyncapi, rulesets.asyncapi, change);
  assert.ok((await routes(it => it.components.schemas.Problem.type = 'objct')).has('oas3-schema'));
  assert.ok((await routes(it => it.paths['/api/rooms/{id}'] = it.paths['/api/rooms/{roomId}'])).has('path-params'));
  assert.ok((await routes(it => it.paths['/api/users'].get.tags = ['nobody'])).has('operation-tag-defined'));
  assert.ok((await events(it => it.channels.events.adress = '/ws')).has('asyncapi-3-document-resolved'));
  assert.ok((await events(it => it.components.schemas.X = {type: 'string'})).has('asyncapi-unused-components-schema'));
  assert.ok((await events(it => it.operations.connected.channel.$ref = '#/channels/none')).has('invalid-ref'));
});

test('every operation has a summary, and an event says nothing that is not in its channel', () => {
  for (const [path, item] of Object.entries(openapi.paths))
    for (const each of Object.values(item)) if (each.responses) assert.ok(each.summary, path);
  for (const [name, {channel, messages, reply, summary}] of Object.entries(asyncapi.operations)) {
    assert.ok(summary, name);
    for (const [at, all] of [[channel, messages], ...reply ? [[reply.channel, reply.messages]] : []])
      for (const {$ref} of all) assert.ok($ref.startsWith(`${at.$ref}/messages/`), `${name}: ${$ref}`);
  }
});

test('whatever they refer to is there, and whatever they define is referred to', () => {
  for (const document of [openapi, asyncapi]) {
    const refs = new Set(refsIn(document));
    for (const ref of refs) assert.notEqual(resolved(document, ref), undefined, ref);
    for (const [kind, all] of Object.entries(document.components))
      for (const name of Object.keys(all))
        if (kind !== 'securitySchemes')
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
