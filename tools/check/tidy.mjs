#!/usr/bin/env node
// clang-tidy over the sources of a build, tests left out. A file that passed is not looked at again until it, a header
// of ours that it reaches, its flags or the checks change: the cache keeps one hash for each.
//   node tools/check/tidy.mjs [BUILD_DIR [FILE...]] [--jobs N] [--seconds N]    (build/dev, all, every core, 1800)
// FILE is a part of a source's path. When the time is over, the files not looked at are named and the run fails: silence
// would claim too much.
import {createHash} from 'node:crypto';
import {execFileSync, spawn} from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../..');
const words = process.argv.slice(2);
if (words.includes('--help') || words.includes('-h')) {
  const lines = fs.readFileSync(new URL(import.meta.url), 'utf8').split('\n').slice(1);
  console.log(lines.slice(0, lines.findIndex(line => !line.startsWith('//'))).map(line => line.slice(3)).join('\n'));
  process.exit(0);
}
const option = (name, fallback) => {
  const at = words.indexOf(name);
  return at < 0 ? fallback : Number(words.splice(at, 2)[1]);
};
const jobs = option('--jobs', os.cpus().length);
const seconds = option('--seconds', 1800);
const build = path.resolve(words.shift() ?? path.join(root, 'build/dev'));
const only = words;

// Clang takes GCC's precompiled header for its own when it lies beside the header, so it is given copies that stand alone.
const alone = path.join(build, 'tidy');
fs.mkdirSync(alone, {recursive: true});
const standAlone = command => command.replace(/-Winvalid-pch|-fpch-preprocess|--param \S+/g, '')
  .replace(/-include (\S*cmake_pch\.hxx)/g, (_, header) => {
    const text = fs.readFileSync(header, 'utf8');
    const copy = path.join(alone, `${createHash('sha256').update(text).digest('hex').slice(0, 16)}.hxx`);
    if (!fs.existsSync(copy)) fs.writeFileSync(copy, text);
    return `-include ${copy}`;
  });

const cacheFile = path.join(build, 'tidy-cache.json');
const database = JSON.parse(fs.readFileSync(path.join(build, 'compile_commands.json'), 'utf8'))
  .map(entry => ({...entry, command: standAlone(entry.command)}));
fs.writeFileSync(path.join(alone, 'compile_commands.json'), JSON.stringify(database));
let passed = {};
try {
  passed = JSON.parse(fs.readFileSync(cacheFile, 'utf8'));
} catch {
  // No cache yet: everything is looked at.
}
const checks = fs.readFileSync(path.join(root, '.clang-tidy'), 'utf8') +
               execFileSync('clang-tidy', ['--version'], {encoding: 'utf8'});

const texts = new Map();
const textOf = file => {
  if (!texts.has(file)) texts.set(file, fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : null);
  return texts.get(file);
};
function reached(file, seen = new Set()) {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, header] of (textOf(file) ?? '').matchAll(/^\s*#\s*include\s*"([^"]+)"/gm)) {
    for (const candidate of [path.join(root, header), path.join(path.dirname(file), header)])
      if (textOf(candidate) !== null) reached(candidate, seen);
  }
  return seen;
}
function hashOf(entry) {
  const hash = createHash('sha256').update(checks).update(entry.command);
  for (const file of [...reached(entry.file)].sort()) hash.update(file).update(textOf(file) ?? '');
  return hash.digest('hex');
}

const tracked = new Set(execFileSync('git', ['ls-files', '*.cpp'], {cwd: root, encoding: 'utf8'}).split('\n'));
const todo = [];
const seen = new Set();
for (const entry of database) {
  const name = path.relative(root, entry.file);
  if (!tracked.has(name) || seen.has(name) || name.startsWith('tests/')) continue;
  if (only.length && !only.some(part => name.includes(part))) continue;
  seen.add(name);
  const hash = hashOf(entry);
  if (passed[name] !== hash) todo.push({name, hash, size: textOf(entry.file).length});
}
todo.sort((a, b) => b.size - a.size); // Long ones first, so that no core is left with one at the end.
console.log(`tidy: ${seen.size} files, ${seen.size - todo.length} passed before, ${todo.length} to look at`);

const deadline = Date.now() + seconds * 1000;
let failures = 0;
async function look(task) {
  const child = spawn('clang-tidy', ['-p', alone, '--quiet', '--extra-arg=-Wno-unknown-warning-option',
                                     '--extra-arg=-Wno-ignored-optimization-argument', path.join(root, task.name)],
                      {stdio: ['ignore', 'pipe', 'pipe']});
  let out = '', err = '';
  child.stdout.on('data', data => out += data);
  child.stderr.on('data', data => err += data);
  const code = await new Promise(resolve => child.on('close', resolve));
  if (code === 0) {
    passed[task.name] = task.hash;
    fs.writeFileSync(cacheFile, JSON.stringify(passed, null, 1)); // At once: a run that is cut off loses nothing.
  } else {
    failures += 1;
    console.log(`tidy: ${task.name}\n${out}${out.trim() ? '' : err}`);
  }
}
async function worker() {
  while (todo.length && Date.now() < deadline) await look(todo.shift());
}
await Promise.all(Array.from({length: jobs}, worker));
if (todo.length) console.log(`tidy: out of time, not looked at: ${todo.map(task => task.name).join(' ')}`);
process.exit(failures || todo.length ? 1 : 0);
