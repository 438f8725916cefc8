// The real service in a real browser, when something is wrong: a feed that is down, a file that is refused.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { WeirProcess } from '../chaos/weir-process.ts';
import { startFeedServer } from '../support/feed-server.ts';
import { temporaryFolder } from '../support/folder.ts';
import { until } from '../support/weir.ts';
import { browserForPage } from './open-page.ts';

describe('a page that stays open', () => {
  let browser: Browser;
  before(async () => {
    browser = await browserForPage();
  });
  after(() => browser.close());

  /** A Weir on a file of two channels, `a` with a feed that is up and `b` with one that refuses, and a page of it. */
  async function open(t: TestContext, { stream = true, path = '' } = {}) {
    const [good, bad] = [await startFeedServer(t), await startFeedServer(t)];
    bad.refusal = { status: '503 Busy' };
    const folder = temporaryFolder(t);
    const config = join(folder, 'channels.yaml');
    const feed = (url: string) =>
      `{ kind: websocket, url: "${url}", retry: { first: 50ms, most: 200ms } }`;
    writeFileSync(
      config,
      `charts: builtin\nchannels:\n  a: { feed: ${feed(good.url)} }\n  b: { feed: ${feed(bad.url)} }\n`,
    );
    const weir = new WeirProcess({ config, store: 'memory' });
    t.after(() => weir.kill());
    await weir.started();
    const page = await browser.newPage();
    t.after(() => page.close());
    if (!stream) await page.route('**/api/v1/stream*', (route) => route.abort());
    await page.goto(`${weir.url}/${path}`);
    await page.locator('[data-channel="b"] .link.down').waitFor();
    return { page, config, bad };
  }

  for (const [name, options] of [
    ['by the stream', {}],
    ['by polling', { stream: false }],
    ['on a wall', { path: '?kiosk=1' }],
    ['in a frame', { path: 'embed?channel=b' }],
    ['in a frame, by polling', { path: 'embed?channel=b', stream: false }],
  ] as const) {
    test(`a refused file is shown with place and remedy until it is repaired, ${name}`, async (t) => {
      const { page, config } = await open(t, options);
      const refused = page.locator('.refused');
      assert.equal(await refused.count(), 0);
      const right = readFileSync(config, 'utf8');
      // Not shorter than before: a file that shrinks waits longer, as it may be half written.
      writeFileSync(config, right.replace('kind: websocket', 'kind: websockett'));
      await refused.waitFor({ timeout: 5_000 });
      const text = await refused.innerText();
      assert.match(text, /channels\.yaml:3:\d+/);
      assert.match(text, /did you mean "websocket"/);
      writeFileSync(config, right);
      await refused.waitFor({ state: 'detached', timeout: 5_000 });
    });
  }

  test('feeds that are down are counted in header, title and icon, and their cards come first', async (t) => {
    const { page, bad } = await open(t);
    const state = page.locator('header.top .state');
    await until(
      'the header says it',
      async () => (await state.innerText()) === '1 of 2 feeds down',
    );
    await until('the title says it', async () => (await page.title()) === '(1 down) Weir');
    const icon = () => page.locator('link[rel="icon"]').getAttribute('href');
    assert.match(decodeURIComponent((await icon())!), /circle/);
    const order = () =>
      page
        .locator('.card')
        .evaluateAll((cards) => cards.map((card) => card.getAttribute('data-channel')));
    assert.deepEqual(await order(), ['b', 'a']);
    // After its first whole second.
    await until(
      'the rate of a',
      async () => (await page.locator('[data-channel="a"] .rate').count()) === 1,
    );
    assert.equal(await page.locator('[data-channel="b"] .rate').count(), 0, 'nobody knows it');
    bad.refusal = null;
    await until('the header is content', async () => (await state.innerText()) === 'Live');
    await until('the title is plain', async () => (await page.title()) === 'Weir');
    assert.doesNotMatch(decodeURIComponent((await icon())!), /circle/);
    assert.deepEqual(await order(), ['a', 'b']);
  });

  test('a wall, which has no header, says in title and icon that a feed is down', async (t) => {
    const { page } = await open(t, { path: '?kiosk=1' });
    await until('the title says it', async () => (await page.title()) === '(1 down) Weir');
    const icon = await page.locator('link[rel="icon"]').getAttribute('href');
    assert.match(decodeURIComponent(icon!), /circle/);
  });
});
