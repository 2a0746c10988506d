#!/usr/bin/env node
// Who may include whom. Holds every C++ file of the tree to the arrows of README.md; there is no list of exceptions.
//   node tools/check/includes.mjs [ROOT]
import fs from 'node:fs';
import path from 'node:path';

// The first folder that contains a file decides. `may`: folders (or single headers) of ours that it may include.
const plainEvents = ['events/'];
const rooms = [
  {folder: 'events/', may: plainEvents},
  {folder: 'actors/domain/', may: [...plainEvents, 'actors/domain/']},
  {folder: 'actors/', may: [...plainEvents, 'actors/']},
  {folder: 'projections/', may: [...plainEvents, 'projections/']},
  // Codecs see bytes and neutral messages: ids, errors, and how JSON text is read and written.
  {folder: 'gateway/protocol/',
   may: ['events/ids.hpp', 'events/errors.hpp', 'events/assertion.hpp', 'events/json_reader.hpp', 'events/json_writer.hpp',
         'gateway/protocol/']},
  // The bridge is the one place of the gateway that meets actors.
  {folder: 'gateway/bridge/', may: [...plainEvents, 'actors/', 'gateway/protocol/', 'gateway/bridge/', 'gateway/hub/',
                                    'gateway/auth/', 'gateway/app/settings.hpp']},
  // What actors publish is shown by the hub: it knows the publication, not the actors.
  {folder: 'gateway/hub/', may: [...plainEvents, 'actors/publisher.hpp', 'actors/domain/signals.hpp',
                                 'gateway/protocol/', 'gateway/bridge/', 'gateway/hub/', 'gateway/app/settings.hpp']},
  {folder: 'gateway/net/', may: [...plainEvents, 'gateway/protocol/', 'gateway/bridge/', 'gateway/rest/exchange.hpp',
                                 'gateway/net/', 'gateway/app/settings.hpp']},
  // A framing stands between a line of the network and a session's link: it sees both as interfaces, no socket, no actor.
  {folder: 'gateway/framing/',
   may: [...plainEvents, 'gateway/protocol/', 'gateway/bridge/session_link.hpp', 'gateway/bridge/io_loop.hpp',
         'gateway/net/line.hpp', 'gateway/net/wiring.hpp', 'gateway/net/net_limits.hpp', 'gateway/net/message_rate.hpp',
         'gateway/profiles/', 'gateway/rest/exchange.hpp', 'gateway/framing/']},
  {folder: 'gateway/auth/', may: [...plainEvents, 'actors/entities.hpp', 'actors/domain/', 'gateway/bridge/',
                                  'gateway/rest/exchange.hpp', 'gateway/auth/', 'gateway/app/settings.hpp']},
  {folder: 'gateway/page/', may: ['gateway/page/']},
  // Handlers ask entities by stream id (no actor in sight) and read through the read models.
  {folder: 'gateway/rest/', may: [...plainEvents, 'actors/entities.hpp', 'actors/domain/', 'projections/reads/',
                                  'gateway/bridge/', 'gateway/auth/', 'gateway/page/', 'gateway/rest/',
                                  'gateway/app/settings.hpp']},
  // Mapping is pure: it sees neutral messages, plain requests and JSON, and nothing that moves them.
  {folder: 'gateway/profiles/',
   may: ['events/errors.hpp', 'events/json_reader.hpp', 'events/json_writer.hpp', 'events/assertion.hpp',
         'gateway/protocol/client_message.hpp', 'gateway/rest/exchange.hpp', 'gateway/profiles/']},
  {folder: 'gateway/app/', may: [...plainEvents, 'actors/', 'projections/', 'gateway/']},
  // The simulator is the way into the simulation, which the tests run, too.
  {folder: 'tools/parley-sim/', may: [...plainEvents, 'tests/simulation/', 'tools/parley-sim/']},
  {folder: 'tools/', may: [...plainEvents, 'actors/', 'projections/', 'gateway/', 'tools/']},
  {folder: 'tests/', may: [...plainEvents, 'actors/', 'projections/', 'gateway/', 'tools/', 'tests/']},
];

// Libraries that stay behind walls. `within`: folders that may include them; `not` narrows; `files`: how many at most.
const libraries = [
  {name: 'RocksDB', header: /^rocksdb\//, within: ['events/log/'], files: 1},
  {name: 'libpq', header: /^(libpq-fe\.h|libpq\/|postgresql\/|pg_config)/, within: ['projections/pg/']},
  {name: 'simdjson', header: /^simdjson/, within: ['events/'], files: 1},
  {name: 'date', header: /^date\//, within: ['actors/domain/'], files: 1},
  {name: 'CAF', header: /^caf\//,
   within: ['actors/', 'gateway/bridge/', 'tests/unit/actors/', 'tests/unit/gateway/bridge/', 'tests/simulation/',
            'tests/support/'],
   not: ['actors/domain/']},
];

const isCpp = file => /\.(cpp|hpp|h|cc)$/.test(file);
const skipped = new Set(['build', 'var', 'node_modules', '.git', '.cache']);

function* cppFiles(root, folder = '') {
  for (const entry of fs.readdirSync(path.join(root, folder), {withFileTypes: true})) {
    const name = folder + entry.name;
    if (entry.isDirectory()) {
      if (!skipped.has(entry.name)) yield* cppFiles(root, `${name}/`);
    } else if (isCpp(name)) {
      yield name;
    }
  }
}

function includesOf(text) {
  const found = [];
  text.split('\n').forEach((line, i) => {
    const match = /^\s*#\s*include\s*(?:<([^>]+)>|"([^"]+)")/.exec(line);
    if (match) found.push({line: i + 1, header: match[1] ?? match[2]});
  });
  return found;
}

// A header of ours is written from the root of the tree; one beside the file is resolved to that form first.
function ours(root, file, header) {
  if (fs.existsSync(path.join(root, header))) return path.normalize(header);
  const beside = path.join(path.dirname(file), header);
  return fs.existsSync(path.join(root, beside)) ? path.normalize(beside) : null;
}

const under = (name, places) => places.some(place => name === place || (place.endsWith('/') && name.startsWith(place)));

export function violations(root) {
  const found = [];
  const users = new Map(libraries.map(library => [library, []]));
  for (const file of cppFiles(root)) {
    const room = rooms.find(r => file.startsWith(r.folder));
    if (!room) found.push(`${file}:1: lies in no folder that tools/check/includes.mjs knows`);
    for (const {line, header} of includesOf(fs.readFileSync(path.join(root, file), 'utf8'))) {
      const at = `${file}:${line}`;
      const target = ours(root, file, header);
      if (target && room && !under(target, room.may)) found.push(`${at}: ${room.folder} may not include ${target}`);
      for (const library of libraries) {
        if (!library.header.test(header)) continue;
        if (!under(file, library.within) || under(file, library.not ?? []))
          found.push(`${at}: only ${library.within.join(', ')} may include ${library.name}`);
        else if (!users.get(library).includes(file)) users.get(library).push(file);
      }
    }
  }
  for (const [library, files] of users)
    if (library.files && files.length > library.files)
      found.push(`${files.at(-1)}:1: ${library.name} is included by more than ${library.files} file: ${files.join(', ')}`);
  return found.sort();
}

if (process.argv[1] && fs.realpathSync(process.argv[1]) === fs.realpathSync(new URL(import.meta.url).pathname)) {
  if (['--help', '-h'].includes(process.argv[2])) {
    console.log('Holds every C++ file to the arrows of README.md, who may include whom.\n' +
                '  node tools/check/includes.mjs [ROOT]    (default: the tree it stands in)');
    process.exit(0);
  }
  const found = violations(path.resolve(process.argv[2] ?? path.join(path.dirname(process.argv[1]), '../..')));
  for (const violation of found) console.error(violation);
  console.error(found.length ? `${found.length} includes go the wrong way` : 'includes: every arrow as in README.md');
  process.exit(found.length ? 1 : 0);
}
