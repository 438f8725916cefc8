// Opens the built page against a stand-in server, with Google's servers under the test's control.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions, Page, Route } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { type Script, startStandIn } from './stand-in.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface OpenPage {
  readonly page: Page;
  /** Of the stand-in, with a slash at the end. */
  readonly url: string;
  /** Addresses at Google's that the page asked for. */
  readonly asked: string[];
  /** What went wrong in the page, broken content security rules among it. */
  readonly errors: string[];
}

export interface OpenOptions extends BrowserContextOptions {
  /** What Google's servers answer; nothing, unless given. */
  readonly google?: (route: Route) => unknown;
  /** What follows the slash. */
  readonly path?: string;
}

/** The browser for a file of tests; builds the page if nobody has. */
export async function browserForPage(): Promise<Browser> {
  if (!existsSync(`${root}/web/dist/index.html`)) {
    execFileSync('npm', ['run', 'build'], { cwd: root });
  }
  return await launchBrowser();
}

export async function openPage(
  t: TestContext,
  browser: Browser,
  script: Script,
  { google, path = '', ...options }: OpenOptions = {},
): Promise<OpenPage> {
  const url = await startStandIn(t, script);
  const context = await browser.newContext({
    viewport: { width: 1_200, height: 900 },
    locale: 'en-US',
    timezoneId: 'UTC',
    ...options,
  });
  t.after(() => context.close());
  const page = await context.newPage();
  const asked: string[] = [];
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) errors.push(message.text());
  });
  await page.route('https://www.gstatic.com/**', (route) => {
    asked.push(route.request().url());
    return google ? google(route) : route.abort();
  });
  await page.goto(url + path);
  return { page, url, asked, errors };
}

/** The built-in bars of channel a: start, value, state. */
export async function builtInBars(page: Page): Promise<unknown[][]> {
  return await page.locator('[data-channel="a"] rect.bar').evaluateAll((bars) =>
    (bars as SVGElement[]).map(({ dataset }) => {
      return [Number(dataset['start']), dataset['value'], dataset['state']];
    }),
  );
}

/** The rows of the first open table, oldest first: value, state. */
export async function tableRows(page: Page): Promise<(string | null)[][]> {
  const rows = await page
    .locator('tbody tr')
    .evaluateAll((list) =>
      list.map((row) => [...row.querySelectorAll('td')].map((cell) => cell.textContent)),
    );
  return rows.toReversed();
}
