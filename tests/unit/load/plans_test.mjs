// What tools/parley-load/lists reads out of PostgreSQL's log.
import assert from 'node:assert/strict';
import {createRequire} from 'node:module';
import {test} from 'node:test';

const {readPlans, remarkOn, rowsRead} = createRequire(import.meta.url)('../../../tools/parley-load/plans.cjs');

const log = `2026-11-21 21:24:29.101 UTC [4711] LOG:  starting
2026-11-21 21:24:29.102 UTC [4712] LOG:  duration: 23.231 ms  plan:
\tQuery Text: SELECT id, seq
\tFROM notifications WHERE user_id = $1 LIMIT $2
\tLimit  (cost=7129.12..7130.76 rows=14 width=31) (actual time=23.138..23.213 rows=20 loops=1)
\t  Buffers: shared hit=112 read=4879
\t  ->  Sort  (cost=6129.10..6129.12 rows=7 width=31) (actual time=14.455..14.457 rows=7 loops=3)
\t        Sort Key: seq DESC
\t        ->  Parallel Seq Scan on notifications  (cost=0.00..6129.00 rows=7 width=31) (actual time=6.804..14.397 rows=7 loops=3)
\t              Filter: (unread AND (user_id = 'u_reader'::text))
\t              Rows Removed by Filter: 66660
2026-11-21 21:24:29.103 UTC [4712] LOG:  duration: 0.231 ms  plan:
\tQuery Text: SELECT 1
\tSubquery Scan on both  (cost=0.00..0.01 rows=1 width=4) (actual time=0.001..0.001 rows=9000 loops=1)
\t  ->  Index Scan using a on b  (cost=0.43..606.72 rows=129 width=4) (never executed)
`;

test('each plan stands beside its statement', () => {
  const plans = readPlans(log);
  assert.deepEqual(plans.map(({sql}) => sql), [
    'SELECT id, seq\nFROM notifications WHERE user_id = $1 LIMIT $2', 'SELECT 1',
  ]);
  assert.match(plans[0].plan, /^Limit {2}\(cost/);
  assert.match(plans[0].plan, /Rows Removed by Filter: 66660$/);
});

test('what a scan read is what it gave and what it threw away, in all of its loops', () => {
  const [first, second] = readPlans(log).map(({plan}) => rowsRead(plan));
  assert.deepEqual(first, [{node: 'Parallel Seq Scan on notifications', rows: 3 * (7 + 66660)}]);
  assert.deepEqual(second, [], 'what others read is counted there, what was not executed reads nothing');
});

test('the worst scan is remarked on when it reads too much', () => {
  assert.equal(remarkOn(readPlans(log), 2000), 'Parallel Seq Scan on notifications reads 200,001 rows');
  assert.equal(remarkOn(readPlans(log), 300_000), '');
  assert.equal(remarkOn(readPlans('2026-11-21 UTC LOG:  nothing\n'), 1), '');
});
