// The include checker catches what it is there to catch: each test plants one violation in a small tree.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {test} from 'node:test';
import {violations} from '../../tools/check/includes.mjs';

const sound = {
  'events/ids.hpp': '#pragma once\n',
  'events/clock.hpp': '#include "events/ids.hpp"\n',
  'events/log/event_log.hpp': '#include "events/ids.hpp"\n',
  'events/log/rocksdb_store.cpp': '#include "events/log/event_log.hpp"\n#include <rocksdb/db.h>\n',
  'actors/domain/rooms/room.hpp': '#include "events/clock.hpp"\n',
  'actors/registry.hpp': '#include "actors/domain/rooms/room.hpp"\n#include <caf/all.hpp>\n',
  'actors/publisher.hpp': '#include "events/ids.hpp"\n',
  'projections/reads/read_models.hpp': '#include "events/ids.hpp"\n',
  'projections/pg/connection.cpp': '#include "projections/reads/read_models.hpp"\n#include <libpq-fe.h>\n',
  'gateway/protocol/codec.hpp': '#include "events/ids.hpp"\n',
  'gateway/bridge/bridge.cpp': '#include "actors/registry.hpp"\n#include <caf/actor.hpp>\n',
  'gateway/hub/hub.hpp': '#include "actors/publisher.hpp"\n',
  'gateway/rest/rooms.cpp': '#include "projections/reads/read_models.hpp"\n',
  'gateway/app/main.cpp': '#include "actors/registry.hpp"\n#include "projections/reads/read_models.hpp"\n',
};

function check(planted = {}) {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'includes-'));
  try {
    for (const [file, text] of Object.entries({...sound, ...planted})) {
      fs.mkdirSync(path.join(root, path.dirname(file)), {recursive: true});
      fs.writeFileSync(path.join(root, file), text);
    }
    return violations(root);
  } finally {
    fs.rmSync(root, {recursive: true});
  }
}

test('a sound tree has no violation', () => assert.deepEqual(check(), []));

const planted = {
  'events may not include actors': ['events/x.cpp', '#include "actors/domain/rooms/room.hpp"\n'],
  'a decider may not include the shell': ['actors/domain/x.cpp', '#include "actors/registry.hpp"\n'],
  'a decider may not include CAF': ['actors/domain/x.cpp', '#include <caf/all.hpp>\n'],
  'actors may not include projections': ['actors/x.cpp', '#include "projections/reads/read_models.hpp"\n'],
  'projections may not include actors': ['projections/x.cpp', '#include "actors/publisher.hpp"\n'],
  'a codec may not read the clock': ['gateway/protocol/x.cpp', '#include "events/clock.hpp"\n'],
  'the hub may not include actors beyond what they publish': ['gateway/hub/x.cpp', '#include "actors/registry.hpp"\n'],
  'handlers may not include the tables behind the read models':
    ['gateway/rest/x.cpp', '#include "projections/pg/connection.hpp"\n', {'projections/pg/connection.hpp': ''}],
  'the network may not include CAF': ['gateway/net/x.cpp', '  #  include <caf/actor.hpp>\n'],
  'a second file may not include RocksDB': ['events/log/x.cpp', '#include <rocksdb/options.h>\n'],
  'a tool may not include RocksDB': ['tools/log-bench/x.cpp', '#include "rocksdb/db.h"\n'],
  'libpq stays in one folder': ['projections/x.cpp', '#include <libpq-fe.h>\n'],
  'tests may not go around libpq\'s folder': ['tests/x.cpp', '#include <postgresql/libpq-fe.h>\n'],
  'a header named from beside is seen all the same': ['actors/domain/x.cpp', '#include "../registry.hpp"\n'],
  'a folder nobody knows is refused': ['utils/x.cpp', '\n'],
};
for (const [claim, [file, text, more]] of Object.entries(planted)) {
  test(claim, () => {
    const found = check({[file]: text, ...more});
    assert.equal(found.length, 1, found.join('\n'));
    assert.match(found[0], new RegExp(`x\\.cpp:1: `));
  });
}
