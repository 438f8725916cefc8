// A real headless Chromium: the machine's, or the one that npm brought.
import { existsSync } from 'node:fs';
import npmChromium from '@sparticuz/chromium';
import { type Browser, chromium } from 'playwright-core';

const SYSTEM = '/usr/bin/chromium';

/** Starts a browser; the caller closes it. WEIR_CHROMIUM names another one. */
export async function launchBrowser(): Promise<Browser> {
  const named = process.env['WEIR_CHROMIUM'];
  const system = existsSync(SYSTEM) ? SYSTEM : undefined;
  return await chromium.launch({
    executablePath: named ?? system ?? (await npmChromium.executablePath()),
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
