// The real service in a browser whose clock is wrong: ranges, and steps to earlier ones, are of Weir's time.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { startFeedServer } from '../support/feed-server.ts';
import { startTestWeir, until } from '../support/weir.ts';
import { browserForPage } from './open-page.ts';

const RANGE_MS = 10_000;

describe('a browser with a wrong clock', () => {
  let browser: Browser;
  before(async () => {
    browser = await browserForPage();
  });
  after(() => browser.close());

  for (const [name, minutes] of [
    ['fast', 5],
    ['slow', -5],
  ] as const) {
    test(`a clock that is five minutes ${name}: the bars are of now, and "Earlier" goes into the past`, async (t) => {
      const server = await startFeedServer(t);
      const { weir } = await startTestWeir(
        t,
        `channels:\n  a: { feed: { kind: websocket, url: "${server.url}" }, chart: { interval: 1s, range: 10s } }\n`,
      );
      const peer = await server.accept();
      const page = await browser.newPage();
      t.after(() => page.close());
      await page.addInitScript(
        `const now = Date.now.bind(Date); Date.now = () => now() + ${minutes * 60_000};`,
      );
      await page.goto(`${weir.url}/`);
      await page.locator('.card .link.up').waitFor();
      peer.send({ n: 1 });
      const bar = page.locator('rect.bar[data-value="1"]').first();
      await bar.waitFor();
      const shownAt = Number(await bar.getAttribute('data-start'));
      assert.ok(Math.abs(shownAt - Date.now()) < 2 * RANGE_MS);
      await until('the message is out of the range that is shown', async () => {
        return (await page.locator('rect.bar[data-value="1"]').count()) === 0;
      });
      await page.getByRole('button', { name: 'Earlier' }).click();
      await page.locator('rect.bar[data-value="1"]').waitFor();
      const query = await page.evaluate<string>('location.search');
      const to = Date.parse(new URLSearchParams(query).get('to')!);
      assert.ok(to <= Date.now() && to > Date.now() - 3 * RANGE_MS, query);
      assert.equal(await page.locator('.total').innerText(), '1');
    });
  }
});
