// Cases against a feed: a server by hand sends them, a sink says what arrived.
import type { Feed } from '../../src/feeds/feed.ts';
import { websocket } from '../../src/feeds/websocket/index.ts';
import { FakeSink } from '../support/fake-sink.ts';
import { FakeTime } from '../support/fake-time.ts';
import { type Case, framesOf } from './case.ts';
import { type Done, faultsOf, play } from './outcome.ts';
import { listenByHand, type Wire } from './wire.ts';

export interface OpenFeed {
  readonly feed: Feed;
  readonly sink: FakeSink;
  readonly time: FakeTime;
}

/** Opens a websocket feed with these options, on a time that stands still. */
export function openFeed(options: Record<string, unknown>): OpenFeed {
  const sink = new FakeSink();
  const time = new FakeTime(1_700_000_000_000);
  const parsed = websocket.options.parse({ kind: 'websocket', ping: 'off', ...options });
  const feed = websocket.open([{ name: 'channel', options: parsed, sink, needsBody: true }], {
    clock: time,
    timers: time,
    random: () => 0.5,
    folder: '.',
  });
  return { feed, sink, time };
}

/** Ends a feed whose peer may have gone already. */
export async function closeFeed({ feed, time }: OpenFeed, wire: Wire): Promise<void> {
  wire.destroy();
  const closed = feed.close();
  time.goTo(time.now() + 10_000);
  await closed;
}

/** Runs the cases one after the other; calls `done` with what was wrong with each. */
export async function runOnFeed(cases: readonly Case[], done: Done): Promise<void> {
  const server = await listenByHand();
  for (const one of cases) if (!done(one, await runCase(one, server))) break;
  await server.close();
}

async function runCase(one: Case, server: Awaited<ReturnType<typeof listenByHand>>) {
  const isBinary = one.steps.some((step) => step.kind === 'message' && step.binary);
  const opened = openFeed({ url: server.url, format: isBinary ? 'binary' : 'text' });
  const wire = await server.accept();
  const frames = one.steps.flatMap((step) => framesOf(step, (payload) => payload));
  const outcome = await play(one, frames, wire);
  const { sink } = opened;
  if (one.ends !== 'open' && outcome.closed !== null) await sink.next('down');
  const bodies = sink.all('messages').flatMap((call) => call.bodies);
  const messages = bodies.map((body) => Buffer.from(body as string | Buffer));
  const faults = faultsOf(one, outcome, messages, sink.malformedCount, { answersAll: false });
  await closeFeed(opened, wire);
  return faults;
}
