#!/usr/bin/env node
// Which events and shapes each shipped profile gets, as schema/protocols.md tells it: written from schema/profiles.
//   node tools/check/profile_tables.mjs [--fix]
import fs from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const folder = path.join(root, 'schema/profiles');
const document = path.join(root, 'schema/protocols.md');
const begin = '<!-- from schema/profiles, by tools/check/profile_tables.mjs --fix -->', end = '<!-- end of profiles -->';

const isReference = text => typeof text === 'string' && /^\$(?!\$)/.test(text);
const list = value => Array.isArray(value) ? value : [value];

/// A template in short: `{id: socketId, name}` for {"id": "$.socketId", "name": "$.name"}.
function shape(template, named) {
  const of = each => shape(each, named);
  if (isReference(template)) return template.replace(/^\$(item)?\./, '').replace(/^\$$/, 'all of it').replace(/^\$item$/, 'the item');
  if (typeof template === 'string') return JSON.stringify(template.replace(/^\$\$/, '$'));
  if (Array.isArray(template)) return `[${template.map(of).join(', ')}]`;
  if (typeof template !== 'object' || template === null) return JSON.stringify(template);
  if ('$use' in template) return of(named[template.$use]);
  if ('$each' in template) return `[${of(template.$to)}, …]`;
  if ('$first' in template) return template.$first.map(of).join(' or ');
  if ('$join' in template) return template.$join.map(of).join(' + ');
  if ('$count' in template) return 'how many';
  if ('$times' in template) return `${of(template.$times[0])} × ${template.$times[1]}`;
  if ('$over' in template) return `${of(template.$over[0])} / ${template.$over[1]}`;
  if ('$case' in template) {
    const answers = [...Object.values(template.$of), ...('$else' in template ? [template.$else] : [])].map(of);
    return [...new Set(answers)].join(' or ') + ` by ${of(template.$case)}`;
  }
  const member = ([name, value]) => {
    if (name === '...') return value === '$' ? 'all of it' : `…${of(value)}`;
    const text = of(value);
    return text === name ? name : `${isReference(name) ? of(name) : name}: ${text}`;
  };
  return `{${Object.entries(template).map(member).join(', ')}}`;
}

function condition(when) {
  const test = ([name, value]) => {
    const of = shape(name, {});
    const text = each => isReference(each) ? shape(each, {}) : JSON.stringify(each);
    if (value?.present !== undefined) return value.present ? `with ${of}` : `without ${of}`;
    return value?.not !== undefined ? `${of} not ${list(value.not).map(text).join(', ')}` : `${of} ${list(value).map(text).join(', ')}`;
  };
  return Object.entries(when).map(test).join(', ');
}

const code = text => '`' + text + '`';

function rule(each, named) {
  if (each === null) return 'nothing';
  if (typeof each === 'string') return `${code(each)}, arguments as they are`;
  const args = each.args ? `(${each.args.map(arg => shape(arg, named)).join(', ')})` : ', arguments as they are';
  const notes = [each.if && condition(each.if), each.each && `for each of ${shape(each.each, named)}`,
                 each.namespace && `in ${each.namespace}`].filter(Boolean);
  return (each.event === null ? 'nothing' : code(each.event + (each.args ? ' ' + args : '')) + (each.args ? '' : args)) +
      (notes.length ? `: ${notes.join('; ')}` : '');
}

function table(profile) {
  const named = profile.templates ?? {};
  const cell = entry => list(entry).map(each => rule(each, named)).join('<br>').replaceAll('|', '\\|');
  const rows = (of, head) => !of ? [] : ['', head, '|---|---|', ...Object.entries(of).map(([name, entry]) => `| ${code(name)} | ${cell(entry)} |`)];
  const acks = Object.entries(profile.acks ?? {}).flatMap(([name, shapes]) => Object.entries(shapes).map(([kind, reply]) =>
      `The ${kind} to ${name === '*' ? 'anything' : code(name)} is ${Array.isArray(reply) ? `the callback's (${reply.map(each => shape(each, named)).join(', ')})`
                                                                                        : 'the event ' + rule(reply, named)}.`));
  const facts = [`${profile.title}.`, profile.namespaces && `Namespaces ${profile.namespaces.map(code).join(', ')}.`,
                 profile.paths && `Engine.IO also at ${profile.paths.map(code).join(', ')}.`, ...acks].filter(Boolean);
  return [`## ${profile.profile}`, '', facts.join(' '), ...rows(profile.in, '| they send | it is |'),
          ...rows(profile.out, '| we tell | they get |')];
}

const profiles = fs.readdirSync(folder).filter(name => name.endsWith('.json') && name !== 'profile.schema.json').sort()
                     .map(name => JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8')));
const made = [begin, ...profiles.flatMap(profile => ['', ...table(profile)]), '', end].join('\n');
const text = fs.readFileSync(document, 'utf8');
const from = text.indexOf(begin), to = text.indexOf(end);
if (from < 0 || to < from) throw new Error(`${document} has no place for the tables of profiles`);
const fixed = text.slice(0, from) + made + text.slice(to + end.length);
if (fixed === text) {
  console.log('profiles: schema/protocols.md is as schema/profiles says');
} else if (process.argv[2] === '--fix') {
  fs.writeFileSync(document, fixed);
} else {
  console.error('schema/protocols.md does not say what schema/profiles does: node tools/check/profile_tables.mjs --fix');
  process.exit(1);
}
