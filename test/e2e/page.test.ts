// The page in a real browser: its states, with the built-in bars. Google's are in google.test.ts.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { until } from '../support/weir.ts';
import { browserForPage, builtInBars, openPage, tableRows } from './open-page.ts';
import {
  BARS,
  BUCKETS,
  bucket,
  channel,
  scriptOf,
  silence,
  T0,
  tell,
  tellBuckets,
} from './stand-in.ts';

const TABLE = [
  ['1,412', 'complete'],
  ['0', 'complete'],
  ['200', 'partial, 50% observed, 31 missed, the feed was down: closed with code 1006'],
  ['—', 'not observed'],
  ['57', 'so far'],
];

describe('the page', () => {
  let browser: Browser;
  before(async () => {
    browser = await browserForPage();
  });
  after(() => browser.close());

  test("the built-in bars have REST's values and states, and ask no other server", async (t) => {
    const { page, asked, errors } = await openPage(t, browser, scriptOf());
    await page.waitForSelector('rect.bar');
    assert.deepEqual(await builtInBars(page), BARS);
    assert.deepEqual(asked, []);
    assert.deepEqual(errors, []);
  });

  test('zero, missing, partial and open look different, in bars and in the strip', async (t) => {
    const { page } = await openPage(t, browser, scriptOf());
    await page.waitForSelector('rect.bar');
    const looks = await page.locator('rect.bar').evaluateAll((bars) =>
      bars.map((bar) => {
        const { fill, stroke, strokeDasharray } = getComputedStyle(bar);
        const height = Number(bar.getAttribute('height'));
        return `${fill.replace(/hatch-\d+/, 'hatch')} ${stroke} ${strokeDasharray} ${height < 10 ? height : 'high'}`;
      }),
    );
    assert.equal(new Set(looks).size, 5, looks.join('\n'));
    assert.match(looks[2]!, /url\(.*hatch/);
    const strip = await page
      .locator('.strip i')
      .evaluateAll((runs) =>
        runs.map((run) => `${run.className} ${run.getAttribute('data-count')}`),
      );
    assert.deepEqual(strip, ['complete 2', 'partial 1', 'missing 1', 'open 1']);
    assert.equal(
      await page.locator('.strip').getAttribute('aria-label'),
      'Coverage: 2 complete, 1 partial, 1 not observed, 1 so far',
    );
    assert.equal(await page.locator('.so-far').isVisible(), true);
  });

  test('the table says the numbers, the states and the reasons; the summary owns up to what is missing', async (t) => {
    const { page } = await openPage(t, browser, scriptOf());
    await page.click('summary');
    await page.waitForSelector('tbody tr');
    assert.deepEqual(await tableRows(page), TABLE);
    assert.match(
      (await page.textContent('figcaption .summary'))!,
      /^At least 1,669 in 10 min, peak 1,412 at /,
    );
  });

  test('the bar under the pointer says its number and state; Escape ends it', async (t) => {
    const { page } = await openPage(t, browser, scriptOf());
    const { x, y, width, height } = (await page.locator('rect.bar.missing').boundingBox())!;
    await page.mouse.move(x + width / 2, y + height - 60);
    assert.match((await page.textContent('.tip .words'))!, /^—.*not observed$/);
    const column = (await page.locator('.tip .column').boundingBox())!;
    assert.ok(column.x <= x && column.x + column.width >= x + width, 'the slot is marked');
    await page.keyboard.press('Escape');
    await page.waitForSelector('.tip', { state: 'detached' });
  });

  test('a changed bar changes in place: the other bars stay the same elements', async (t) => {
    const script = scriptOf();
    const { page } = await openPage(t, browser, script);
    const first = await page.waitForSelector(`rect.bar[data-start="${T0}"]`);
    await until('the stream is open', () => script.streams.size > 0);
    tellBuckets(script, 'a', [...BUCKETS.slice(0, 4), bucket(4, 60, 'complete')]);
    await page.waitForSelector('rect.bar[data-value="60"][data-state="complete"]');
    assert.equal(await first.evaluate((element) => element.isConnected), true);
  });

  test('bars come and go as the range moves on', async (t) => {
    const chart = { interval: '1m', range: '4m' };
    const script = scriptOf({ channels: [channel('a', { chart })] });
    const { page } = await openPage(t, browser, script);
    await page.waitForSelector('rect.bar');
    await until('the stream is open', () => script.streams.size > 0);
    tellBuckets(script, 'a', [
      ...BUCKETS.slice(0, 4),
      bucket(4, 60, 'complete'),
      bucket(5, 1, 'open'),
    ]);
    await page.waitForSelector('rect.bar[data-value="60"]');
    assert.deepEqual(
      (await builtInBars(page)).map(([, value]) => value),
      ['0', '200', 'null', '60', '1'],
    );
  });

  test('a new channel appears by itself; a link that is down says since when, and why', async (t) => {
    const script = scriptOf({ channels: [] });
    const { page } = await openPage(t, browser, script);
    await page.waitForSelector('pre');
    assert.match((await page.locator('pre').textContent())!, /channels:/);
    const since = new Date(T0).toISOString();
    const link = { state: 'down', since, detail: 'closed with code 1006' };
    script.channels = [channel('a', { link })];
    tell(script, 'channels', { count: 1 });
    const text = await page.waitForSelector('.card .link.down');
    assert.match((await text.textContent())!, /Down since .*: closed with code 1006/);
  });

  test('before its first bar a card says when it comes; before its first answer it keeps the place', async (t) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const script = scriptOf({ hold: promise });
    script.buckets['a'] = [bucket(3, null, 'missing'), bucket(4, 2, 'open')];
    const { page } = await openPage(t, browser, script);
    const skeleton = await page.waitForSelector('.plot.skeleton');
    const { height } = (await skeleton.boundingBox())!;
    resolve();
    await page.waitForSelector('rect.bar');
    assert.equal((await page.locator('.plot').boundingBox())!.height, height);
    assert.match((await page.textContent('figcaption'))!, /First bar at .*2:05/);
  });

  test('while Weir is silent the bars stay, with their age; when it answers again, it goes on', async (t) => {
    const script = scriptOf();
    const { page } = await openPage(t, browser, script);
    await page.waitForSelector('rect.bar');
    silence(script, true);
    await page.waitForSelector('.top .link.down');
    assert.match(
      (await page.textContent('.top .link'))!,
      /No answer from Weir since \d+:\d\d:\d\d/,
    );
    await page.waitForSelector('.freshness:has-text("s old")');
    assert.match((await page.textContent('.card .link'))!, /^Last known: Connected/);
    assert.deepEqual(await builtInBars(page), BARS);
    silence(script, false);
    await page.waitForSelector('.top .link.up');
    await page.waitForSelector('.freshness', { state: 'detached' });
  });

  test('what Weir refuses is said in its words, on the card it concerns', async (t) => {
    const script = scriptOf({ refusal: 'A parameter is wrong.' });
    const { page } = await openPage(t, browser, script);
    await page.waitForSelector('.freshness:has-text("No new bars: A parameter is wrong.")');
    assert.equal(await page.textContent('.top .link'), 'Live');
    script.refusal = null;
    await page.waitForSelector('rect.bar');
    await page.waitForSelector('.freshness', { state: 'detached' });
  });

  test('a card has one request under way, and a card far below asks nothing', async (t) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const script = scriptOf({ channels: names.map((name) => channel(name)), hold: promise });
    const { page } = await openPage(t, browser, script, { viewport: { width: 500, height: 300 } });
    await until('card a asks', () => script.asked.some((path) => path.includes('/a/buckets')));
    await until('the stream is open', () => script.streams.size > 0);
    // Being seen again wakes every card; one that is waiting for its answer does not ask twice.
    const lists = () => script.asked.filter((path) => path.endsWith('/channels')).length;
    const before = lists();
    await page.evaluate('document.dispatchEvent(new Event("visibilitychange"))');
    await until('the list is asked for again', () => lists() > before);
    const of = (name: string) => script.asked.filter((path) => path.includes(`/${name}/buckets`));
    assert.equal(of('a').length, 1);
    assert.equal(of('f').length, 0);
    resolve();
    await page.locator('[data-channel="f"]').scrollIntoViewIfNeeded();
    await until('card f asks', () => of('f').length > 0);
  });

  test('a configuration that was refused is said with its place, until it is put right', async (t) => {
    const problem = {
      code: 'bad-value',
      message: 'is wrong',
      file: 'channels.yaml',
      line: 14,
      column: 7,
    };
    const script = scriptOf({ problems: [problem] });
    const { page } = await openPage(t, browser, script);
    const said = await page.waitForSelector('.refused li');
    assert.equal(await said.textContent(), 'channels.yaml:14:7 is wrong');
    await page.waitForSelector('rect.bar');
    await until('the stream is open', () => script.streams.size > 0);
    script.problems = [];
    tell(script, 'configuration', { problemCount: 0 });
    await page.waitForSelector('.refused', { state: 'detached' });
  });

  test('a range in which nobody looked says why, and there is a way back', async (t) => {
    const script = scriptOf({
      buckets: { a: [bucket(0, null, 'missing'), bucket(1, null, 'missing')] },
    });
    const span = `?from=${new Date(T0).toISOString()}&to=${new Date(T0 + 120_000).toISOString()}`;
    const { page } = await openPage(t, browser, script, { path: span });
    assert.match((await page.textContent('.empty-range'))!, /Nothing was observed.*no longer kept/);
    await page.getByRole('button', { name: 'Back to now' }).click();
    await until('the address is that of now', () => !page.url().includes('from='));
    // Only now: the way back would go away by itself as soon as there is something to see.
    await until('the stream is open', () => script.streams.size > 0);
    tellBuckets(script, 'a', BUCKETS);
    await page.waitForSelector('.empty-range', { state: 'detached' });
    await until('bars of now', async () => (await builtInBars(page)).length === 5);
  });

  test('a feed that is down says when it is tried again, where that is known; the link is told as it changes', async (t) => {
    const since = new Date(T0).toISOString();
    const link = {
      state: 'down',
      since,
      detail: 'closed',
      nextTry: new Date(T0 + 9_000).toISOString(),
    };
    const script = scriptOf({ channels: [channel('a', { link })] });
    const { page } = await openPage(t, browser, script);
    await page.waitForSelector('.card .link.down:has-text("next try at 2:00:09")');
    await until('the stream is open', () => script.streams.size > 0);
    tell(script, 'channel', { channel: 'a', rate: 3, link: { ...link, nextTry: null } });
    await page.waitForSelector('.card .link.down:has-text("retrying")');
    tell(script, 'channel', { channel: 'a', rate: 3, link: { state: 'up', since, detail: '' } });
    await page.waitForSelector('.card .link.up');
    await page.waitForSelector('.rate:has-text("3 /s")');
  });

  test('an address of a channel that is not there says so, and leads back', async (t) => {
    const { page } = await openPage(t, browser, scriptOf(), { path: '?channel=nope' });
    assert.match((await page.textContent('.hint:has(button)'))!, /There is no channel "nope"/);
    await page.getByRole('button', { name: 'Show all channels' }).click();
    await page.waitForSelector('.card');
  });
});
