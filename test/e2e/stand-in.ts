// A REST server whose answers the test decides: every state of the page under control, under the real CSP.
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

const dist = fileURLToPath(new URL('../../web/dist', import.meta.url));
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
};
const GSTATIC = 'https://www.gstatic.com/charts/';
const CSP = `default-src 'self'; script-src 'self' ${GSTATIC}; style-src 'self' ${GSTATIC}; style-src-attr 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'self'`;

export const T0 = Date.UTC(2026, 10, 21, 14, 0, 0);

export interface Script {
  charts: 'google' | 'builtin';
  channels: Record<string, unknown>[];
  buckets: Record<string, Record<string, unknown>[]>;
  /** Answers 503 to everything under /api. */
  silent: boolean;
}

export function bucket(
  index: number,
  count: number | null,
  state: string,
  more: Record<string, unknown> = {},
) {
  const start = T0 + index * 60_000;
  return {
    channel: 'a',
    start: new Date(start).toISOString(),
    end: new Date(start + 60_000).toISOString(),
    count,
    state,
    coverage: state === 'complete' ? 1 : state === 'missing' ? 0 : 0.5,
    missed: 0,
    replayed: 0,
    late: 0,
    malformed: 0,
    rev: 1,
    gaps: [],
    ...more,
  };
}

export function channel(name: string, more: Record<string, unknown> = {}) {
  return {
    name,
    title: `Channel ${name}`,
    description: 'What it is',
    feed: { kind: 'satori' },
    processor: { kind: 'count', measure: 'count', keyed: false, top: 0 },
    chart: { interval: '1m', range: '10m' },
    link: { state: 'up', since: new Date(T0).toISOString(), detail: '' },
    rate: 12.4,
    lastBucket: null,
    ...more,
  };
}

export async function startStandIn(context: TestContext, script: Script): Promise<string> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, 'http://localhost');
    response.setHeader('Content-Security-Policy', CSP);
    if (pathname.startsWith('/api/v1/')) {
      const body = script.silent ? null : answer(pathname, script);
      response.writeHead(body ? 200 : 503, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body ?? {}));
      return;
    }
    const file = join(dist, pathname === '/' ? 'index.html' : pathname);
    response.writeHead(existsSync(file) ? 200 : 404, {
      'content-type': TYPES[extname(file)] ?? 'text/plain',
    });
    response.end(existsSync(file) ? readFileSync(file) : '');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

function answer(pathname: string, script: Script): unknown {
  const meta = {
    generatedAt: new Date(T0).toISOString(),
    version: '0.0.0',
    charts: script.charts,
    timezone: 'UTC',
  };
  if (pathname === '/api/v1/channels') return { data: script.channels, meta };
  const name = pathname.split('/')[4]!;
  return {
    data: script.buckets[name] ?? [],
    meta: { ...meta, from: meta.generatedAt, to: meta.generatedAt },
  };
}
