// Sizes, schemes and accessibility of the page, and the budget of its code.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { browserForPage, openPage, root } from './open-page.ts';
import { channel, type Script, scriptOf, T0 } from './stand-in.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const JS_BYTES_MAX = 30_000;
const LATER_BYTES_MAX = 5_500;
const CSS_BYTES_MAX = 8_000;

async function violations(page: Page): Promise<string[]> {
  // The checker is no part of the page, so it comes in past its CSP.
  const result = (await page.evaluate(`${axe}; axe.run()`)) as {
    violations: { id: string; nodes: { html: string }[] }[];
  };
  return result.violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html}`);
}

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
