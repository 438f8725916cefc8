/** The RTM thread: Weir's own RTM server, with what it replays. */
import { workerData } from 'node:worker_threads';
import type { RtmOptions } from '../rtm/options.ts';
import { startOwnRtm } from '../rtm/own-rtm.ts';
import { threadClock } from '../shared/clock.ts';
import { Pulse } from '../shared/pulse.ts';
import { startBeats } from './beats.ts';
import { hearMain, tellMain } from './link-to-main.ts';
import type { RtmThreadData } from './messages.ts';

const { index, pulse: pulseMemory, folder, options } = workerData as RtmThreadData;
const pulse = new Pulse(pulseMemory);
const clock = threadClock(pulse);

try {
  const server = await startOwnRtm(options as RtmOptions, {
    folder,
    clock: () => clock.now(),
    complain: (detail) =>
      tellMain({
        kind: 'event',
        event: { at: clock.now(), channel: null, kind: 'rtm-error', detail },
      }),
  });
  const stopBeats = startBeats(pulse, index, clock);
  hearMain(async (message) => {
    if (message.kind !== 'stop') return;
    stopBeats();
    await server.close();
  });
  tellMain({ kind: 'listening', url: server.url });
} catch (error) {
  tellMain({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) });
}
