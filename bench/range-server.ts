/** The side that is measured: REST over a store that is there, with quiet channels. */
import type { AddressInfo } from 'node:net';
import { restService } from '../src/rest/service.ts';
import { nodeTimers } from '../src/shared/clock.ts';
import { allocateRing } from '../src/shared/ring.ts';
import { RingReader } from '../src/shared/ring-reader.ts';
import { storeKind } from '../src/store/index.ts';
import { CHANNEL_COUNT, RETENTION } from './range-store.ts';

const [location = '', end = '0'] = process.argv.slice(2);

const channels = Array.from({ length: CHANNEL_COUNT }, (_, index) => {
  const ring = new RingReader(allocateRing({ keysMax: 0, keyWords: 1 }));
  ring.seal(Number(end));
  const name = `c${index}`;
  const descriptor = {
    name,
    title: name,
    description: '',
    feed: { kind: 'satori' },
    processor: { kind: 'count', measure: 'count', keyed: false, top: 0 },
    chart: { interval: '1s', range: '2m' },
  } as const;
  return { descriptor, ring, waitMs: 0, thread: 'feed 1' };
});

const { server } = restService(
  {
    channels,
    configuration: () => ({ problems: [], loadedAt: 0, yaml: '' }),
    history: storeKind('sqlite')!.openReader(location),
    clock: { now: () => Date.now(), elapsed: () => performance.now(), step: null },
    health: () => ({ storeTrouble: null, threads: [] }),
    settings: {
      version: '0',
      timezone: 'UTC',
      charts: 'builtin',
      retention: RETENTION,
      pageFolder: '/nowhere',
    },
  },
  { timers: nodeTimers, random: Math.random, report: (error) => console.error(error) },
);

server.listen(0, '127.0.0.1', () => {
  process.send!({ port: (server.address() as AddressInfo).port });
});
process.on('disconnect', () => process.exit(0));
