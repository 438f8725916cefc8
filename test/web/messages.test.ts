// The page's words: every reason is given, and the example it shows can be used.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kinds } from '../../src/cli/configuration.ts';
import { loadConfig } from '../../src/config/load.ts';
import { GAP_CAUSES } from '../../src/model/bucket.ts';
import type { BucketView } from '../../web/src/api.ts';
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
    'partial, 87% observed, 31 missed, the feed was down: closed 1006',
  );
  assert.equal(
    text({ ...partial, missed: null }),
    'partial, 87% observed, an unknown number missed',
  );
  assert.equal(text({ state: 'partial', missed: 2 }), 'partial, 2 missed');
  assert.equal(
    text({ state: 'missing', gaps: [{ ...GAP, cause: 'down', detail: '' }, GAP] }),
    'not observed, Weir was not running, the feed was down: closed 1006',
  );
  assert.equal(text({ state: 'open' }), 'so far');
});

test('every cause of a gap is said once, in words', () => {
  const textOf = (...gaps: BucketView['gaps']) =>
    stateText(bucketView(0, 5, { state: 'partial', gaps })).replace('partial, ', '');
  const plain = GAP_CAUSES.map((cause) => textOf({ ...GAP, cause, detail: '' }));
  assert.deepEqual(plain, [
    'the feed was down',
    'Weir was not running',
    'the channel was changed in channels.yaml',
    'the clock went back, and showed this time twice',
    'this machine or Weir was suspended',
    'Weir was too busy to read',
    'the store is damaged here',
    'no message could be read',
    'counted by another definition',
  ]);
  const redefined = { ...GAP, cause: 'redefined', detail: '' } as const;
  assert.equal(
    textOf(GAP, GAP, redefined, GAP),
    'the feed was down: closed 1006, counted by another definition, 2 more gaps',
  );
  assert.equal(textOf({ ...GAP, detail: 'connecting' }), 'the feed was not connected yet');
  const detail = 'none of 3 messages could be read';
  assert.equal(textOf({ ...GAP, cause: 'malformed', detail }), detail);
});

test('messages with a trouble of their own are said, also in a bar that is complete', () => {
  assert.equal(
    stateText(bucketView(0, 5, { undated: 3, late: 2, malformed: 1_200 })),
    'complete, 3 counted on arrival, without a usable time, 2 too late to be counted, 1,200 could not be read',
  );
});

test('only what is whole is 100 %, and only nothing is 0 %', () => {
  assert.equal(formatPercent(0.99999), '99.9%');
  assert.equal(formatPercent(1), '100%');
  assert.equal(formatPercent(0.0004), '<0.1%');
  assert.equal(formatPercent(0), '0%');
});

test('lengths are in words, and unknown ways to write them stay', () => {
  assert.deepEqual(['5s', '10m', '1d', 'PT5M'].map(formatLength), [
    '5 sec',
    '10 min',
    '1 day',
    'PT5M',
  ]);
});
