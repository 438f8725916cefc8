// The real service in a real browser: the page says in words why a number is not what it might be, and what each key is.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { startFeedServer } from '../support/feed-server.ts';
import { startTestWeir, until } from '../support/weir.ts';
import { browserForPage } from './open-page.ts';

const LONG = 'x'.repeat(300);

describe('causes and keys', () => {
  let browser: Browser;
  before(async () => {
    browser = await browserForPage();
  });
  after(() => browser.close());

  const yaml = (url: string, key: string) => `channels:
  a:
    feed: { kind: websocket, url: "${url}", messages: list, time: t }
    processor: { kind: count-by, key: ${key}, top: 20 }
    chart: { interval: 1s, range: 2m }
`;

  /** The page of channel `a` with its table open. */
  async function open(url: string): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 1_200, height: 900 } });
    await page.goto(`${url}/?channel=a`);
    await page.locator('.card .link.up').waitFor();
    await page.locator('.card details summary').click();
    return page;
  }

  test('keys are seen as they are, and an event says what hinders one', async (t) => {
    const server = await startFeedServer(t);
    const { weir, get, reload } = await startTestWeir(t, yaml(server.url, 'k'));
    const peer = await server.accept();
    const second = Math.floor(Date.now() / 1_000);
    const keys = ['', 'RLO-\u202etrick', '(other)', LONG, undefined, 'a', 'a'];
    peer.send({ list: keys.map((k, index) => ({ t: index < 6 ? second : 'soon', k })) });
    await until('all are counted', async () => {
      const { data } = await get('/api/v1/ledger');
      return data.channels[0].counted === keys.length;
    });
    const page = await open(weir.url);
    t.after(() => page.close());
    const names = page.locator('.legend .key bdi');
    await until('the keys are there', async () => (await names.count()) === 6);
    assert.deepEqual((await names.allInnerTexts()).toSorted(), [
      "'(other)",
      '(empty)',
      '(none)',
      '(other)',
      'RLO-\\u202etrick',
      'a',
    ]);
    const told = async (kind: string) =>
      await page.locator(`.events [data-kind="${kind}"]`).first().innerText();
    assert.match(
      await told('keys-full'),
      /key without a series key "x+…x+" has no series of its own: it is longer than 256 bytes/,
    );
    assert.match(
      await told('undated'),
      /times not readable no time can be read \("?soon"?\): such messages count on arrival/,
    );
    const row = page.locator('tbody tr:has-text("without a usable time")').first();
    assert.match(
      await row.innerText(),
      /, 1 counted on arrival, without a usable time|\b1 counted on arrival/,
    );

    await reload(yaml(server.url, 'j'));
    const anew = await server.accept();
    anew.send({ list: [{ t: Math.floor(Date.now() / 1_000), j: 'new' }] });
    await names.filter({ hasText: 'new' }).waitFor();
    const former = page.locator('tbody tr:has-text("keys counted by another definition")');
    await former.first().waitFor();
    assert.ok((await page.locator('rect.bar.unsplit').count()) > 0);
  });

  test('a bar says that the feed was not connected yet, and then that it was down', async (t) => {
    const server = await startFeedServer(t);
    const { weir } = await startTestWeir(t, yaml(server.url, 'k'));
    const peer = await server.accept();
    const page = await open(weir.url);
    t.after(() => page.close());
    await page.locator('tbody tr:has-text("the feed was not connected yet")').first().waitFor();
    server.refusal = { status: '503 Busy' };
    peer.socket.terminate();
    await page.locator('tbody tr:has-text("the feed was down: ")').first().waitFor();
    await page.locator('.card .link.down').waitFor();
    server.refusal = null;
    await page.locator('.card .link.up').waitFor();
  });
});
