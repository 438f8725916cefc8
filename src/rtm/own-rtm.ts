/** The whole RTM section at work: server, replays and machine load, started and ended together. */
import { resolve } from 'node:path';
import type { Gate } from '../admission/gate.ts';
import { publishMachineLoad } from './machine.ts';
import type { RtmOptions } from './options.ts';
import { replay } from './replay.ts';
import { startRtmServer } from './server.ts';

export interface OwnRtm {
  /** `ws://127.0.0.1:40123`. */
  readonly url: string;
  /** Ends replays and connections. */
  close(): Promise<void>;
}

/**
 * Starts the server and everything that publishes on it. Files are relative to `folder`. What goes wrong
 * later is told to `complain`. Rejects when the address cannot be had.
 */
export async function startOwnRtm(
  options: RtmOptions,
  deps: {
    readonly folder: string;
    /** Unix milliseconds. */
    readonly clock: () => number;
    /** Who may come in; asked at each connection. */
    readonly gate: () => Gate;
    readonly complain: (line: string) => void;
  },
): Promise<OwnRtm> {
  const { replay: recordings, machine, ...rest } = options;
  const stopped = new AbortController();
  const server = await startRtmServer(
    { ...rest, replay: [] },
    { clock: deps.clock, gate: deps.gate, log: deps.complain },
  );
  const shared = {
    publish: server.publish,
    signal: stopped.signal,
    clock: deps.clock,
    log: deps.complain,
  };
  const sources: Promise<unknown>[] = recordings.map((recording) =>
    replay({ ...recording, file: resolve(deps.folder, recording.file) }, shared),
  );
  if (machine !== undefined) sources.push(publishMachineLoad(machine, shared));
  for (const source of sources) source.catch((error: Error) => deps.complain(error.message));
  return {
    url: server.url,
    async close() {
      stopped.abort();
      await Promise.allSettled(sources);
      await server.close();
    },
  };
}
