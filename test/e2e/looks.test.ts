// Sizes, schemes and accessibility of the page, and the budget of its code.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { browserForPage, openPage, root } from './open-page.ts';
import { BUCKETS, bucket, channel, type Script, scriptOf, T0 } from './stand-in.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const JS_BYTES_MAX = 33_000;
const LATER_BYTES_MAX = 5_500;
const CSS_BYTES_MAX = 8_000;

async function violations(page: Page): Promise<string[]> {
  // The checker is no part of the page, so it comes in past its CSP.
  const result = (await page.evaluate(`${axe}; axe.run()`)) as {
    violations: { id: string; nodes: { html: string }[] }[];
  };
  return result.violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html}`);
}

const PROBLEM = {
  code: 'bad-value',
  message: 'interval "5x" is not an interval; write 5s, 1m or 1h',
  file: 'channels.yaml',
  line: 14,
  column: 7,
};

describe('the looks of the page', () => {
  let browser: Browser;
  before(async () => {
    browser = await browserForPage();
  });
  after(() => browser.close());

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [360, 1_600]) {
      test(`${colorScheme}, ${width} px: nothing sticks out, and axe finds nothing`, async (t) => {
        const script = scriptOf({ channels: [channel('a'), channel('b')] });
        const viewport = { width, height: 800 };
        const { page } = await openPage(t, browser, script, { colorScheme, viewport });
        await page.waitForSelector('rect.bar');
        await page.locator('summary').first().click();
        await page.waitForSelector('tbody tr');
        assert.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'));
        assert.deepEqual(await violations(page), []);
      });
    }
  }

  const link = { state: 'down', since: new Date(T0).toISOString(), detail: 'closed: '.repeat(9) };
  const states: [string, Partial<Script>, string][] = [
    ['no channels', { channels: [] }, 'pre'],
    ['a feed that is down', { channels: [channel('a', { link })] }, '.card .link.down'],
    ['a card that was refused', { refusal: 'A parameter is wrong.' }, '.freshness'],
    ['a Weir that never answered', { silent: true }, '.top .link.down'],
    ['Google blocked', { charts: 'google' }, '.notice'],
    ['a configuration that was refused', { problems: [PROBLEM] }, '.refused code'],
    [
      'a range in which nobody looked',
      { buckets: { a: [bucket(0, null, 'missing')] } },
      '.empty-range',
    ],
  ];
  for (const [what, script, sign] of states) {
    test(`${what}, on a phone: nothing sticks out, and axe finds nothing`, async (t) => {
      const viewport = { width: 360, height: 800 };
      const { page } = await openPage(t, browser, scriptOf(script), { viewport });
      await page.waitForSelector(sign);
      assert.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'));
      assert.deepEqual(await violations(page), []);
    });
  }

  const KEYED = {
    channels: [
      channel('a', { processor: { kind: 'count-by', measure: 'count', keyed: true, top: 9 } }),
    ],
    keys: { a: BUCKETS.flatMap((one) => ['x', 'y'].map((key) => ({ ...one, key }))) },
  };
  const views: [string, string, Partial<Script>, (page: Page) => Promise<unknown>][] = [
    [
      'one channel with keys and compare',
      '?channel=a&compare=1',
      KEYED,
      (page) => page.waitForSelector('rect.part'),
    ],
    [
      'a menu',
      '',
      {},
      (page) =>
        page
          .locator('.more')
          .click()
          .then(() => page.waitForSelector('.menu a')),
    ],
    [
      'the keyboard map',
      '',
      {},
      (page) => page.keyboard.press('?').then(() => page.waitForSelector('dialog dl')),
    ],
    [
      'the configuration',
      '',
      {},
      (page) =>
        page
          .getByRole('button', { name: 'Configuration' })
          .click()
          .then(() => page.waitForSelector('dialog dt')),
    ],
    [
      'a custom range',
      '',
      {},
      (page) =>
        page
          .getByLabel('Range')
          .selectOption('custom')
          .then(() => page.waitForSelector('dialog form')),
    ],
    [
      'another zone',
      '',
      {},
      (page) =>
        page
          .locator('#zone')
          .selectOption('custom')
          .then(() => page.waitForSelector('dialog form')),
    ],
    ['a log scale', '?log=1', KEYED, (page) => page.waitForSelector('.legend')],
    ['a kiosk', '?kiosk=1', {}, (page) => page.waitForSelector('.leave-kiosk')],
    ['an embedded channel', 'embed?channel=a', {}, (page) => page.waitForSelector('.is-embedded')],
    [
      'a filter that finds nothing',
      '?q=nothing',
      {},
      (page) => page.waitForSelector('.hint button'),
    ],
  ];
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`${colorScheme}: axe finds nothing in any view`, async (t) => {
      for (const [what, path, script, act] of views) {
        const { page } = await openPage(t, browser, scriptOf(script), { colorScheme, path });
        await page.waitForSelector('rect.bar, .hint');
        await act(page);
        assert.deepEqual(await violations(page), [], what);
        assert.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), what);
        await page.context().close();
      }
    });
  }

  test('forced colours and reduced motion: states keep apart, and nothing moves', async (t) => {
    const { page } = await openPage(t, browser, scriptOf(), {
      forcedColors: 'active',
      reducedMotion: 'reduce',
    });
    await page.waitForSelector('rect.bar');
    const looks = await page.locator('rect.bar').evaluateAll((bars) =>
      bars.map((bar) => {
        const { fill, strokeDasharray, animationName, transitionDuration } = getComputedStyle(bar);
        const height = Number(bar.getAttribute('height'));
        const look = `${fill.replace(/\d+/g, '')} ${strokeDasharray} ${height < 10 ? height : 'high'}`;
        return { look, still: animationName === 'none' && transitionDuration === '0s' };
      }),
    );
    assert.equal(new Set(looks.map(({ look }) => look)).size, 5, JSON.stringify(looks));
    assert.ok(looks.every(({ still }) => still));
  });

  test('targets are large enough for fingers on a phone', async (t) => {
    const viewport = { width: 360, height: 800 };
    const { page } = await openPage(t, browser, scriptOf(KEYED), { viewport, hasTouch: true });
    await page.waitForSelector('rect.part');
    await page.getByRole('button', { name: 'Controls' }).click();
    assert.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'));
    const small = await page
      .locator('button:visible, select:visible, summary, input:visible')
      .evaluateAll((all) =>
        all
          .filter((one) => {
            const { width, height } = one.getBoundingClientRect();
            return width < 24 || height < 24;
          })
          .map((one) => one.outerHTML),
      );
    assert.deepEqual(small, []);
  });

  test('first-party code stays within its budget', () => {
    const assets = `${root}/web/dist/assets`;
    const bytes = (pattern: RegExp) =>
      readdirSync(assets)
        .filter((name) => pattern.test(name))
        .reduce((sum, name) => sum + gzipSync(readFileSync(`${assets}/${name}`)).length, 0);
    // What is fetched when it is first wanted: dialogs, pictures to keep, the side of Google's charts that is ours.
    const later = /^(dialog-bodies|menu-items|google-renderer)-.*\.js$/;
    const shown = bytes(/\.js$/) - bytes(later);
    assert.ok(shown <= JS_BYTES_MAX, `${shown} bytes of JavaScript`);
    assert.ok(bytes(later) <= LATER_BYTES_MAX, `${bytes(later)} bytes of JavaScript for later`);
    assert.ok(bytes(/\.css$/) <= CSS_BYTES_MAX, `${bytes(/\.css$/)} bytes of CSS`);
  });
});
