// A REST server whose answers the test decides: every state of the page under control, under the real CSP.
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
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
const CSP = `default-src 'self'; script-src 'self' ${GSTATIC}; style-src 'self' ${GSTATIC}; style-src-attr 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'`;

export const T0 = Date.UTC(2026, 10, 21, 14, 0, 0);

export interface Script {
  charts: 'google' | 'builtin';
  channels: Record<string, unknown>[];
  buckets: Record<string, Record<string, unknown>[]>;
  /** Hangs up on everything under /api, as a Weir that is not there. */
  silent: boolean;
  /** Refuses to give buckets, with a problem document of that title. */
  refusal: string | null;
  /** Lets requests for buckets wait. */
  hold: Promise<unknown> | null;
  /** Addresses asked for under /api. */
  asked: string[];
  /** Whether there is a stream; without one the page polls. */
  stream: boolean;
  /** Streams that are open now, and the addresses of all there ever were. */
  streams: Set<ServerResponse>;
  streamsAsked: string[];
  heartbeatMs: number;
  problems: Record<string, unknown>[];
  events: Record<string, unknown>[];
  /** Answers for `key=*`, by channel. */
  keys: Record<string, Record<string, unknown>[]>;
  /** Requests for buckets under way now, and the most there ever were at once. */
  underWay: number;
  mostAtOnce: number;
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
    coverage: { complete: 1, open: 1, missing: 0 }[state] ?? 0.5,
    missed: 0,
    replayed: 0,
    undated: 0,
    late: 0,
    malformed: 0,
    rev: 1,
    gaps: [],
    ...more,
  };
}

const LOST = {
  from: new Date(T0 + 120_000).toISOString(),
  to: null,
  cause: 'feed',
  detail: 'closed with code 1006',
};

/** One of each: complete, zero, partial, missing, open. */
export const BUCKETS = [
  bucket(0, 1_412, 'complete'),
  bucket(1, 0, 'complete'),
  bucket(2, 200, 'partial', { missed: 31, gaps: [LOST] }),
  bucket(3, null, 'missing'),
  bucket(4, 57, 'open', { rev: 0 }),
];

/** The bars that BUCKETS make: start, value, state. */
export const BARS = BUCKETS.map(({ start, count, state }) => [
  Date.parse(start),
  String(count),
  state,
]);

export function scriptOf(more: Partial<Script> = {}): Script {
  return {
    charts: 'builtin',
    channels: [channel('a')],
    buckets: { a: BUCKETS, b: BUCKETS },
    silent: false,
    refusal: null,
    hold: null,
    asked: [],
    stream: true,
    streams: new Set(),
    streamsAsked: [],
    heartbeatMs: 15_000,
    problems: [],
    events: [],
    keys: {},
    underWay: 0,
    mostAtOnce: 0,
    ...more,
  };
}

/** Sends an event to every open stream. */
export function tell({ streams }: Script, name: string, data: unknown): void {
  for (const stream of streams) {
    stream.write(`event: ${name}\nid: e-1\ndata: ${JSON.stringify(data)}\n\n`);
  }
}

/** Changes what a channel's buckets are, and tells of those that are new or other than before. */
export function tellBuckets(
  script: Script,
  name: string,
  buckets: Record<string, unknown>[],
): void {
  const before = new Set(script.buckets[name]?.map((one) => JSON.stringify(one)));
  script.buckets[name] = buckets;
  for (const one of buckets) {
    if (before.has(JSON.stringify(one))) continue;
    tell(script, 'bucket', { ...one, channel: name, interval: '1m', tz: 'UTC' });
  }
}

/** Hangs up on everyone and answers nothing, or answers again. */
export function silence(script: Script, silent: boolean): void {
  script.silent = silent;
  if (silent) for (const stream of script.streams) stream.destroy();
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

/** Serves web/dist and what the script says; ends with the test. */
export async function startStandIn(context: TestContext, script: Script): Promise<string> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, 'http://localhost');
    response.setHeader('Content-Security-Policy', CSP);
    if (pathname.startsWith('/api/v1/')) void answerApi(request, response, script);
    else sendFile(pathname, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

function sendFile(pathname: string, response: ServerResponse): void {
  const file = join(dist, ['/', '/embed'].includes(pathname) ? 'index.html' : pathname);
  const found = existsSync(file);
  response.writeHead(found ? 200 : 404, { 'content-type': TYPES[extname(file)] ?? 'text/plain' });
  response.end(found ? readFileSync(file) : '');
}

async function answerApi(
  request: IncomingMessage,
  response: ServerResponse,
  script: Script,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url!, 'http://localhost');
  script.asked.push(request.url!);
  if (pathname === '/api/v1/stream') return openStream(request, response, script);
  const forBuckets = pathname.endsWith('/buckets');
  if (forBuckets) {
    script.mostAtOnce = Math.max(script.mostAtOnce, ++script.underWay);
    await script.hold;
    script.underWay -= 1;
  }
  if (script.silent) response.destroy();
  else if (forBuckets && script.refusal !== null) {
    send(response, 422, { title: script.refusal, status: 422 }, 'application/problem+json');
  } else if (searchParams.get('key') === '*') {
    const data = script.keys[pathname.split('/')[4]!] ?? [];
    send(response, 200, { data, links: { next: null } });
  } else send(response, 200, answer(pathname, script));
}

function openStream(request: IncomingMessage, response: ServerResponse, script: Script): void {
  script.streamsAsked.push(request.url!);
  if (script.silent) return void response.destroy();
  if (!script.stream) return send(response, 503, { title: 'None' }, 'application/problem+json');
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const hello = { heartbeatMs: script.heartbeatMs, resumed: false };
  response.write(`retry: 200\n\nevent: hello\nid: e-0\ndata: ${JSON.stringify(hello)}\n\n`);
  script.streams.add(response);
  response.on('close', () => script.streams.delete(response));
}

function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  type = 'application/json',
): void {
  response.writeHead(status, { 'content-type': type });
  response.end(JSON.stringify(body));
}

const SCHEMA = {
  type: 'object',
  properties: { timezone: { type: 'string', description: 'Zone of days.', default: 'UTC' } },
};
const RETENTION = { '1s': 3_600_000, '1m': 35 * 86_400_000, '15m': 3_650 * 86_400_000 };

function answer(pathname: string, script: Script): unknown {
  const { charts, channels, buckets, problems, events } = script;
  const generatedAt = new Date(T0).toISOString();
  const meta = { generatedAt, version: '0.0.0', charts, timezone: 'UTC', retention: RETENTION };
  if (pathname === '/api/v1/configuration') {
    return { data: { problems, loadedAt: generatedAt, yaml: 'channels:\n  a: {}\n' } };
  }
  if (pathname === '/api/v1/events') return { data: events, meta };
  if (pathname === '/api/v1/configuration/schema') return SCHEMA;
  if (pathname === '/api/v1/channels') return { data: channels, meta };
  const name = pathname.split('/')[4]!;
  return {
    data: buckets[name] ?? [],
    meta: { ...meta, from: generatedAt, to: generatedAt },
    links: { next: null },
  };
}
