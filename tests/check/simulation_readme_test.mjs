// tests/simulation/README.md names every claim and every planted bug there is, and none that is not.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import {test} from 'node:test';

const folder = new URL('../simulation/', import.meta.url);
const text = name => fs.readFileSync(new URL(name, folder), 'utf8');
const readme = text('README.md');
const section = title => readme.split(`\n## ${title}\n`)[1].split('\n## ')[0];
const rows = of => of.split('\n').filter(line => /^\| (?!-)/.test(line)).map(line => line.split('|').map(c => c.trim()));

test('the README names every claim', () => {
  const code = ['claims', 'runs'].flatMap(room => fs.readdirSync(new URL(room, folder)).map(name => `${room}/${name}`))
                   .filter(name => name.endsWith('.cpp')).map(text).join('\n');
  const checked = [...code.matchAll(/\b(?:check|claim)\(\s*"([^"]+)"/g)].map(match => match[1]);
  const named = rows(section('What must hold')).flatMap(row => row[2].split(' · ')).filter(claim => claim !== '');
  assert.deepEqual(named.sort(), [...new Set(checked)].sort());
  assert.ok(named.length > 50);
});

test('the README names every planted bug, and a test looks for each', () => {
  const planted = [...text('planted/bugs.hpp').matchAll(/\bbug (\w+)\(\);/g)].map(match => match[1]);
  const tested = [...text('runs/planted_test.cpp').matchAll(/is_noticed\(\s*\{planted::(\w+)/g)].map(match => match[1]);
  assert.deepEqual(tested.sort(), [...planted].sort());
  assert.equal(rows(section('That it can fail')).length, planted.length + 1);
});

test('the README names, for every fault that was found, a test that there is', () => {
  const found = rows(section('What it found, and which test holds each')).slice(1);
  for (const [, number, , test] of found) {
    const [, file, claim] = /^`([^`]+)`: (.+)$/.exec(test) ?? [];
    assert.ok(file, `fault ${number} has no test`);
    assert.ok(text(`../${file}`).includes(`"${claim}"`), `${file} has no test "${claim}"`);
  }
  assert.ok(found.length > 20);
});
