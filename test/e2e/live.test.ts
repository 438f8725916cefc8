// Keeping up: one stream for all tabs, none for hidden ones, dead lines, restarts of Weir, and no stream at all.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { startRtmSender } from '../support/rtm-sender.ts';
import { startTestWeir, until } from '../support/weir.ts';
import { browserForPage, builtInBars, openPage } from './open-page.ts';
import {
  BARS,
  BUCKETS,
  bucket,
  channel,
  type Script,
  scriptOf,
  silence,
  tellBuckets,
} from './stand-in.ts';

const NEXT = [...BUCKETS.slice(0, 4), bucket(4, 58, 'open', { rev: 0 })];
const bucketsAsked = (script: Script) =>
  script.asked.filter((path) => path.includes('/buckets')).length;
const isOpen = (script: Script) => until('the stream is open', () => script.streams.size > 0);

/** What the newest stream is of. */
const viewsOf = (script: Script) =>
  new URL(script.streamsAsked.at(-1)!, 'http://x').searchParams.get('views');

/** Lets the page believe that nobody sees it, or that somebody does again. */
async function hide(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { configurable: true, value });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
}

describe('keeping up', () => {
  let browser: Browser;
  before(async () => {
    browser = await browserForPage();
  });
  after(() => browser.close());

  test('while the stream tells, nothing is asked; what it tells of other intervals is not taken', async (t) => {
    const script = scriptOf();
    const { page } = await openPage(t, browser, script);
    await page.waitForSelector('rect.bar');
    await isOpen(script);
    const before = bucketsAsked(script);
    for (const count of [60, 61, 62]) {
      tellBuckets(script, 'a', [...BUCKETS.slice(0, 4), bucket(4, count, 'open', { rev: 0 })]);
      await page.waitForSelector(`rect.bar[data-value="${count}"]`);
    }
    assert.ok(bucketsAsked(script) <= before + 1, 'one question after hello at most');
    assert.equal(script.streamsAsked.length, 1);
  });

  test('two tabs have one stream, of what both want; each takes what is its own', async (t) => {
    const script = scriptOf({ channels: [channel('a'), channel('b')] });
    const { page, url } = await openPage(t, browser, script, { path: '?channel=a' });
    await page.waitForSelector('rect.bar');
    await isOpen(script);
    const other = await page.context().newPage();
    await other.goto(`${url}?channel=b`);
    await other.waitForSelector('rect.bar');
    await until(
      'one stream of both',
      () => viewsOf(script) === '1m@UTC:a,b' && script.streams.size === 1,
    );
    tellBuckets(script, 'b', NEXT);
    await other.waitForSelector('rect.bar[data-value="58"]');
    assert.deepEqual(await builtInBars(page), BARS);
    await other.goto('about:blank');
    await until('the stream is of one again', () => viewsOf(script) === '1m@UTC:a');
  });

  test('a hidden tab has no stream and asks nothing; seen again, it is up to date at once', async (t) => {
    const script = scriptOf();
    const { page } = await openPage(t, browser, script);
    await page.waitForSelector('rect.bar');
    await isOpen(script);
    await hide(page, true);
    await until('the stream is closed', () => script.streams.size === 0);
    const before = script.asked.length;
    script.buckets['a'] = NEXT;
    await page.evaluate('dispatchEvent(new Event("online"))');
    assert.equal(script.asked.length, before);
    await hide(page, false);
    await page.waitForSelector('rect.bar[data-value="58"]');
    await isOpen(script);
  });

  test('after a sleep, the line is dead without saying so: it is given up, and the bars are fetched anew', async (t) => {
    const script = scriptOf({ heartbeatMs: 400 });
    const { page } = await openPage(t, browser, script);
    await page.waitForSelector('rect.bar');
    await isOpen(script);
    script.buckets['a'] = NEXT;
    // No heartbeat comes, as over a connection that broke while the machine slept.
    await until('it has come again', () => script.streamsAsked.length >= 2);
    assert.match(script.streamsAsked[1]!, /last_event_id=e-0/);
    await page.waitForSelector('rect.bar[data-value="58"]');
  });

  test('without a stream the page polls, says so, and goes back to it when it can be had', async (t) => {
    const chart = { interval: '5s', range: '1m' };
    const script = scriptOf({ stream: false, channels: [channel('a', { chart })] });
    const { page } = await openPage(t, browser, script);
    await page.waitForSelector('.top .link:has-text("polling")');
    const before = bucketsAsked(script);
    script.buckets['a'] = NEXT;
    await page.waitForSelector('rect.bar[data-value="58"]');
    assert.ok(bucketsAsked(script) > before);
    script.stream = true;
    await isOpen(script);
    await until('live', async () => (await page.textContent('.top .link')) === 'Live');
  });

  test('a Weir that hangs up: connecting again with the age of the data, and no reload of the page', async (t) => {
    const script = scriptOf();
    const { page } = await openPage(t, browser, script);
    await page.waitForSelector('rect.bar');
    await isOpen(script);
    await page.evaluate('window.stays = true');
    silence(script, true);
    await page.waitForSelector('.top .link.down');
    await page.waitForSelector('.freshness:has-text("s old")');
    script.buckets['a'] = NEXT;
    silence(script, false);
    await page.waitForSelector('rect.bar[data-value="58"]');
    await until('live', async () => (await page.textContent('.top .link')) === 'Live');
    assert.equal(await page.evaluate('window.stays'), true);
  });

  test('a real Weir that is stopped and started again on its port: the page goes on, over its stream', async (t) => {
    const sender = await startRtmSender(t);
    const yaml = `channels:\n  a: { feed: { kind: satori, url: "${sender.url}", appkey: k }, chart: { interval: 1s, range: 30s } }\n`;
    const first = await startTestWeir(t, yaml);
    const page = await browser.newPage();
    t.after(() => page.close());
    await page.goto(`${first.weir.url}/`);
    await until('live', async () => (await page.locator('.top .link').textContent()) === 'Live');
    await first.weir.stop();
    await page.waitForSelector('.top .link.down');
    await startTestWeir(t, yaml, { listen: new URL(first.weir.url).host });
    await until(
      'live again',
      async () => (await page.locator('.top .link').textContent()) === 'Live',
    );
    await until('subscribed again', () => sender.subscribers.size === 1);
    sender.send('a', Array(17).fill('{}'));
    await page.waitForSelector('rect.bar[data-value="17"]');
  });
});
