/** REST without the rest of a Weir: for benches that fill store and rings themselves. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type RestService, restService } from '../src/rest/service.ts';
import type { RestSources } from '../src/rest/sources.ts';
import { nodeTimers } from '../src/shared/clock.ts';
import { TEST_GATE } from '../test/support/gate.ts';

type Given = Pick<RestSources, 'channels' | 'history'> &
  Pick<RestSources['settings'], 'retention'> & {
    readonly pageFolder?: string;
    /** Unix milliseconds. */
    readonly loadedAt?: number;
  };

export function restOver({
  channels,
  history,
  retention,
  pageFolder = '/nowhere',
  loadedAt = 0,
}: Given): RestService {
  return restService(
    {
      channels,
      configuration: () => ({ problems: [], loadedAt, yaml: '' }),
      history,
      clock: { now: () => Date.now(), elapsed: () => performance.now(), step: null },
      gate: TEST_GATE,
      health: () => ({
        store: { trouble: null, waiting: null },
        log: { droppedLines: 0 },
        threads: [],
      }),
      settings: { version: '0', timezone: 'UTC', charts: 'builtin', retention, pageFolder },
    },
    { timers: nodeTimers, random: Math.random, report: (error) => console.error(error) },
  );
}

/** A channel that counts every message. */
export function channelNamed(name: string) {
  const descriptor = {
    name,
    title: name,
    description: '',
    feed: { kind: 'satori' },
    processor: { kind: 'count', measure: 'count', keyed: false, top: 0 },
    chart: { interval: '1s', range: '2m' },
  } as const;
  return { descriptor, waitMs: 0, thread: 'feed 1' };
}

/** Listens, and tells the process that started this one where. */
export function listen(server: Server): void {
  server.listen(0, '127.0.0.1', () => {
    process.send!({ port: (server.address() as AddressInfo).port });
  });
}
