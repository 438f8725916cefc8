// The whole page by keyboard alone: the map, the order of the focus, bars that are spoken, dialogs that let go.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { until } from '../support/weir.ts';
import { browserForPage, openPage } from './open-page.ts';
import { channel, type Script, scriptOf } from './stand-in.ts';

const query = (page: Page) => page.evaluate(() => new URL(location.href).searchParams.toString());
/** What has the focus, in words. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement as HTMLElement;
    const card = element.closest<HTMLElement>('.card')?.dataset['channel'] ?? '';
    const name = element.getAttribute('aria-label') ?? element.textContent ?? '';
    return `${card} ${element.tagName.toLowerCase()} ${element.id || element.className} ${name}`.trim();
  });

describe('the keyboard', () => {
  let browser: Browser;
  before(async () => {
    browser = await browserForPage();
  });
  after(() => browser.close());

  async function open(
    t: import('node:test').TestContext,
    script: Script = scriptOf({ channels: [channel('a'), channel('b')] }),
  ) {
    const opened = await openPage(t, browser, script);
    await opened.page.waitForSelector('rect.bar');
    return { ...opened, script, press: (...keys: string[]) => pressAll(opened.page, keys) };
  }

  async function pressAll(page: Page, keys: string[]) {
    for (const key of keys) await page.keyboard.press(key);
  }

  test('Tab goes through everything once, in the order it is seen, always visibly', async (t) => {
    const { page, press } = await open(t);
    const seen: string[] = [];
    for (let turn = 0; turn < 40; turn++) {
      await press('Tab');
      const outlined = await page.evaluate(
        () => getComputedStyle(document.activeElement!).outlineStyle !== 'none',
      );
      const what = await focused(page);
      if (what.startsWith('body')) break;
      assert.ok(outlined, `${what} shows that it has the focus`);
      seen.push(what);
    }
    const order = [
      /skip/,
      /REST API/,
      /filter/,
      /Earlier/,
      /Range/,
      /interval/,
      /zone/,
      /Compare/,
      /Kiosk/,
      /Configuration/,
      /Keyboard/,
      /^a a.*Channel a/,
      /^a button more/,
      /^a div plot/,
      /^a summary/,
      /^b a.*Channel b/,
      /^b summary/,
    ];
    let at = -1;
    for (const pattern of order) {
      const next = seen.findIndex((what, index) => index > at && pattern.test(what));
      assert.ok(next > at, `${pattern} after ${seen[at]} in\n${seen.join('\n')}`);
      at = next;
    }
    assert.equal(new Set(seen).size, seen.length);
  });

  test('j, k and arrows: card by card, bar by bar, and each bar is spoken', async (t) => {
    const { page, press } = await open(t);
    const spoken = () => page.locator('.unseen[aria-live]').textContent();
    await press('j');
    assert.match(await focused(page), /^a div plot/);
    await press('j');
    assert.match(await focused(page), /^b div plot/);
    await press('k', 'ArrowLeft');
    await until('the open bar is spoken', async () => /^57, .*so far$/.test((await spoken())!));
    await press('ArrowLeft');
    await until('the missing one', async () => /^—, .*not observed$/.test((await spoken())!));
    await press('Home');
    await until('the first', async () => /^1,412, /.test((await spoken())!));
    await page.waitForSelector('.tip .words:has-text("1,412")');
    await press('Escape');
    await page.waitForSelector('.tip', { state: 'detached' });
    await press('Enter');
    await page.waitForSelector('[data-channel="a"] tbody tr');
  });

  test('every switch and preset has its key', async (t) => {
    const { page, press, script } = await open(t);
    await press('c', 'y', 'l');
    assert.equal(await query(page), 'samey=1&log=1&compare=1');
    await press('c', 'y', 'l', '2');
    assert.equal(await query(page), 'range=1h');
    await press('[');
    assert.match(await query(page), /^from=.*&to=/);
    await press('n');
    assert.equal(await query(page), 'range=1h');
    await press('p');
    await until('the stream is closed', () => script.streams.size === 0);
    await press('p', 'f');
    await page.waitForSelector('.toolbar', { state: 'detached' });
    await press('Escape');
    await page.waitForSelector('.toolbar');
    await press('/');
    await until('the filter has the focus', async () => /filter/.test(await focused(page)));
    await page.keyboard.type('channel b c');
    assert.match(await query(page), /q=channel/, 'where one types, keys are letters');
    await press('Escape', 'i');
    await until('the interval has the focus', async () => /interval/.test(await focused(page)));
  });

  test('o opens the channel that has the focus, and goes back; s copies', async (t) => {
    const { page, press } = await open(t);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await press('j', 'j', 'o');
    await page.waitForSelector('.is-alone[data-channel="b"]');
    await press('s');
    await page.waitForSelector('.toast');
    assert.match((await page.evaluate('navigator.clipboard.readText()')) as string, /\?channel=b$/);
    await press('o');
    await until('all are shown', async () => (await page.locator('.card').count()) === 2);
  });

  test('dialogs keep the focus, Escape closes them, and it goes back to where it was', async (t) => {
    const { page, press } = await open(t);
    await press('j', '?');
    await page.waitForSelector('dialog[open] kbd');
    for (let turn = 0; turn < 4; turn++) {
      await press('Tab');
      assert.equal(
        await page.evaluate(() => document.activeElement!.closest('dialog, body')!.tagName !== ''),
        true,
      );
    }
    await press('c');
    assert.equal(await query(page), '', 'keys of the page rest while a dialog is open');
    await press('Escape');
    await page.waitForSelector('dialog', { state: 'detached' });
    assert.match(await focused(page), /^a div plot/);
    await press('?');
    await page.waitForSelector('dialog[open] kbd');
    await page.getByRole('button', { name: 'Close' }).press('Enter');
    await page.waitForSelector('dialog', { state: 'detached' });
    assert.match(await focused(page), /^a div plot/);
    await page.getByRole('button', { name: 'Configuration' }).focus();
    await press('Enter');
    await page.waitForSelector('dialog pre:has-text("channels:")');
    await page.waitForSelector('dialog dt:has-text("timezone")');
  });

  test('a dialog opened in the moment another one goes stays open', async (t) => {
    const { page, press } = await open(t);
    await press('?');
    await page.waitForSelector('dialog[open] kbd');
    await page.evaluate(async () => {
      const named = (name: string) =>
        [...document.querySelectorAll('button')].find(
          (button) => (button.getAttribute('aria-label') ?? button.textContent)?.trim() === name,
        )!;
      const configuration = named('Configuration');
      const gone = new Promise<void>((resolve) => {
        new MutationObserver((_, observer) => {
          if (document.querySelector('dialog')) return;
          observer.disconnect();
          resolve();
        }).observe(document.body, { childList: true, subtree: true });
      });
      named('Close').click();
      await gone;
      configuration.click();
      // Whatever the first dialog still had to say has been said after two frames.
      await new Promise((resolve) =>
        requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve))),
      );
    });
    await page.waitForSelector('dialog[open] pre:has-text("channels:")', { timeout: 5_000 });
  });

  test('single keys can be switched off, and that is remembered', async (t) => {
    const { page, press } = await open(t);
    await press('?');
    await page.getByLabel('Turn off single-key shortcuts').check();
    await press('Escape', 'l');
    assert.equal(await query(page), '');
    await page.reload();
    await page.waitForSelector('rect.bar');
    await press('l');
    assert.equal(await query(page), '');
  });
});
