/**
 * `node test/e2e/screenshots.ts [seconds]`: the pictures under docs/, of the demo after so many seconds and of a
 * stand-in that shows every state.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { startTestWeir } from '../support/weir.ts';
import { browserForPage, root } from './open-page.ts';
import { bucket, channel, type Script, scriptOf, startStandIn, T0 } from './stand-in.ts';

const folder = `${root}/docs/screenshots`;
const seconds = Number(process.argv[2] ?? 90);
const ends: (() => unknown)[] = [];
const context = { after: (end: () => unknown) => ends.push(end) } as unknown as TestContext;

const WALL = { width: 1_920, height: 1_080 };
const DESK = { width: 1_440, height: 900 };
const PHONE = { width: 360, height: 780 };

async function take(
  browser: Browser,
  url: string,
  name: string,
  options: BrowserContextOptions,
  act: (page: Page) => Promise<unknown> = async () => {},
): Promise<void> {
  const tab = await browser.newContext({
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    ...options,
  });
  const page = await tab.newPage();
  await page.goto(url);
  await page.locator('rect.bar, pre, .hint').first().waitFor();
  await page.waitForTimeout(1_500);
  await act(page);
  await page.screenshot({ path: `${folder}/${name}.png` });
  await tab.close();
}

/** A day of five-minute bars with every state among them, the period before it, keys and events. */
function everything(): Script {
  const wave = (index: number) =>
    Math.round(300 + 200 * Math.sin(index / 9) + 60 * Math.sin(index * 2.3));
  const lost = (index: number) => ({
    gaps: [
      {
        from: new Date(T0 + index * 60_000).toISOString(),
        to: null,
        cause: 'feed',
        detail: 'closed with code 1006',
      },
    ],
    missed: 31,
  });
  const buckets = Array.from({ length: 121 }, (_, index) => {
    if (index === 120) return bucket(index, 140, 'open', { rev: 0 });
    if (index >= 88 && index < 92) return bucket(index, null, 'missing', lost(index));
    if (index === 87 || index === 92)
      return bucket(index, Math.round(wave(index) / 2), 'partial', lost(index));
    if (index > 70 && index < 74) return bucket(index, 0, 'complete');
    return bucket(index, wave(index), 'complete', index === 101 ? { rev: 2 } : {});
  });
  const shares = [0.36, 0.26, 0.2, 0.12];
  const keys = buckets.flatMap((one) => {
    const count = one.count as number | null;
    const parts = shares.map((share) => Math.round((count ?? 0) * share));
    const others = (count ?? 0) - parts.reduce((sum, part) => sum + part);
    return ['berlin', 'kathmandu', 'lima', 'new york', null].map((key, part) => ({
      ...one,
      key,
      series: key === null ? 'other' : 'key',
      count: count === null ? null : (parts[part] ?? others),
    }));
  });
  const chart = { interval: '1m', range: '1h' };
  const keyed = { kind: 'count-by', measure: 'count', keyed: true, top: 4 };
  const link = {
    state: 'down',
    since: new Date(T0).toISOString(),
    detail: 'closed with code 1006: going away',
  };
  const event = (id: number, minute: number, kind: string, detail: string) => ({
    id,
    at: new Date(T0 + minute * 60_000).toISOString(),
    channel: 'a',
    kind,
    detail,
  });
  return scriptOf({
    channels: [
      channel('a', { title: 'Trades', description: 'One exchange, all pairs', chart }),
      channel('b', {
        title: 'Rides by city',
        description: 'Counted by key',
        chart,
        processor: keyed,
      }),
      channel('c', { title: 'Sensors', description: 'A feed that is down', chart, link }),
      channel('d', { title: 'Orders', description: 'The first minute', chart }),
    ],
    buckets: {
      a: buckets,
      b: buckets,
      c: buckets.slice(0, 100),
      d: [bucket(119, null, 'missing'), bucket(120, 12, 'open', { rev: 0 })],
    },
    keys: { b: keys },
    events: [
      event(3, 92, 'connect', 'resumed'),
      event(2, 88, 'disconnect', 'closed with code 1006'),
      event(1, 61, 'start', 'Weir 0.1.0'),
    ],
  });
}

mkdirSync(folder, { recursive: true });
const browser = await browserForPage();
try {
  const states = await startStandIn(context, everything());
  for (const colorScheme of ['light', 'dark'] as const) {
    await take(browser, states, `states-${colorScheme}`, { colorScheme, viewport: DESK });
    await take(browser, states, `phone-${colorScheme}`, { colorScheme, viewport: PHONE });
  }
  await take(browser, `${states}?channel=b&compare=1`, 'keys-compare', { viewport: DESK });
  await take(browser, `${states}?channel=a&compare=1&tz=Asia/Kathmandu`, 'channel', {
    viewport: DESK,
  });
  await take(browser, `${states}?log=1&samey=1`, 'log-same-scale', {
    viewport: DESK,
    colorScheme: 'dark',
  });
  await take(browser, states, 'keyboard', { viewport: DESK }, async (page) => {
    await page.keyboard.press('?');
    await page.locator('dialog dl').waitFor();
  });
  await take(browser, states, 'menu', { viewport: DESK }, (page) =>
    page.locator('.more').first().click(),
  );
  const refused = {
    problems: [
      {
        code: 'bad-value',
        message: 'interval "5x" is not an interval; write 5s, 1m or 1h',
        file: 'channels.yaml',
        line: 14,
        column: 7,
      },
    ],
  };
  const bad = await startStandIn(context, Object.assign(everything(), refused));
  await take(browser, bad, 'configuration-refused', { viewport: DESK });
  const none = await startStandIn(context, scriptOf({ channels: [] }));
  await take(browser, none, 'no-channels', { viewport: DESK });
  if (seconds > 0) {
    const demo = readFileSync(`${root}/channels.yaml`, 'utf8');
    const { weir } = await startTestWeir(context, demo, { folder: root });
    const page = await browser.newPage();
    await page.waitForTimeout(seconds * 1_000);
    await take(browser, `${weir.url}/`, '../screenshot', {
      viewport: { width: 1_440, height: 680 },
      colorScheme: 'light',
    });
    await take(browser, `${weir.url}/?kiosk=1`, 'wall-dark', {
      viewport: WALL,
      colorScheme: 'dark',
    });
    await take(browser, `${weir.url}/`, 'configuration', { viewport: DESK }, async (tab) => {
      await tab.getByRole('button', { name: 'Configuration' }).click();
      await tab.locator('.beside dt').first().waitFor();
    });
  }
} finally {
  await browser.close();
  for (const end of ends) await end();
}
