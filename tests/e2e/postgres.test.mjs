// tools/postgres, on which tools/run and these tests stand.
import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {after, test} from 'node:test';
import {promisify} from 'node:util';

const run = promisify(execFile);
const script = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../../tools/postgres');
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'parley-postgres-'));
fs.chmodSync(home, 0o755);
const dir = path.join(home, 'pg');
const postgres = (command, where = dir) => run(script, [command, where]);
const ask = async (sql, where = dir) => {
  const url = (await postgres('url', where)).stdout.trim();
  return (await run('psql', [url, '-XAtqc', sql])).stdout.trim();
};
after(async () => {
  await postgres('stop');
  fs.rmSync(home, {recursive: true, force: true});
});

test('starting twice is starting once, and what was written is there after a stop', async () => {
  await postgres('start');
  await postgres('start');
  await ask('CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)');
  await postgres('stop');
  await assert.rejects(postgres('status'));
  await postgres('start');
  assert.equal(await ask('SELECT n FROM kept'), '7');
});
test('it listens on no TCP port, and its socket is closed to others', async () => {
  assert.equal(await ask('SHOW listen_addresses'), '');
  const [, sockets] = /host=(\S+)/.exec((await postgres('url')).stdout);
  assert.equal(fs.statSync(sockets).mode & 0o077, 0);
});
test('it starts after a crash, also when its old pid now belongs to another process', async () => {
  await postgres('kill');
  const pidFile = path.join(dir, 'cluster/postmaster.pid');
  fs.writeFileSync(pidFile, `${process.pid}\n`);
  await postgres('start');
  assert.equal(await ask('SELECT 1'), '1');
});
test('a path too long for a Unix socket is no obstacle', async () => {
  const long = path.join(home, 'l'.repeat(100), 'pg');
  fs.mkdirSync(path.dirname(long));
  await postgres('start', long);
  try {
    assert.equal(await ask('SELECT 1', long), '1');
  } finally {
    await postgres('stop', long);
  }
});
