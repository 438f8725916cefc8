// A real headless Chromium: the one that WEIR_CHROMIUM names, the machine's, or the one that npm brought.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';

const SYSTEM = '/usr/bin/chromium';
// Not the package's own default: --single-process crashes with several pages, --disable-web-security blinds tests.
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts a browser; the caller closes it. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env['WEIR_CHROMIUM'] ?? (await ownChromium());
  // npm brings one for Linux only; elsewhere an installed Chrome has to do.
  const which = executablePath === null ? { channel: 'chrome' } : { executablePath };
  return await chromium.launch({ ...which, headless: true, args: FLAGS });
}

async function ownChromium(): Promise<string | null> {
  if (existsSync(SYSTEM)) return SYSTEM;
  return process.platform === 'linux' ? await npmChromium() : null;
}

/**
 * Unpacks npm's Chromium once for each version. It takes seconds and the package takes a half-written file for a whole
 * one, so it is unpacked aside and put in its place in one step: tests run in several processes.
 */
async function npmChromium(): Promise<string> {
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium');
  const manifest = join(dirname(entry), '..', 'package.json');
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  const folder = join(tmpdir(), `weir-chromium-${version}`);
  const executable = join(folder, 'chromium');
  if (existsSync(executable)) return executable;
  const aside = await mkdtemp(join(tmpdir(), 'weir-chromium-'));
  const unpack = `import chromium from ${JSON.stringify(entry)}; await chromium.executablePath();`;
  // The package unpacks into the temp folder, whichever that is.
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', unpack], {
    env: { ...process.env, TMPDIR: aside },
  });
  try {
    await rename(aside, folder);
  } catch (error) {
    // Somebody else was faster; theirs is as good.
    await rm(aside, { recursive: true });
    if (!existsSync(executable)) throw error;
  }
  return executable;
}
