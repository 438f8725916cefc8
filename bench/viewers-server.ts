/** The side that is measured: REST with 50 channels that count four times a second and are sealed each second. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyTally } from '../src/model/tally.ts';
import { writeLink } from '../src/shared/link-words.ts';
import { allocateRing } from '../src/shared/ring.ts';
import { RingReader } from '../src/shared/ring-reader.ts';
import { RingWriter } from '../src/shared/ring-writer.ts';
import { storeKind } from '../src/store/index.ts';
import { COUNT, MEANING } from './meaning.ts';
import { channelNamed, listen, restOver } from './rest.ts';

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
  const memory = allocateRing({ keysMax: 0, keyWords: 1, shardsMax: 1 });
  const ring = new RingReader(memory);
  const writer = new RingWriter(memory);
  ring.seal(start);
  writer.open(start);
  writeLink(writer.views, { state: 'up', since: start * 1_000, detail: '' });
  return { ...channelNamed(`c${index}`), ring, definition: COUNT, writer };
});

const service = restOver({ channels, history, retention, pageFolder, loadedAt: EPOCH });

let second = start;
setInterval(() => {
  const now = Math.floor(Date.now() / 1_000);
  for (const { writer } of channels) {
    if (now > second) writer.open(now);
    writer.add('received', 1);
    writer.add('counted', 1);
    writer.commit();
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
      ...MEANING,
    })),
    gaps: [],
    events: [],
  });
  for (const { ring } of channels) ring.seal(now);
}

listen(service.server);
process.on('message', () => {
  const { rss, heapUsed, external } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  process.send!({ rss, heapUsed, external, cpu: (user + system) / 1e6, ...service.hub.counters });
});
process.on('disconnect', () => {
  rmSync(folder, { recursive: true });
  process.exit(0);
});
