// The page's words: every reason is given, and the example it shows can be used.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kinds } from '../../src/cli/configuration.ts';
import { loadConfig } from '../../src/config/load.ts';
import { formatLength, formatPercent } from '../../web/src/format.ts';
import { EXAMPLE, stateText } from '../../web/src/messages.ts';
import { bucketView } from './views.ts';

const GAP = { from: '', to: null, cause: 'feed', detail: 'closed 1006' } as const;

test('the example for an empty page is a good configuration', () => {
  const { problems } = loadConfig(EXAMPLE, { file: 'channels.yaml', environment: {}, kinds });
  assert.deepEqual(problems, []);
});

test('a state comes with its reasons', () => {
  const partial = { state: 'partial', coverage: 0.87 } as const;
  const text = (more: Partial<Parameters<typeof stateText>[0]>) =>
    stateText(bucketView(0, 5, more));
  assert.equal(text({}), 'complete');
  assert.equal(
    text({ ...partial, missed: 31, gaps: [GAP] }),
    'partial, 87% observed, 31 missed, closed 1006',
  );
  assert.equal(
    text({ ...partial, missed: null }),
    'partial, 87% observed, an unknown number missed',
  );
  assert.equal(text({ state: 'partial', missed: 2 }), 'partial, 2 missed');
  assert.equal(
    text({ state: 'missing', gaps: [{ ...GAP, cause: 'down', detail: '' }, GAP] }),
    'not observed, Weir was not running, 1 more gap',
  );
  assert.equal(text({ state: 'open' }), 'so far');
});

test('only what is whole is 100 %', () => {
  assert.equal(formatPercent(0.99999), '99.9%');
  assert.equal(formatPercent(1), '100%');
});

test('lengths are in words, and unknown ways to write them stay', () => {
  assert.deepEqual(['5s', '10m', '1d', 'PT5M'].map(formatLength), [
    '5 sec',
    '10 min',
    '1 day',
    'PT5M',
  ]);
});
