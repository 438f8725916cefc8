// The real service in a real browser: bars equal REST.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { startRtmSender } from '../support/rtm-sender.ts';
import { startTestWeir, until } from '../support/weir.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('page and service together', () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());

  test("closed bars on the page equal REST's, for every channel", async (t) => {
    const sender = await startRtmSender(t);
    const chart = 'chart: { interval: 1s, range: 30s }';
    const weir = await startTestWeir(
      t,
      `channels:
  a: { feed: { kind: satori, url: "${sender.url}", appkey: k }, ${chart} }
  b: { feed: { kind: satori, url: "${sender.url}", appkey: k }, processor: { kind: sum, value: n }, ${chart} }\n`,
    );
    await until('subscribed', () => sender.subscribers.size === 2);
    const page = await browser.newPage();
    t.after(() => page.close());
    const foreign: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(weir.weir.url) && !request.url().startsWith('data:'))
        foreign.push(request.url());
    });
    await page.goto(`${weir.weir.url}/`);
    sender.send('a', Array(41).fill('{}'));
    sender.send('b', ['{"n":2.5}', '{"n":4}']);
    for (const [name, value] of [
      ['a', '41'],
      ['b', '6.5'],
    ] as const) {
      const bar = page.locator(
        `[data-channel="${name}"] rect.bar[data-value="${value}"]:not([data-state="open"])`,
      );
      await bar.waitFor();
      const start = Number(await bar.getAttribute('data-start'));
      const { data } = await weir.get(
        `/api/v1/channels/${name}/buckets?from=${new Date(start).toISOString()}&to=${new Date(start + 1_000).toISOString()}`,
      );
      assert.equal(String(name === 'b' ? data[0].sum : data[0].count), value);
      assert.equal(await bar.getAttribute('data-state'), data[0].state);
    }
    assert.deepEqual(foreign, [], 'charts: builtin asks no other server');
  });

  test('the API page renders without any other server', async (t) => {
    const weir = await startTestWeir(
      t,
      'channels:\n  a: { feed: { kind: websocket, url: "ws://127.0.0.1:1" } }\n',
    );
    const page = await browser.newPage();
    t.after(() => page.close());
    await page.goto(`${weir.weir.url}/docs/`);
    await page.locator('.opblock').nth(5).waitFor();
  });

  test('a page of another site may frame the embedded channel, and nothing else', async (t) => {
    const weir = await startTestWeir(
      t,
      'channels:\n  a: { feed: { kind: websocket, url: "ws://127.0.0.1:1" } }\n',
    );
    const { url } = weir.weir;
    const embed = `<iframe src="${url}/embed?channel=a"></iframe><iframe src="${url}/?channel=a"></iframe>`;
    const site = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html');
      response.end(embed);
    }).listen(0, '127.0.0.1');
    await once(site, 'listening');
    t.after(() => site.close());
    const page = await browser.newPage();
    t.after(() => page.close());
    await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
    const [framed, refused] = page.frames().slice(1);
    await framed!.waitForSelector('.is-embedded .card');
    assert.equal(await refused!.locator('.card').count(), 0);
  });

  test('the demo as cloned grows bars in every card', async (t) => {
    const { readFileSync } = await import('node:fs');
    const demo = readFileSync(`${root}/channels.yaml`, 'utf8');
    const weir = await startTestWeir(t, demo, { folder: root });
    const page = await browser.newPage({
      viewport: { width: 1_440, height: 480 },
      colorScheme: 'light',
    });
    t.after(() => page.close());
    await page.goto(`${weir.weir.url}/`);
    for (const name of ['flights', 'earthquakes', 'machine']) {
      await until(`${name} grows`, () =>
        page
          .locator(`[data-channel="${name}"] rect.bar`)
          .evaluateAll((bars) => bars.some((bar) => Number(bar.getAttribute('data-value')) > 0)),
      );
    }
  });
});
