// The view and its address, and the buckets that a view wants.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nominalMs, parseInterval } from '../../src/model/interval.ts';
import {
  PLAIN_VIEW,
  readView,
  SORTS,
  type ViewState,
  writeView,
} from '../../web/src/view-state.ts';
import { BAR_PX_MIN, INTERVALS, RANGES, stepped, wantedOf } from '../../web/src/window.ts';
import { T0 } from './views.ts';

const RETENTION = { '1s': 3_600_000, '1m': 35 * 86_400_000, '15m': 3_650 * 86_400_000 };
const CHART = { interval: '1m', range: '2h' };
const around = { widthPx: 400, now: T0, retention: RETENTION, zone: 'Asia/Kathmandu' };

const views: fc.Arbitrary<ViewState> = fc.record({
  channel: fc.option(fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,9}$/)),
  range: fc.option(fc.constantFrom(...RANGES)),
  span: fc.option(
    fc.record({
      from: fc.integer({ min: 0, max: T0 }),
      to: fc.integer({ min: T0 + 1, max: 2 * T0 }),
    }),
  ),
  interval: fc.option(fc.constantFrom(...INTERVALS)),
  zone: fc.option(fc.constantFrom('UTC', 'Asia/Kathmandu', 'America/St_Johns')),
  sameY: fc.boolean(),
  log: fc.boolean(),
  compare: fc.boolean(),
  paused: fc.boolean(),
  kiosk: fc.boolean(),
  filter: fc.string({ maxLength: 100 }),
  sort: fc.constantFrom(...SORTS),
  top: fc.option(fc.integer({ min: 1, max: 50 })),
  hidden: fc.array(fc.string({ minLength: 1, maxLength: 8 }), { maxLength: 3 }),
});

test('the address holds all of the view: whoever opens it sees the same', () => {
  fc.assert(
    fc.property(views, (view) => {
      // A span wins over a range, so the range is not said.
      const said = view.span ? { ...view, range: null } : view;
      assert.deepEqual(readView(writeView(view)), structuredClone(said));
    }),
  );
});

test('a plain view needs no words, and nonsense in an address is as if not there', () => {
  assert.equal(writeView(PLAIN_VIEW), '');
  const nonsense = '?range=x&interval=5x&tz=Mars/Base&sort=up&top=-1&from=a&to=b&log=0&unknown=1';
  assert.deepEqual(readView(nonsense), PLAIN_VIEW);
});

test('what is remembered stands in where a bare address says nothing', () => {
  const fallback = { ...PLAIN_VIEW, log: true, zone: 'UTC' };
  assert.deepEqual(readView('', fallback), fallback);
  assert.deepEqual(readView('?log=0&tz=browser', fallback), PLAIN_VIEW);
});

test('whatever is chosen, a bar is at least 4 px wide, and kept long enough to be asked for', () => {
  const width = fc.integer({ min: 200, max: 2_400 });
  fc.assert(
    fc.property(views, width, (view, widthPx) => {
      const wanted = wantedOf({ ...view, span: null }, CHART, { ...around, widthPx });
      const interval = parseInterval(wanted.interval)!;
      assert.ok(wanted.barCount * BAR_PX_MIN <= widthPx + BAR_PX_MIN, JSON.stringify(wanted));
      const ageMs = Number(/^now-(\d+)ms$/.exec(wanted.from)![1]);
      if (nominalMs(interval) < 60_000) assert.ok(ageMs <= RETENTION['1s']);
      assert.ok(ageMs >= wanted.lengthMs);
    }),
  );
});

test("a channel's own chart is shown as it is, where it fits; else it is said that it is coarser", () => {
  const own = wantedOf(PLAIN_VIEW, CHART, { ...around, widthPx: 600 });
  assert.deepEqual([own.interval, own.barCount, own.tooFine], ['1m', 120, null]);
  const narrow = wantedOf(PLAIN_VIEW, CHART, { ...around, widthPx: 300 });
  assert.deepEqual([narrow.interval, narrow.tooFine], ['2m', '1m']);
  const chosen = wantedOf({ ...PLAIN_VIEW, interval: '1s' }, CHART, around);
  assert.deepEqual([chosen.interval, chosen.tooFine], ['2m', '1s']);
});

test('the period before is asked for as well, as far as it is kept', () => {
  assert.equal(wantedOf({ ...PLAIN_VIEW, range: '1h' }, CHART, around).from, 'now-7200000ms');
  const seconds = { ...PLAIN_VIEW, range: '45m', interval: '30s' };
  assert.equal(wantedOf(seconds, CHART, around).from, 'now-3600000ms');
  const span = { from: T0 - 7_200_000, to: T0 - 3_600_000 };
  const past = wantedOf({ ...PLAIN_VIEW, span }, CHART, around);
  assert.equal(past.from, new Date(T0 - 10_800_000).toISOString());
  assert.equal(past.to, new Date(span.to).toISOString());
});

test('a zone is said only where it moves the edges', () => {
  const zoneOf = (interval: string, range: string) =>
    wantedOf({ ...PLAIN_VIEW, interval, range }, CHART, around).zone;
  assert.equal(zoneOf('5m', '6h'), 'UTC');
  assert.equal(zoneOf('1h', '24h'), 'Asia/Kathmandu');
  assert.equal(zoneOf('1d', '30d'), 'Asia/Kathmandu');
});

test('a step is one length of the range; the last one forward follows the clock again', () => {
  const back = { ...PLAIN_VIEW, ...stepped(PLAIN_VIEW, CHART, T0, -1) };
  assert.deepEqual(back.span, { from: T0 - 4 * 3_600_000, to: T0 - 2 * 3_600_000 });
  const further = { ...back, ...stepped(back, CHART, T0, -1) };
  assert.equal(further.span!.to, T0 - 4 * 3_600_000);
  const forward = { ...further, ...stepped(further, CHART, T0, 1) };
  assert.deepEqual(forward.span, back.span);
  assert.deepEqual(stepped(forward, CHART, T0, 1), { span: null, range: null });
});
