/** Weir's counting path in a process of its own: satori feed, counter, ring; as in a feed thread. */
import { ChannelCounter } from '../src/counting/channel-counter.ts';
import { satori } from '../src/feeds/satori/index.ts';
import { anchorToWall, nodeTimers, threadClock } from '../src/shared/clock.ts';
import { allocatePulse, Pulse } from '../src/shared/pulse.ts';
import { allocateRing } from '../src/shared/ring.ts';
import { RingReader } from '../src/shared/ring-reader.ts';
import { RingWriter } from '../src/shared/ring-writer.ts';
import { reportWhenCounted } from './report.ts';

const [url, messageCount] = [process.argv[2]!, Number(process.argv[3])];
const pulse = new Pulse(allocatePulse());
anchorToWall(pulse);
const clock = threadClock(pulse);
const memory = allocateRing({ keysMax: 0, keyWords: 1 });
const reader = new RingReader(memory);
const counter = new ChannelCounter({
  writer: new RingWriter(memory),
  traits: { measure: 'count', keysMax: 0, top: 0, needsBody: false, isolated: false },
  worthOf: () => 1,
  clock,
  position: null,
  stream: '00000000',
  blindSince: { from: clock.now(), cause: 'feed', detail: 'connecting' },
  notes: { event: () => {}, gap: () => {} },
});
const options = satori.options.parse({ kind: 'satori', url, appkey: 'k', channel: 'c' });
reportWhenCounted(() => reader.totals().counted, messageCount);
satori.open([{ name: 'c', options, sink: counter, needsBody: false }], {
  clock,
  timers: nodeTimers,
  random: Math.random,
  folder: '.',
});
