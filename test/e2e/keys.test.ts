// A channel with many keys, on the real service in a real browser: every bar is split, and the tip tells the largest.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { startFeedServer } from '../support/feed-server.ts';
import { startTestWeir, until } from '../support/weir.ts';
import { browserForPage } from './open-page.ts';

/** More rows than one answer of REST may have: 240 bars of 30 keys and the rest. */
const KEYS = 30;
const SECONDS = 240;

describe('bars split by many keys', () => {
  let browser: Browser;
  before(async () => {
    browser = await browserForPage();
  });
  after(() => browser.close());

  test('the newest bars have their keys, each in its colour, and the tip names the largest first', async (t) => {
    const server = await startFeedServer(t);
    const { weir, get } = await startTestWeir(
      t,
      `channels:
  a:
    feed: { kind: websocket, url: "${server.url}", messages: list, time: t }
    processor: { kind: count-by, key: k, top: ${KEYS} }
    chart: { interval: 1s, range: 4m }
`,
    );
    const peer = await server.accept();
    const now = Math.floor(Date.now() / 1_000);
    let sent = 0;
    for (let second = now - SECONDS; second <= now; second++) {
      const list = Array.from({ length: KEYS }, (_, key) =>
        Array.from({ length: key < 8 ? 9 - key : 1 }, () => ({ t: second, k: `key-${key}` })),
      ).flat();
      sent += list.length;
      peer.send({ list });
    }
    await until('all are counted', async () => {
      const { data } = await get('/api/v1/ledger');
      return data.channels[0].counted === sent;
    });
    const page = await browser.newPage({ viewport: { width: 1_600, height: 900 } });
    t.after(() => page.close());
    await page.goto(`${weir.url}/?channel=a&interval=1s&range=4m`);
    const bars = page.locator('rect.bar:not([data-value="null"]):not([data-value="0"])');
    await until('nearly all bars are drawn', async () => (await bars.count()) > SECONDS - 30);
    await until('each bar is split', async () => {
      return (
        (await page.locator('rect.bar.unsplit').count()) === 0 &&
        (await page.locator('rect.bar.split').count()) > SECONDS - 30
      );
    });
    const box = (await page.locator('figure svg').first().boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    const named = page.locator('.tip .key');
    await named.first().waitFor();
    const texts = await named.allInnerTexts();
    assert.deepEqual(texts, [
      'key-0: 9',
      'key-1: 8',
      'key-2: 7',
      'key-3: 6',
      'key-4: 5',
      'key-5: 4',
    ]);
    assert.match(await page.locator('.tip').innerText(), /and 24 more/);
    const colours = await named.evaluateAll((all) =>
      all.map((one) => getComputedStyle(one, '::before').borderTopColor),
    );
    assert.equal(new Set(colours).size, colours.length, colours.join(' '));
  });
});
