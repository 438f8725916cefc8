// The page in a real browser: states, both renderers, sizes, schemes, accessibility, a server that goes away.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions, Page, Route } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { until } from '../support/weir.ts';
import { bucket, channel, type Script, startStandIn, T0 } from './stand-in.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const loader = readFileSync(new URL('./google-stand-in.js', import.meta.url), 'utf8');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const GSTATIC = 'https://www.gstatic.com/**';

const BUCKETS = [
  bucket(0, 412, 'complete'),
  bucket(1, 0, 'complete'),
  bucket(2, 200, 'partial', {
    missed: 31,
    gaps: [
      {
        from: new Date(T0 + 120_000).toISOString(),
        to: null,
        cause: 'feed',
        detail: 'closed with code 1006',
      },
    ],
  }),
  bucket(3, null, 'missing'),
  bucket(4, 57, 'open', { rev: 0 }),
];

function scriptOf(more: Partial<Script> = {}): Script {
  return {
    charts: 'builtin',
    channels: [channel('a')],
    buckets: { a: BUCKETS },
    silent: false,
    ...more,
  };
}

/** Bars as the built-in renderer drew them. */
async function svgBars(page: Page) {
  return await page
    .locator('[data-channel="a"] rect.bar')
    .evaluateAll((bars) =>
      bars.map(({ dataset }: Element & { dataset?: DOMStringMap }) => [
        Number(dataset!['start']),
        dataset!['value'],
        dataset!['state'],
      ]),
    );
}

const EXPECTED = BUCKETS.map(({ start, count, state }) => [
  Date.parse(start),
  String(count),
  state,
]);

describe('the page', () => {
  let browser: Browser;
  before(async () => {
    if (!existsSync(`${root}/web/dist/index.html`))
      execFileSync('npm', ['run', 'build'], { cwd: root });
    browser = await launchBrowser();
  });
  after(() => browser.close());

  async function open(
    t: import('node:test').TestContext,
    script: Script,
    options: BrowserContextOptions & { google?: (route: Route) => unknown } = {},
  ) {
    const { google, ...rest } = options;
    const url = await startStandIn(t, script);
    const context = await browser.newContext({ viewport: { width: 1_200, height: 900 }, ...rest });
    t.after(() => context.close());
    const page = await context.newPage();
    const asked: string[] = [];
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await page.route(GSTATIC, (route) => {
      asked.push(route.request().url());
      return google ? google(route) : route.abort();
    });
    await page.goto(url);
    return { page, asked, errors };
  }

  test("the built-in bars have REST's values and states, and ask no other server", async (t) => {
    const { page, asked, errors } = await open(t, scriptOf());
    await page.waitForSelector('rect.bar');
    assert.deepEqual(await svgBars(page), EXPECTED);
    assert.deepEqual(asked, []);
    assert.deepEqual(errors, []);
  });

  test('zero, missing, partial and open look different, in bars and in the strip', async (t) => {
    const { page } = await open(t, scriptOf());
    await page.waitForSelector('rect.bar');
    const looks = await page.locator('rect.bar').evaluateAll((bars) =>
      bars.map((bar) => {
        const { fill, fillOpacity, strokeDasharray } = getComputedStyle(bar);
        return `${fill.replace(/hatch-\d+/, 'hatch')} ${fillOpacity} ${strokeDasharray} ${bar.getAttribute('height') === '2'}`;
      }),
    );
    assert.equal(new Set(looks).size, 5, looks.join('\n'));
    assert.match(looks[2]!, /url\(.*hatch/);
    const strip = await page
      .locator('.strip i')
      .evaluateAll((boxes) => boxes.map((box) => box.className));
    assert.deepEqual(strip, ['complete', 'complete', 'partial', 'missing', 'open']);
  });

  test('the table says the numbers, the states and the reasons', async (t) => {
    const { page } = await open(t, scriptOf());
    await page.click('summary');
    const rows = await page
      .locator('tbody tr')
      .evaluateAll((list) =>
        list.map((row) => [...row.querySelectorAll('td')].map((cell) => cell.textContent)),
      );
    assert.deepEqual(rows.toReversed(), [
      ['412', 'complete'],
      ['0', 'complete'],
      ['200', 'partial, 50% observed, 31 missed, closed with code 1006'],
      ['—', 'not observed'],
      ['57', 'so far'],
    ]);
  });

  test("Google's chart gets REST's values at the middle of each interval, and one chart lives on", async (t) => {
    const script = scriptOf({ charts: 'google' });
    const { page, errors } = await open(t, script, {
      google: (route) => route.fulfill({ contentType: 'text/javascript', body: loader }),
    });
    await until('window.googleLog?.draws > 0', () =>
      page.evaluate('Boolean(window.googleLog?.draws > 0)'),
    );
    const rows = await page.evaluate('window.googleLog.rows.a');
    assert.deepEqual(
      (rows as { at: number; value: number | null }[]).map(({ at, value }) => [at, value]),
      BUCKETS.map(({ start, count }) => [Date.parse(start) + 30_000, count]),
    );
    script.buckets['a'] = [...BUCKETS.slice(0, 4), bucket(4, 99, 'open')];
    await until('window.googleLog.rows.a[4].value === 99', () =>
      page.evaluate('Boolean(window.googleLog.rows.a[4].value === 99)'),
    );
    const looks = new Set((rows as { style: string }[]).map(({ style }) => style));
    assert.equal(looks.size, 3, 'complete, partial and open are told apart');
    assert.deepEqual(errors, []);
  });

  for (const [how, google] of [
    ['blocked', (route: Route) => route.abort()],
    ['not there', (route: Route) => route.fulfill({ status: 404, body: '' })],
  ] as const) {
    test(`when Google is ${how}, the built-in bars stay, and it is said once`, async (t) => {
      const { page } = await open(
        t,
        scriptOf({ charts: 'google', channels: [channel('a'), channel('b')] }),
        { google },
      );
      await page.waitForSelector('.notice');
      assert.equal(await page.locator('.notice').count(), 1);
      assert.deepEqual(await svgBars(page), EXPECTED);
    });
  }

  test('when Google is slow, the built-in bars are there at once, and stay after six seconds', async (t) => {
    const held: Route[] = [];
    const { page } = await open(t, scriptOf({ charts: 'google' }), {
      google: (route) => held.push(route),
    });
    await page.waitForSelector('rect.bar');
    assert.deepEqual(await svgBars(page), EXPECTED);
    await page.waitForSelector('.notice', { timeout: 15_000 });
    await held[0]!.fulfill({ contentType: 'text/javascript', body: loader });
    await until('window.googleLog !== undefined', () =>
      page.evaluate('Boolean(window.googleLog !== undefined)'),
    );
    assert.deepEqual(await svgBars(page), EXPECTED);
  });

  test('a changed bar changes in place', async (t) => {
    const script = scriptOf();
    const { page } = await open(t, script);
    await page.waitForSelector('rect.bar');
    script.buckets['a'] = [...BUCKETS.slice(0, 4), bucket(4, 60, 'complete')];
    await page.waitForSelector('rect.bar[data-value="60"][data-state="complete"]');
  });

  test('a new channel appears by itself; a link that is down says since when, and why', async (t) => {
    const script = scriptOf({ channels: [] });
    const { page } = await open(t, script);
    await page.waitForSelector('pre');
    assert.match((await page.locator('pre').textContent())!, /channels:/);
    const link = {
      state: 'down',
      since: new Date(T0).toISOString(),
      detail: 'closed with code 1006',
    };
    script.channels = [channel('a', { link })];
    const text = await page.waitForSelector('.card .link.down');
    assert.match((await text.textContent())!, /down since .*closed with code 1006/);
  });

  test('while Weir is silent the bars stay and the page says so; when it answers again, it goes on', async (t) => {
    const script = scriptOf();
    const { page } = await open(t, script);
    await page.waitForSelector('rect.bar');
    script.silent = true;
    await page.waitForSelector('.top .link.down');
    assert.match((await page.locator('.top .link').textContent())!, /does not answer since/);
    assert.deepEqual(await svgBars(page), EXPECTED);
    script.silent = false;
    await page.waitForSelector('.top .link.up');
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [360, 1_600]) {
      test(`${colorScheme}, ${width} px: nothing sticks out, and axe finds nothing`, async (t) => {
        const { page } = await open(t, scriptOf({ channels: [channel('a'), channel('b')] }), {
          colorScheme,
          viewport: { width, height: 800 },
        });
        await page.waitForSelector('rect.bar');
        await page.locator('summary').first().click();
        assert.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'));
        // The checker is no part of the page, so it comes in past its CSP.
        const result = (await page.evaluate(`${axe}; axe.run()`)) as {
          violations: { id: string; nodes: { html: string }[] }[];
        };
        assert.deepEqual(
          result.violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html}`),
          [],
        );
      });
    }
  }

  test('first-party code stays within its budget', async () => {
    const { gzipSync } = await import('node:zlib');
    const { readdirSync } = await import('node:fs');
    const assets = `${root}/web/dist/assets`;
    const size = (ending: string) =>
      readdirSync(assets)
        .filter((name) => name.endsWith(ending))
        .reduce((sum, name) => sum + gzipSync(readFileSync(`${assets}/${name}`)).length, 0);
    assert.ok(size('.js') <= 30_000, `${size('.js')} bytes of JavaScript`);
    assert.ok(size('.css') <= 8_000, `${size('.css')} bytes of CSS`);
  });
});
