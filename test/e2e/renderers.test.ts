// Both renderers show one model alike: the same visual states, values, keys, scale, marks. Each test runs over both.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page, Route } from 'playwright-core';
import { until } from '../support/weir.ts';
import { type GoogleLog, standInScript } from './google-stand-in.ts';
import { browserForPage, openPage } from './open-page.ts';
import { BUCKETS, bucket, channel, type Script, scriptOf, T0, tellBuckets } from './stand-in.ts';

/** What is seen of one bar, whoever drew it. */
interface Seen {
  readonly start: number;
  /** In the units of the axis; null for none. */
  readonly value: number | null;
  /** Whether it has the look of: what is not finished, nobody saw, is not whole. */
  readonly open: boolean;
  readonly missing: boolean;
  readonly hatched: boolean;
  /** Heights of its parts from the bottom up, in the units of the axis. */
  readonly parts: readonly number[];
}

interface Renderer {
  readonly name: string;
  readonly script: Partial<Script>;
  readonly google?: (route: Route) => unknown;
  see(page: Page): Promise<readonly Seen[]>;
}

const hatchedStarts = (page: Page) =>
  page
    .locator('.overlay .hatch')
    .evaluateAll((shapes) => shapes.map((shape) => Number(shape.getAttribute('x'))));

const builtIn: Renderer = {
  name: 'built-in',
  script: { charts: 'builtin' },
  async see(page) {
    return await page.locator('rect.bar').evaluateAll((bars) =>
      bars.map((bar) => {
        const style = getComputedStyle(bar);
        const start = Number(bar.getAttribute('data-start'));
        const value = bar.getAttribute('data-value')!;
        const left = Number(bar.getAttribute('x'));
        const parts = [...document.querySelectorAll('rect.part')].filter(
          (part) => Number(part.getAttribute('x')) === left,
        );
        return {
          start,
          value: value === 'null' ? null : Number(value),
          open: style.strokeDasharray !== 'none',
          missing:
            style.fill === 'none' && Number(bar.getAttribute('height')) < 10 && value === 'null',
          hatched: /url\(.*hatch/.test(style.fill),
          parts: parts.map((part) => Number(part.getAttribute('data-value'))),
        };
      }),
    );
  },
};

const google: Renderer = {
  name: "Google's",
  script: { charts: 'google' },
  google: (route) => route.fulfill({ contentType: 'text/javascript', body: standInScript }),
  async see(page) {
    const log = (await page.evaluate('window.googleLog ?? null')) as GoogleLog | null;
    const { rows, columns } = log?.charts['a'] ?? { rows: [], columns: [] };
    const numbers = columns
      .flatMap(([type], index) => (type === 'number' ? [index] : []))
      .slice(0, -1);
    const mark = columns.length - 2;
    const hatched = (await hatchedStarts(page)).length;
    let partials = 0;
    return rows.map((row) => {
      const values = numbers.map((index) => row[index] as number | null);
      const shown = values.filter((value) => value !== null);
      const style = String(row[numbers[0]! + 1]);
      const partial = style.includes('fill-opacity: 0.5') && shown.length > 0;
      if (partial) partials += 1;
      return {
        start: (row[0] as Date).getTime() - 30_000,
        value: shown.length === 0 ? null : shown.reduce((sum, value) => sum + value, 0),
        open: style.includes('fill-opacity: 0.25') && row[mark] === null,
        missing: row[mark] !== null,
        hatched: partial && partials <= hatched,
        parts: numbers.length > 1 ? shown : [],
      };
    });
  },
};

const PLAIN = { open: false, missing: false, hatched: false, parts: [] };
const at = (index: number) => T0 + index * 60_000;

for (const renderer of [builtIn, google]) {
  describe(`bars that tell the truth: ${renderer.name}`, () => {
    let browser: Browser;
    before(async () => {
      browser = await browserForPage();
    });
    after(() => browser.close());

    const open = async (
      t: import('node:test').TestContext,
      more: Partial<Script> = {},
      path = '',
      options: { colorScheme?: 'dark'; viewport?: { width: number; height: number } } = {},
    ) => {
      const script = scriptOf({ ...more, ...renderer.script });
      const { page, errors } = await openPage(t, browser, script, {
        path,
        ...options,
        ...(renderer.google ? { google: renderer.google } : {}),
      });
      const seen = (what: string, condition: (bars: readonly Seen[]) => boolean) =>
        until(what, async () => {
          const bars = await renderer.see(page);
          return condition(bars) ? bars : null;
        });
      return { page, script, errors, seen };
    };

    for (const colorScheme of [undefined, 'dark'] as const) {
      test(`open, complete, partial, missing and zero: each has its own look${colorScheme ? ' in the dark' : ''}`, async (t) => {
        const { seen, errors } = await open(t, {}, '', colorScheme ? { colorScheme } : {});
        const bars = await seen('five bars', (list) => list.length === 5 && list[2]!.hatched);
        assert.deepEqual(bars, [
          { ...PLAIN, start: at(0), value: 1_412 },
          { ...PLAIN, start: at(1), value: 0 },
          { ...PLAIN, start: at(2), value: 200, hatched: true },
          { ...PLAIN, start: at(3), value: null, missing: true },
          { ...PLAIN, start: at(4), value: 57, open: true },
        ]);
        assert.deepEqual(errors, []);
      });
    }

    test('one bar, and no bar at all', async (t) => {
      const single = await open(t, { buckets: { a: [bucket(0, 5, 'open', { rev: 0 })] } });
      const bars = await single.seen('one bar', (list) => list.length === 1);
      assert.deepEqual(bars, [{ ...PLAIN, start: at(0), value: 5, open: true }]);
      const none = await open(t, { buckets: { a: [] } });
      await none.page.waitForSelector('.summary');
      assert.deepEqual(await renderer.see(none.page), []);
      assert.deepEqual([...single.errors, ...none.errors], []);
    });

    test('an open bar that grows, closes, and is amended changes in place', async (t) => {
      const { page, script, seen } = await open(t);
      await seen('the open one', (list) => list[4]?.value === 57);
      await until('the stream is open', () => script.streams.size > 0);
      const become = (last: Record<string, unknown>) =>
        tellBuckets(script, 'a', [...BUCKETS.slice(0, 4), last]);
      become(bucket(4, 90, 'open', { rev: 0 }));
      await seen('it has grown', (list) => list[4]?.value === 90 && list[4].open);
      become(bucket(4, 91, 'complete'));
      await seen('it has closed', (list) => list[4]?.value === 91 && !list[4].open);
      become(bucket(4, 95, 'complete', { rev: 2 }));
      await seen('it has healed', (list) => list[4]?.value === 95);
      await page.click('summary');
      await page.waitForSelector('td:has-text("complete, amended")');
    });

    test('keys are parts of the bar that add up to it; one taken out is gone', async (t) => {
      const processor = { kind: 'count-by', measure: 'count', keyed: true, top: 5 };
      const keys = BUCKETS.flatMap((one) =>
        [30, 20, 10].map((count, index) => ({
          ...one,
          key: 'xyz'[index],
          count: one.count === null ? null : count,
        })),
      );
      const { page, seen } = await open(t, {
        channels: [channel('a', { processor })],
        buckets: { a: BUCKETS.map((one) => ({ ...one, count: one.count === null ? null : 60 })) },
        keys: { a: keys },
      });
      const bars = await seen('parts', (list) => list[0]?.parts.length === 3);
      assert.deepEqual(bars[0]!.parts, [30, 20, 10]);
      assert.deepEqual([bars[0]!.value, bars[3]!.value, bars[3]!.missing], [60, null, true]);
      await page.getByRole('button', { name: /^y / }).click();
      await seen('y is gone', (list) => list[0]?.value === 40);
    });

    test('a log scale keeps the numbers, and zero at the bottom', async (t) => {
      const { page, seen } = await open(t, {}, '?log=1');
      await seen('bars', (list) => list.length === 5 && list[1]!.value === 0);
      await page.click('summary');
      await page.waitForSelector('td:has-text("1,412")');
    });

    test('bars are at least four pixels wide on a phone, however long the range', async (t) => {
      const long = Array.from({ length: 200 }, (_, index) => bucket(index, index, 'complete'));
      const chart = { interval: '1m', range: '200m' };
      const viewport = { width: 360, height: 800 };
      const { script, seen } = await open(
        t,
        { channels: [channel('a', { chart })], buckets: { a: long } },
        '',
        { viewport },
      );
      await seen('bars', (list) => list.length > 1);
      const asked = script.asked.filter((path) => path.includes('/a/buckets'));
      assert.ok(
        asked.every((path) => /interval=5m/.test(path)),
        asked.join('\n'),
      );
    });
  });
}
