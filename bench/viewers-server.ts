/** The side that is measured: REST with 50 channels that count four times a second and are sealed each second. */
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyTally } from '../src/model/tally.ts';
import { restService } from '../src/rest/service.ts';
import { nodeTimers } from '../src/shared/clock.ts';
import { writeLink } from '../src/shared/link-words.ts';
import { allocateRing } from '../src/shared/ring.ts';
import { RingReader } from '../src/shared/ring-reader.ts';
import { RingWriter } from '../src/shared/ring-writer.ts';
import { storeKind } from '../src/store/index.ts';

const [count = '50', epoch = '0', pageFolder = '/nowhere'] = process.argv.slice(2);
const EPOCH = Number(epoch);
const UPDATES = 4;
const folder = mkdtempSync(join(tmpdir(), 'weir-viewers-'));
const kind = storeKind('sqlite')!;
const location = kind.locate(kind.options.parse({ kind: 'sqlite', path: 'store.db' }), folder);
const retention = { '1s': 3_600_000, '1m': 86_400_000, '15m': 86_400_000 };
const store = kind.openWriter(location, retention);
const history = kind.openReader(location);
const start = Math.floor(Date.now() / 1_000);

const channels = Array.from({ length: Number(count) }, (_, index) => {
  const memory = allocateRing({ keysMax: 0, keyWords: 1 });
  const ring = new RingReader(memory);
  const writer = new RingWriter(memory);
  ring.seal(start);
  writer.open(start);
  writeLink(writer.views, { state: 'up', since: start * 1_000, detail: '' });
  const name = `c${index}`;
  const descriptor = {
    name,
    title: name,
    description: '',
    feed: { kind: 'satori' },
    processor: { kind: 'count', measure: 'count', keyed: false, top: 0 },
    chart: { interval: '1s', range: '2m' },
  } as const;
  return { descriptor, ring, writer, waitMs: 0, thread: 'feed 1' };
});

const service = restService(
  {
    channels,
    configuration: () => ({ problems: [], loadedAt: EPOCH, yaml: '' }),
    history,
    clock: { now: () => Date.now(), elapsed: () => performance.now(), step: null },
    health: () => ({ storeTrouble: null, threads: [] }),
    settings: {
      version: '0',
      timezone: 'UTC',
      charts: 'builtin',
      retention,
      pageFolder,
    },
  },
  { timers: nodeTimers, random: Math.random, report: (error) => console.error(error) },
);

let second = start;
setInterval(() => {
  const now = Math.floor(Date.now() / 1_000);
  for (const { writer } of channels) {
    if (now > second) writer.open(now);
    writer.add('received', 1);
    writer.add('counted', 1);
    writer.commit(null);
  }
  if (now > second) seal(now);
  second = now;
}, 1_000 / UPDATES);

/** The sealed second's count is the moment at which it was sealed, so that viewers can tell how old the news is. */
function seal(now: number): void {
  const counted = Date.now() - EPOCH;
  const tally = { ...emptyTally(), received: counted, counted, coveredMs: 1_000 };
  store.commit({
    at: now * 1_000,
    seals: channels.map(({ descriptor: { name } }) => ({
      channel: name,
      sealedTo: now,
      cells: [{ second: now - 1, tally }],
      keyCells: [],
      amendments: [],
      amendmentCount: 0,
      position: null,
    })),
    gaps: [],
    events: [],
  });
  for (const { ring } of channels) ring.seal(now);
}

service.server.listen(0, '127.0.0.1', () => {
  process.send!({ port: (service.server.address() as AddressInfo).port });
});
process.on('message', () => {
  const { rss, heapUsed, external } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  process.send!({ rss, heapUsed, external, cpu: (user + system) / 1e6, ...service.hub.counters });
});
process.on('disconnect', () => {
  rmSync(folder, { recursive: true });
  process.exit(0);
});
