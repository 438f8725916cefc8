/** The RTM thread: Weir's own RTM server, with what it replays. */
import { Gate } from '../admission/gate.ts';
import { IN_THE_FILE } from '../admission/remedies.ts';
import { type EntryRules, parseListen } from '../model/config.ts';
import { textOfThrown } from '../model/thrown.ts';
import type { RtmOptions } from '../rtm/options.ts';
import { startOwnRtm } from '../rtm/own-rtm.ts';
import { threadClock } from '../shared/clock.ts';
import { Pulse } from '../shared/pulse.ts';
import { startBeats } from './beats.ts';
import { limitedEvents } from './limited-events.ts';
import { hearMain, tellMain, threadData } from './link-to-main.ts';
import type { RtmThreadData } from './messages.ts';
import { reportAllUnhandled } from './unhandled.ts';

const { index, pulse: pulseMemory, folder, options, entryRules } = threadData<RtmThreadData>();
const pulse = new Pulse(pulseMemory);
const clock = threadClock(pulse);
const { listen } = options as RtmOptions;
const events = limitedEvents(clock, tellMain);
reportAllUnhandled(events);
let gate = gateOf(entryRules);

function gateOf(rules: EntryRules): Gate {
  return new Gate({ ...rules, listenHost: parseListen(listen)!.host, remedies: IN_THE_FILE });
}

try {
  const server = await startOwnRtm(options as RtmOptions, {
    folder,
    clock: () => clock.now(),
    gate: () => gate,
    complain: (detail) => events.event('rtm-error', detail),
  });
  const stopBeats = startBeats(pulse, index, clock);
  hearMain(async (message) => {
    if (message.kind === 'entry-rules') gate = gateOf(message.entryRules);
    if (message.kind !== 'stop') return;
    stopBeats();
    await server.close();
  });
  tellMain({ kind: 'listening', url: server.url });
} catch (error) {
  tellMain({ kind: 'failed', reason: textOfThrown(error) });
}
