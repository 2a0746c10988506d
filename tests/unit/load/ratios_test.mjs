// What tools/parley-load/compare says of its runs.
import assert from 'node:assert/strict';
import {createRequire} from 'node:module';
import {test} from 'node:test';

const {short, summarize} = createRequire(import.meta.url)('../../../tools/parley-load/ratios.cjs');

const run = (side, deliveries, more = {}) => ({
  side, outcome: 'measured', deliveries_per_second: deliveries, latency_us: {p50: 100, p99: 1000, p99_9: 2000},
  server: {cpu_share: 0.5, resident_peak_bytes: 1048576, core_cpu_seconds: {0: 3, 1: 1}},
  generator: {cpu_share: 0.25, core_cpu_seconds: {1: 1}}, ...more,
});
const saturated = {name: 'rooms', kind: 'saturated', least: {'parley/peer': 2, 'parley-socketio/parley': 0.9}};
const said = ({results}) => results.map(({what}) => what);

test("a side's number is the median of its runs, of those that were measured", () => {
  const runs = [run('peer', 10), run('peer', 30), run('peer', 20), run('peer', 9999, {outcome: 'not-connected'})];
  const {sides: [peer]} = summarize(saturated, runs);
  assert.equal(peer.deliveries, 20);
  assert.equal(peer.cpu, 50);
  assert.equal(peer.cores, '0:75% 1:25%');
});

test('each Parley side is held against each peer, and Socket.IO against the native framing', () => {
  const runs = [run('parley', 100), run('parley-socketio', 95), run('peer', 50), run('peer-insert', 10)];
  assert.deepEqual(said(summarize(saturated, runs)), [
    'parley to peer: 2.00 times the deliveries',
    'parley to peer-insert: 10.00 times the deliveries',
    'parley-socketio to peer: 1.90 times the deliveries',
    'parley-socketio to peer-insert: 9.50 times the deliveries',
    'parley-socketio to parley: 0.95 times the deliveries',
  ]);
});

test('what is wanted is met or missed, and of the rest nothing is wanted', () => {
  const runs = [run('parley', 100), run('parley-socketio', 80), run('peer', 50)];
  const {results} = summarize(saturated, runs);
  assert.deepEqual(results.map(({wanted, met}) => [wanted, met]), [
    ['at least 2', true], [undefined, undefined], ['at least 0.9', false],
  ]);
});

test('a side that was not measured is held against nothing', () => {
  const runs = [run('parley', 100), run('peer', 50, {outcome: 'overloaded'})];
  assert.deepEqual(said(summarize(saturated, runs)), []);
  assert.deepEqual(summarize(saturated, []), {scenario: 'rooms', sides: [], results: []});
});

test('at a fixed rate it is latency and CPU, where less is better', () => {
  const slow = {latency_us: {p50: 100, p99: 1500, p99_9: 2000}};
  const {results} = summarize({name: 'rate', kind: 'rate', most: {'parley/peer': 1}}, [run('parley', 1, slow), run('peer', 1)]);
  assert.deepEqual(results, [
    {what: 'parley to peer: 1.50 times the p99', wanted: 'at most 1', met: false},
    {what: 'parley to peer: 1.00 times the CPU', wanted: 'at most 1', met: true},
  ]);
});

test('idle connections are held against a bound', () => {
  const idle = {name: 'idle', kind: 'idle', bytesMax: 1000};
  const of = (bytes) => ({server_bytes_per_connection: bytes});
  const {results} = summarize(idle, [run('parley', undefined, of(999)), run('peer', undefined, of(1998))]);
  assert.deepEqual(results, [
    {what: 'parley to peer: 0.50 times the memory of a connection'},
    {what: 'parley: 999 bytes a connection', wanted: 'under 1000', met: true},
  ]);
});

test('a number that is none is a dash', () => {
  assert.equal(short(NaN), '-');
  assert.equal(short(1234.5, 1), '1,234.5');
});
