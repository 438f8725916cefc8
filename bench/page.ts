/**
 * What the page costs a browser: its size, how soon bars are there, and frames, long tasks and heap while 50 channels
 * of 120 bars change four times a second. `WEIR_BENCH_MINUTES` says how long the heap is watched.
 */
import { execFileSync, fork } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { launchBrowser } from '../test/support/browser.ts';
import { heard } from './viewers.ts';

const CHANNELS = 50;
const MINUTES = Number(process.env['WEIR_BENCH_MINUTES'] ?? 20);
const WATCH_SECONDS = 20;
const SETTLE_MS = 5_000;
const folder = fileURLToPath(new URL('../web/dist', import.meta.url));

/** Notes the first bar, long tasks and frames, from before the page's own code runs. */
const PROBE = `
  window.probe = { first: 0, longest: 0, long: 0, frames: 0 };
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) {
      probe.long += 1;
      probe.longest = Math.max(probe.longest, duration);
    }
  }).observe({ type: 'longtask' });
  const frame = (now) => {
    probe.frames += 1;
    if (!probe.first && document.querySelector('rect.bar')) probe.first = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
`;

interface Probe {
  readonly first: number;
  readonly longest: number;
  readonly long: number;
  readonly frames: number;
}

export async function page(print: (line: string) => void): Promise<void> {
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'ignore' });
  print(sizes());
  const epoch = Date.now() - 10_000;
  const given = [String(CHANNELS), String(epoch), folder];
  const server = fork(new URL('./viewers-server.ts', import.meta.url), given);
  const { port } = await heard<{ port: number }>(server);
  const browser = await launchBrowser();
  try {
    const url = `http://127.0.0.1:${port}/`;
    // Two minutes of bars, so that every card has all of its own.
    await sleep(125_000);
    await firstBars(browser, url, print);
    await moving(browser, url, { width: 1_920, height: 1_080 }, print);
    await moving(browser, url, { width: 1_920, height: 6_000 }, print);
    await heap(browser, url, print);
  } finally {
    await browser.close();
    server.disconnect();
  }
}

function sizes(): string {
  const bytes = (ending: RegExp) =>
    readdirSync(`${folder}/assets`)
      .filter((name) => ending.test(name))
      .reduce((sum, name) => sum + gzipSync(readFileSync(`${folder}/assets/${name}`)).length, 0);
  const later = /^(dialog-bodies|menu-items|google-renderer)-.*\.js$/;
  const kb = (size: number) => (size / 1_000).toFixed(1);
  return `- gzipped: JavaScript ${kb(bytes(/\.js$/) - bytes(later))} kB, fetched later ${kb(bytes(later))} kB; CSS ${kb(bytes(/\.css$/))} kB`;
}

async function open(browser: Browser, url: string, viewport: { width: number; height: number }) {
  const tab = await browser.newPage({ viewport });
  await tab.addInitScript(PROBE);
  await tab.goto(url);
  await tab.locator('rect.bar').first().waitFor();
  return tab;
}

async function firstBars(browser: Browser, url: string, print: (line: string) => void) {
  const times: number[] = [];
  for (let turn = 0; turn < 5; turn++) {
    const tab = await open(browser, url, { width: 1_920, height: 1_080 });
    times.push((await probe(tab)).first);
    await tab.close();
  }
  times.sort((a, b) => a - b);
  print(
    `- first bars after ${Math.round(times[2]!)} ms from navigation (five times: ${times.map(Math.round).join(', ')})`,
  );
}

async function moving(
  browser: Browser,
  url: string,
  viewport: { width: number; height: number },
  print: (line: string) => void,
) {
  const tab = await open(browser, url, viewport);
  await sleep(SETTLE_MS);
  await tab.evaluate('Object.assign(probe, { longest: 0, long: 0, frames: 0 })');
  const tools = await tab.context().newCDPSession(tab);
  await tools.send('Performance.enable');
  const before = await busy(tools);
  await sleep(WATCH_SECONDS * 1_000);
  const { long, longest, frames } = await probe(tab);
  const share = ((await busy(tools)) - before) / WATCH_SECONDS;
  const drawn = await tab.locator('.card:has(rect.bar)').count();
  print(
    `- ${viewport.width} × ${viewport.height}, ${drawn} of ${CHANNELS} cards drawn: ${(frames / WATCH_SECONDS).toFixed(1)} frames/s, tasks over 50 ms: ${long} (longest ${Math.round(longest)} ms), main thread busy ${(share * 100).toFixed(0)} %`,
  );
  await tab.close();
}

async function heap(browser: Browser, url: string, print: (line: string) => void) {
  const tab = await open(browser, url, { width: 1_920, height: 1_080 });
  const tools = await tab.context().newCDPSession(tab);
  const sizes: string[] = [];
  for (let minute = 0; minute <= MINUTES; minute++) {
    await tools.send('HeapProfiler.collectGarbage');
    const { usedSize } = await tools.send('Runtime.getHeapUsage');
    if (minute % 2 === 0) sizes.push((usedSize / 2 ** 20).toFixed(2));
    if (minute < MINUTES) await sleep(60_000);
  }
  const nodes = await tab.evaluate('document.querySelectorAll("*").length');
  print(`- heap after collection, every two minutes, MiB: ${sizes.join(', ')}; ${nodes} elements`);
}

async function busy(tools: CDPSession): Promise<number> {
  const { metrics } = await tools.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration')!.value;
}

async function probe(tab: Page): Promise<Probe> {
  return (await tab.evaluate('window.probe')) as Probe;
}
