// Every control of the page: what it asks of Weir, what it shows, and that the address holds it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { until } from '../support/weir.ts';
import { browserForPage, openPage, tableRows } from './open-page.ts';
import {
  BUCKETS,
  bucket,
  channel,
  type Script,
  scriptOf,
  T0,
  tell,
  tellBuckets,
} from './stand-in.ts';

const query = async (page: Page) => new URL(await page.evaluate(() => location.href)).searchParams;
const lastAsked = (script: Script) => {
  const path = script.asked.findLast((one) => one.includes('/a/buckets'))!;
  return new URL(path, 'http://x').searchParams;
};
const titles = (page: Page) => page.locator('.card h2').allTextContents();
/** Fourteen minutes: the last ten, and four of the period before them. */
const LONG = Array.from({ length: 14 }, (_, index) =>
  index === 13 ? bucket(index, 7, 'open', { rev: 0 }) : bucket(index, 10 + index, 'complete'),
);
const KEYED = channel('a', {
  processor: { kind: 'count-by', measure: 'count', keyed: true, top: 5 },
});
/** As the server has them: the keys without a series of their own are in a series without a key. */
const keysOf = (counts: Record<string, number>, others: number) => {
  const rows = [
    ...Object.entries(counts).map(([key, count]) => ({ series: 'key', key, count })),
    { series: 'other', key: null, count: others },
  ];
  return BUCKETS.flatMap((one) =>
    rows.map((row) => ({ ...one, ...row, count: one.count === null ? null : row.count })),
  );
};

describe('the controls', () => {
  let browser: Browser;
  before(async () => {
    browser = await browserForPage();
  });
  after(() => browser.close());

  test('range: presets and interval are asked for, and stay in the address over a reload', async (t) => {
    const script = scriptOf();
    const { page } = await openPage(t, browser, script);
    await page.getByLabel('Range').selectOption('6h');
    await until(
      'six hours and those before are asked for',
      () => lastAsked(script).get('from') === 'now-43200000ms',
    );
    await page.locator('#interval').selectOption('30m');
    await until('half hours are asked for', () => lastAsked(script).get('interval') === '30m');
    assert.deepEqual(
      [...(await query(page))],
      [
        ['range', '6h'],
        ['interval', '30m'],
      ],
    );
    await page.reload();
    await until('the same is asked for again', () => lastAsked(script).get('interval') === '30m');
    assert.equal(await page.getByLabel('Range').inputValue(), '6h');
  });

  test('range: a step back stands still, a step forward reaches now again', async (t) => {
    const script = scriptOf();
    const { page } = await openPage(t, browser, script);
    await page.waitForSelector('rect.bar');
    await page.getByLabel('Earlier').click();
    await until('a span is asked for', () => lastAsked(script).get('to') !== null);
    const span = await query(page);
    assert.equal(Date.parse(span.get('to')!) - Date.parse(span.get('from')!), 600_000);
    await page.getByLabel('Later').click();
    await until('it follows the clock again', () => lastAsked(script).get('to') === null);
    assert.equal((await query(page)).toString(), '');
  });

  test('range: a custom one is taken on the clocks of the chosen zone', async (t) => {
    const script = scriptOf();
    const { page } = await openPage(t, browser, script, { path: '?tz=Asia/Kathmandu' });
    await page.getByLabel('Range').selectOption('custom');
    await page.getByLabel('From').fill('2026-11-21T19:45');
    await page.getByLabel('To', { exact: true }).fill('2026-11-21T19:40');
    await page.getByRole('button', { name: 'Show' }).click();
    assert.match((await page.locator('[role="alert"]').textContent())!, /end must be after/);
    await page.getByLabel('To', { exact: true }).fill('2026-11-21T19:50');
    await page.getByRole('button', { name: 'Show' }).click();
    await until(
      'the span is asked for',
      () => lastAsked(script).get('to') === '2026-11-21T14:05:00.000Z',
    );
    assert.equal((await query(page)).get('from'), '2026-11-21T14:00:00.000Z');
  });

  test('an interval that does not fit is made coarser, and it is said', async (t) => {
    const script = scriptOf();
    const { page } = await openPage(t, browser, script, { path: '?range=24h&interval=1m' });
    await until('a coarser one is asked for', () => lastAsked(script).get('interval') === '15m');
    await page.waitForSelector('.each:has-text("does not fit")');
  });

  for (const [zone, hour] of [
    ['UTC', '2:00'],
    ['Asia/Kathmandu', '7:45'],
    ['America/St_Johns', '10:30'],
  ] as const) {
    test(`a browser in ${zone} has its own clocks on axis and table, and its own days`, async (t) => {
      const script = scriptOf();
      const { page } = await openPage(t, browser, script, { timezoneId: zone });
      await page.click('summary');
      const first = page.locator('tbody tr th').last();
      await first.waitFor();
      assert.match((await first.textContent())!, new RegExp(hour));
      const labels = (await page.locator('text.axis').allTextContents()).join(' ');
      assert.match(labels, new RegExp(hour.slice(0, 4)));
      await page.getByLabel('Range').selectOption('30d');
      await page.locator('#interval').selectOption('1d');
      await until('days are asked for in the zone', () => {
        const asked = lastAsked(script);
        const said = (asked.get('tz') ?? 'UTC').replace('Katmandu', 'Kathmandu');
        return asked.get('interval') === '1d' && said === zone;
      });
    });
  }

  test('another zone moves labels and days of all cards, is remembered, and nonsense is refused', async (t) => {
    const script = scriptOf();
    const { page, url } = await openPage(t, browser, script);
    await page.getByLabel('Time zone').selectOption('custom');
    await page.getByLabel(/Name of a time zone/).fill('Mars/Base');
    await page.getByRole('button', { name: 'Show' }).click();
    assert.match((await page.locator('[role="alert"]').textContent())!, /not a time zone/);
    await page.getByLabel(/Name of a time zone/).fill('Asia/Kathmandu');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.click('summary');
    await page.waitForSelector('tbody th:has-text("7:4")');
    assert.equal((await query(page)).get('tz'), 'Asia/Kathmandu');
    await page.goto(url);
    await page.click('summary');
    await page.waitForSelector('tbody th:has-text("7:4")');
  });

  test('compare: the period before stands beside each bar, in the table, and as a fair change', async (t) => {
    const script = scriptOf({ buckets: { a: LONG } });
    const { page } = await openPage(t, browser, script);
    await page.waitForSelector('.total small');
    // Nine closed bars of the range; three of them have one before them: 20+21+22 against 10+11+12.
    assert.equal(await page.textContent('.total small'), '+91%');
    assert.match((await page.getAttribute('.total small', 'title'))!, /3 of 10 bars compared/);
    assert.equal(await page.locator('.overlay .before').count(), 0);
    await page.getByRole('button', { name: 'Compare' }).click();
    await until(
      'marks of the period before',
      async () => (await page.locator('.overlay .before').count()) === 4,
    );
    await page.click('summary');
    await page.waitForSelector('th:has-text("Period before")');
    assert.deepEqual((await tableRows(page)).at(-1)!.slice(0, 2), ['7', '13']);
    assert.equal((await query(page)).get('compare'), '1');
  });

  test('same scale: the highest bar of all cards sets it; log: ten times more is one step', async (t) => {
    const channels = [channel('a'), channel('b')];
    const small = [bucket(0, 3, 'complete')];
    const script = scriptOf({ channels, buckets: { a: [bucket(0, 900, 'complete')], b: small } });
    const { page } = await openPage(t, browser, script);
    const top = (name: string) =>
      page
        .locator(`[data-channel="${name}"] rect.bar`)
        .evaluateAll((bars) => bars.map((bar) => Number(bar.getAttribute('height')))[0]!);
    await until('both are drawn', async () => (await top('a')) > 50 && (await top('b')) > 50);
    await page.getByRole('button', { name: 'Same scale' }).click();
    await until('the small one is small', async () => (await top('b')) < 5);
    await page.getByRole('button', { name: 'Log' }).click();
    await until('on a log scale it is seen again', async () => (await top('b')) > 20);
    assert.match(
      (await page.locator('[data-channel="b"] text.axis').allTextContents()).join(),
      /^0,1,10,100/,
    );
    assert.deepEqual([...(await query(page)).keys()].sort(), ['log', 'samey']);
  });

  test('same scale is the scale of the channels that are shown', async (t) => {
    const channels = [channel('a'), channel('b')];
    const small = [bucket(0, 3, 'complete')];
    const script = scriptOf({ channels, buckets: { a: [bucket(0, 900, 'complete')], b: small } });
    const { page } = await openPage(t, browser, script, { path: '?samey=1' });
    const bar = page.locator('[data-channel="b"] rect.bar');
    const heightPx = async () => Number(await bar.first().getAttribute('height'));
    await until('the small one is small', async () => {
      return (await bar.count()) > 0 && (await heightPx()) < 5;
    });
    await page.getByLabel('Filter channels').fill('Channel b');
    await until('it has the scale to itself', async () => (await heightPx()) > 50);
  });

  test('pause: nothing moves and nothing is asked until it goes on', async (t) => {
    const script = scriptOf();
    const { page } = await openPage(t, browser, script);
    await page.waitForSelector('rect.bar');
    await until('the stream is open', () => script.streams.size > 0);
    await page.getByRole('button', { name: 'Pause' }).click();
    await until('the stream is closed', () => script.streams.size === 0);
    script.buckets['a'] = [...BUCKETS.slice(0, 4), bucket(4, 99, 'open', { rev: 0 })];
    const asked = script.asked.length;
    await page.evaluate('dispatchEvent(new Event("online"))');
    assert.equal(await page.textContent('.top .link'), 'Paused');
    assert.equal(script.asked.filter((path) => path.includes('/a/buckets')).length > 0, true);
    assert.equal(await page.locator('rect.bar[data-value="57"]').count(), 1);
    assert.equal(
      script.asked.slice(asked).some((path) => path.includes('/buckets')),
      false,
    );
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.waitForSelector('rect.bar[data-value="99"]');
  });

  test('filter and order: which cards are shown, and in which order', async (t) => {
    const channels = [
      channel('a', { title: 'Zebra', rate: 1 }),
      channel('b', { title: 'Apple', rate: 9 }),
      channel('c', { title: 'Mango', rate: 5, description: 'sour' }),
    ];
    const script = scriptOf({ channels });
    const { page } = await openPage(t, browser, script);
    await page.waitForSelector('.card');
    await page.getByLabel('Order').selectOption('name');
    assert.deepEqual(await titles(page), ['Apple', 'Mango', 'Zebra']);
    await page.getByLabel('Order').selectOption('rate');
    assert.deepEqual(await titles(page), ['Apple', 'Mango', 'Zebra']);
    await page.getByLabel('Order').selectOption('total');
    await until(
      'by total',
      async () =>
        (await titles(page)).join() === 'Apple,Zebra,Mango' || (await titles(page))[2] === 'Mango',
    );
    await page.getByLabel('Filter channels').fill('sour');
    assert.deepEqual(await titles(page), ['Mango']);
    assert.equal((await query(page)).get('q'), 'sour');
    await page.getByLabel('Filter channels').fill('nothing');
    await page.getByRole('button', { name: 'Show all channels' }).click();
    assert.equal((await titles(page)).length, 3);
  });

  test('one channel has its own address, with its events as marks and as a list; back goes back', async (t) => {
    const event = (id: number, minute: number, kind: string) => ({
      id,
      at: new Date(T0 + minute * 60_000).toISOString(),
      channel: 'a',
      kind,
      detail: `detail ${id}`,
    });
    const events = [event(2, 3, 'connect'), event(1, 2, 'disconnect'), event(0, -99, 'connect')];
    const script = scriptOf({ channels: [channel('a'), channel('b')], events });
    const { page } = await openPage(t, browser, script);
    await page.getByRole('link', { name: 'Channel a' }).click();
    await page.waitForSelector('.is-alone');
    assert.equal((await query(page)).get('channel'), 'a');
    await page.waitForSelector('.overlay .mark.disconnect');
    assert.equal(await page.locator('.overlay .mark').count(), 2, 'only those in the range');
    assert.deepEqual(await page.locator('.events li b').allTextContents(), [
      'connected',
      'connection lost',
    ]);
    await until('the stream of this channel alone is open', () => {
      const views = new URL(script.streamsAsked.at(-1)!, 'http://x').searchParams.get('views');
      return views === '1m@UTC:a' && script.streams.size === 1;
    });
    tell(script, 'event', event(3, 4, 'loss'));
    await page.waitForSelector('.events li:has-text("messages lost")');
    assert.match(await page.title(), /^Channel a/);
    await page.goBack();
    await until('all are shown', async () => (await titles(page)).length === 2);
  });

  test('keys: stacked, taken out by a click in the legend, folded into (other)', async (t) => {
    const script = scriptOf({
      channels: [KEYED],
      buckets: { a: BUCKETS.map((one) => ({ ...one, count: one.count === null ? null : 100 })) },
      keys: { a: keysOf({ x: 40, y: 30, z: 20 }, 10) },
    });
    const { page } = await openPage(t, browser, script, { path: '?channel=a' });
    const parts = async () =>
      (
        await page
          .locator('rect.part')
          .evaluateAll((all) => all.map((part) => part.getAttribute('data-key')!))
      ).filter((_, index) => index < 4);
    await until('parts are drawn', async () => (await page.locator('rect.part').count()) === 16);
    assert.deepEqual(await parts(), ['x', 'y', 'z', '(other)']);
    assert.deepEqual(await page.locator('.legend button').allTextContents(), [
      'x 40%',
      'y 30%',
      'z 20%',
      '(other) 10%',
    ]);
    await page.getByRole('button', { name: /^y / }).click();
    await until(
      'y is out',
      async () => (await page.locator('rect.part[data-key="y"]').count()) === 0,
    );
    assert.equal(await page.locator('rect.bar').first().getAttribute('data-value'), '70');
    assert.deepEqual((await query(page)).getAll('hide'), ['y']);
    await page.getByRole('button', { name: /^y / }).click();
    await page.getByLabel('Keys shown').selectOption('1');
    await until(
      'the rest is folded',
      async () => (await page.locator('.legend button').count()) === 2,
    );
    assert.deepEqual(await page.locator('.legend button').allTextContents(), [
      'x 40%',
      '(other) 60%',
    ]);
  });

  test('menu: downloads of the same buckets, pictures, links and code to embed', async (t) => {
    const script = scriptOf();
    const { page, url, errors } = await openPage(t, browser, script, {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await page.waitForSelector('rect.bar');
    const menu = page.getByRole('button', { name: 'More about Channel a' });
    const pick = async (name: string) => {
      await menu.click();
      await page.locator('.menu').getByText(name, { exact: true }).click();
    };
    const copied = async (name: string) => {
      await pick(name);
      await page.waitForSelector('.toast');
      return (await page.evaluate('navigator.clipboard.readText()')) as string;
    };
    await menu.click();
    assert.match(
      (await page.getByLabel('CSV of Channel a').getAttribute('href'))!,
      /^api\/v1\/channels\/a\/buckets\?.*format=csv/,
    );
    await page.keyboard.press('Escape');
    for (const kind of ['PNG', 'SVG']) {
      const [download] = await Promise.all([page.waitForEvent('download'), pick(kind)]);
      assert.equal(download.suggestedFilename(), `a.${kind.toLowerCase()}`);
    }
    assert.equal(await copied('Copy link'), `${url}?channel=a`);
    const absolute = new URL(await copied('Copy link to this exact time range')).searchParams;
    assert.deepEqual(
      [absolute.get('from'), absolute.get('tz')],
      [new Date(T0).toISOString(), 'UTC'],
    );
    assert.match(
      await copied('Copy embed code'),
      /^<iframe src="http[^"]*\/embed\?channel=a" title="Channel a"/,
    );
    assert.match(await copied('Copy badge address'), /\/api\/v1\/channels\/a\/badge\.svg$/);
    assert.deepEqual(errors, []);
  });

  test('kiosk and embed: bars and nothing around them', async (t) => {
    const script = scriptOf({ channels: [channel('a'), channel('b')] });
    const { page } = await openPage(t, browser, script, { path: '?kiosk=1' });
    await page.waitForSelector('rect.bar');
    assert.equal(await page.locator('.top, .toolbar').count(), 0);
    await page.keyboard.press('Escape');
    await page.waitForSelector('.toolbar');
    const { page: embed } = await openPage(t, browser, script, { path: 'embed?channel=b' });
    await embed.waitForSelector('rect.bar');
    assert.equal(await embed.locator('.card').count(), 1);
    assert.equal(await embed.locator('.top, .toolbar, .more').count(), 0);
  });

  test('a bar that heals changes in place, and says so', async (t) => {
    const script = scriptOf();
    const { page } = await openPage(t, browser, script);
    await page.waitForSelector('rect.bar');
    await until('the stream is open', () => script.streams.size > 0);
    const healed = bucket(2, 231, 'complete', { rev: 2 });
    tellBuckets(script, 'a', [...BUCKETS.slice(0, 2), healed, ...BUCKETS.slice(3)]);
    await page.waitForSelector('rect.bar.healed[data-value="231"]');
    await page.click('summary');
    await page.waitForSelector('tbody tr td:has-text("complete, amended")');
  });
});
