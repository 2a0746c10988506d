// What schema/openapi and schema/asyncapi promise, held against what the server says. The documents leave objects open,
// so that clients bear what later versions add; here every object is closed, so that nothing is said that is not in them.
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fs from 'node:fs';
import path from 'node:path';

const schemaFolder = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../../../schema');
const isObject = value => typeof value === 'object' && value !== null && !Array.isArray(value);

function merge(into, from) {
  for (const [key, value] of Object.entries(from))
    if (isObject(into[key]) && isObject(value)) merge(into[key], value);
    else into[key] = value;
  return into;
}

/// A document from its parts, as gateway/rest/documents.cpp joins them.
function joined(kind) {
  const folder = path.join(schemaFolder, kind);
  const parts = fs.readdirSync(folder).filter(name => name.endsWith('.json')).sort();
  return parts.map(name => JSON.parse(fs.readFileSync(path.join(folder, name)))).reduce(merge, {});
}
export const openapi = joined('openapi');
export const asyncapi = joined('asyncapi');

/// What `#/a/b` stands for.
export const resolved = (document, ref) => ref.replace(/^#\//, '').split('/').reduce(
    (at, name) => at?.[name.replaceAll('~1', '/').replaceAll('~0', '~')], document);

/// The schema with nothing allowed that it does not name. Of a schema that another one extends, `whole` is false: the
/// extending one closes it.
function closed(schema, whole = true) {
  if (!isObject(schema)) return schema;
  const out = {...schema};
  if (out.properties)
    out.properties = Object.fromEntries(Object.entries(out.properties).map(([name, each]) => [name, closed(each)]));
  if (out.items) out.items = closed(out.items);
  for (const kind of ['allOf', 'anyOf', 'oneOf']) if (out[kind]) out[kind] = out[kind].map(each => closed(each, false));
  const says = ['properties', '$ref', 'allOf', 'anyOf', 'oneOf'].some(key => key in out);
  if (whole && says && !('additionalProperties' in out)) out.unevaluatedProperties ??= false;
  return out;
}

function checker(document, id) {
  // Strict of schemas: a keyword that is none, a misspelt one, would promise nothing.
  const ajv = new Ajv({strictTypes: false, strictTuples: false, allErrors: true, keywords: ['components']});
  addFormats(ajv);
  const schemas = Object.entries(document.components.schemas).map(([name, schema]) => [name, closed(schema, false)]);
  ajv.addSchema({$id: id, components: {schemas: Object.fromEntries(schemas)}});
  const compiled = new Map();
  /// Says what is wrong with `value`; undefined: nothing.
  return (schema, value) => {
    if (!compiled.has(schema))
      compiled.set(schema, ajv.compile(JSON.parse(JSON.stringify(closed(schema)).replaceAll('"#/', `"${id}#/`))));
    const check = compiled.get(schema);
    return check(value) ? undefined : ajv.errorsText(check.errors, {separator: '\n  ', dataVar: 'it'});
  };
}
const wrongInResponse = checker(openapi, 'parley:openapi');
const wrongInEvent = checker(asyncapi, 'parley:asyncapi');

// --- REST -------------------------------------------------------------------------------------------------------------

const paths = Object.entries(openapi.paths).flatMap(
    ([pattern, item]) => [pattern, ...item['x-aliases'] ?? []].map(each => ({item, segments: each.split('/')})));

/// The path item of a request's path: what is written out goes before what stands for anything.
export function itemOf(target) {
  const segments = target.split('?')[0].replace(/(.)\/$/, '$1').split('/');
  const fits = wanted => wanted.length === segments.length &&
      wanted.every((each, i) => each.startsWith('{') ? segments[i] !== '' : each === segments[i]);
  const open = wanted => wanted.filter(each => each.startsWith('{')).length;
  return paths.filter(each => fits(each.segments)).sort((a, b) => open(a.segments) - open(b.segments))[0]?.item;
}

/// Throws unless the answer is one that schema/openapi promises. What is no route may be refused, and nothing else.
export function checkResponse(method, target, {status, contentType, text, json}) {
  if (method === 'HEAD' || method === 'OPTIONS') return;
  const asked = `${method} ${target} → ${status}`;
  const operation = itemOf(target)?.[method.toLowerCase()];
  if (!operation && status < 400) throw new Error(`${asked}: not in schema/openapi`);
  let promised = operation?.responses[status] ?? operation?.responses[`${String(status)[0]}XX`] ??
      openapi.components.responses.Problem;
  if (promised.$ref) promised = resolved(openapi, promised.$ref);
  if (promised === openapi.components.responses.Problem && status < 400)
    throw new Error(`${asked}: schema/openapi knows no such status`);
  if (!promised.content) {
    if (text !== '') throw new Error(`${asked}: schema/openapi promises no body, and there is ${text}`);
    return;
  }
  const type = (contentType ?? '').split(';')[0];
  const content = promised.content[type];
  if (!content) throw new Error(`${asked}: schema/openapi promises ${Object.keys(promised.content)}, not ${type}`);
  if (!type.includes('json')) return;
  const wrong = wrongInResponse(content.schema, json);
  if (wrong) throw new Error(`${asked}: not as schema/openapi says:\n  ${wrong}\n${text}`);
}

// --- events -----------------------------------------------------------------------------------------------------------

/// The messages of the operations of one direction, by the name of the event; several bodies may share one.
function messagesOf(action, pick) {
  const named = new Map();
  const add = (name, payload) => named.set(name, [...named.get(name) ?? [], payload]);
  for (const operation of Object.values(asyncapi.operations)) {
    if (operation.action !== action) continue;
    const asked = resolved(asyncapi, resolved(asyncapi, operation.messages[0].$ref).$ref);
    for (const {$ref} of pick(operation)) {
      const message = resolved(asyncapi, resolved(asyncapi, $ref).$ref);
      for (const name of [asked.name, ...asked['x-aliases'] ?? []]) add(name, message.payload);
    }
  }
  return new Map([...named].map(([name, all]) => [name, all.length === 1 ? all[0] : {anyOf: all}]));
}
export const pushes = messagesOf('send', operation => operation.messages);
export const asks = messagesOf('receive', operation => operation.messages);
const answers = messagesOf('receive', operation => operation.reply.messages);

function check(payloads, event, data, what) {
  const payload = payloads.get(event);
  if (!payload) throw new Error(`${what} ${event}: not in schema/asyncapi`);
  const wrong = wrongInEvent(payload, data);
  if (wrong) throw new Error(`${what} ${event}: not as schema/asyncapi says:\n  ${wrong}\n${JSON.stringify(data)}`);
}
export const checkPush = (event, data) => check(pushes, event, data, 'the event');
export const checkAnswer = (event, data) => check(answers, event, data, 'the answer to');
export function checkRefusal(event, error) {
  const wrong = wrongInEvent(asyncapi.components.schemas.Refusal, error);
  if (wrong) throw new Error(`the refusal of ${event}: not as schema/asyncapi says:\n  ${wrong}`);
}
