// Google's charts, as far as they can be tested without Google: given, blocked, not there, slow, not wanted.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page, Route } from 'playwright-core';
import { until } from '../support/weir.ts';
import type { GoogleLog, StandInChart } from './google-stand-in.ts';
import { standInScript } from './google-stand-in.ts';
import { browserForPage, builtInBars, openPage, tableRows } from './open-page.ts';
import { BARS, BUCKETS, bucket, channel, scriptOf, tellBuckets } from './stand-in.ts';

const give = (route: Route) =>
  route.fulfill({ contentType: 'text/javascript', body: standInScript });

async function logOf(page: Page): Promise<GoogleLog | null> {
  return (await page.evaluate('window.googleLog ?? null')) as GoogleLog | null;
}

/** Waits for a drawing of channel a that satisfies the condition. */
async function drawn(page: Page, condition: (chart: StandInChart) => boolean) {
  return await until("Google's chart is drawn", async () => {
    const chart = (await logOf(page))?.charts['a'];
    return chart && condition(chart) ? chart : null;
  });
}

const middle = (start: string) => Date.parse(start) + 30_000;

describe("Google's charts on the page", () => {
  let browser: Browser;
  before(async () => {
    browser = await browserForPage();
  });
  after(() => browser.close());

  test("they get REST's values at the middle of each interval, and every state has its look", async (t) => {
    const { page, errors } = await openPage(t, browser, scriptOf({ charts: 'google' }), {
      google: give,
    });
    const { rows, columns, options } = await drawn(page, () => true);
    assert.deepEqual(
      rows.map(([at, value]) => [(at as Date).getTime(), value]),
      BUCKETS.map(({ start, count }) => [middle(start), count]),
    );
    assert.equal(columns.length, 5);
    const looks = rows.map(([, , style, mark, markStyle]) =>
      JSON.stringify([style, mark !== null, markStyle]),
    );
    assert.equal(new Set(looks).size, 5, looks.join('\n'));
    assert.deepEqual(
      rows.map((cells) => cells[3] !== null),
      [false, false, false, true, false],
      'only what nobody saw has the hollow mark',
    );
    assert.equal(await page.locator('.so-far').isVisible(), true);
    const { min, max } = options.hAxis!.viewWindow as unknown as { min: Date; max: Date };
    assert.equal(min.getTime(), Date.parse(BUCKETS[0]!.start));
    assert.equal(max.getTime(), Date.parse(BUCKETS.at(-1)!.end));
    assert.equal(await page.locator('.chart').getAttribute('aria-hidden'), 'true');
    assert.equal(await page.locator('rect.bar').count(), 0, 'the built-in bars have gone');
    assert.deepEqual(errors, []);
  });

  test('one chart and one table live as long as the card, and only what changes is written', async (t) => {
    const chart = { interval: '1m', range: '4m' };
    const channels = [channel('a', { chart }), channel('b', { chart })];
    const script = scriptOf({ charts: 'google', channels });
    const { page } = await openPage(t, browser, script, { google: give });
    await drawn(page, ({ rows }) => rows[4]?.[1] === 57);
    await until('the stream is open', () => script.streams.size > 0);
    tellBuckets(script, 'a', [...BUCKETS.slice(0, 4), bucket(4, 99, 'open')]);
    const changed = await drawn(page, ({ rows }) => rows[4]?.[1] === 99);
    assert.deepEqual([changed.rowChanges, changed.cellChanges], [5, 1]);
    tellBuckets(script, 'a', [
      ...BUCKETS.slice(0, 4),
      bucket(4, 99, 'complete'),
      bucket(5, 3, 'open'),
    ]);
    const moved = await drawn(page, ({ rows }) => rows[4]?.[1] === 3);
    assert.equal(moved.rowChanges, 7, 'one row went, one came');
    const { made, loads } = (await logOf(page))!;
    assert.equal(made, 2, 'one chart a card');
    assert.deepEqual(loads.at(-1), ['current', { packages: ['corechart'] }]);
    await page.locator('summary').first().click();
    await page.waitForSelector('tbody tr');
    assert.deepEqual(
      (await tableRows(page)).map(([value]) => value),
      ['0', '200', '—', '99', '3'],
    );
  });

  test('they are drawn anew, in other colours, when the scheme changes', async (t) => {
    const script = scriptOf({ charts: 'google' });
    const { page } = await openPage(t, browser, script, { google: give, colorScheme: 'light' });
    const light = await drawn(page, () => true);
    await page.emulateMedia({ colorScheme: 'dark' });
    const dark = await drawn(page, ({ rows }) => rows[0]?.[2] !== light.rows[0]?.[2]);
    assert.match(String(dark.rows[0]![2]), /^color: #[0-9a-f]{6}$/);
  });

  for (const [how, google] of [
    ['blocked', (route: Route) => route.abort()],
    ['not there', (route: Route) => route.fulfill({ status: 404, body: '' })],
  ] as const) {
    test(`when Google is ${how}, the built-in bars stay, and it is said once`, async (t) => {
      const script = scriptOf({ charts: 'google', channels: [channel('a'), channel('b')] });
      const { page } = await openPage(t, browser, script, { google });
      await page.waitForSelector('.notice');
      assert.equal(await page.locator('.notice').count(), 1);
      await page.waitForSelector('rect.bar');
      assert.deepEqual(await builtInBars(page), BARS);
    });
  }

  test('when Google is slow, the built-in bars are there at once, and stay after six seconds', async (t) => {
    const held: Route[] = [];
    const { page } = await openPage(t, browser, scriptOf({ charts: 'google' }), {
      google: (route) => held.push(route),
    });
    await page.waitForSelector('rect.bar');
    assert.deepEqual(await builtInBars(page), BARS);
    await page.waitForSelector('.notice', { timeout: 15_000 });
    await give(held[0]!);
    await until('the late script has run', () => logOf(page));
    assert.deepEqual(await builtInBars(page), BARS);
    assert.equal((await logOf(page))!.made, 0);
  });
});
