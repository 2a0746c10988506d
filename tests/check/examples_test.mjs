// What tests/support/README.md shows is what the suite runs: its code stands in the test word for word.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import {test} from 'node:test';

const text = path => fs.readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const shown = [...text('tests/support/README.md').matchAll(/^```cpp\n(.*?)^```$/gms)].map(block => block[1]);
const tested = text('tests/unit/actors/shell/example_test.cpp');

test('the README shows every example', () => {
  const cases = code => code.match(/TEST_CASE\(".*"\)/g) ?? [];
  assert.deepEqual(cases(shown.join('')), cases(tested));
  assert.ok(cases(tested).length >= 2);
});

for (const code of shown) {
  test(`the README's code is the test's: ${code.slice(0, code.indexOf('\n'))}`, () => {
    assert.ok(tested.includes(code), `not in the test:\n${code}`);
  });
}
