/**
 * Replays a recording as if it happened now: the same messages, at the recorded pace or a multiple
 * of it.
 */
import { setImmediate } from 'node:timers/promises';
import type { ReplayOptions } from './options.ts';
import { Pace } from './pace.ts';
import { type RecordedLine, readRecording } from './recording.ts';
import { type Sleep, sleep } from './sleep.ts';

/** How many lines may be played without letting the event loop turn. */
const LINES_PER_TURN_MAX = 64;

export interface ReplayDeps {
  /**
   * Called for each message, such as `RtmServer.publish`. When it throws, the replay rejects with
   * that.
   */
  readonly publish: (channel: string, message: unknown) => void;
  /** Aborting ends the replay. */
  readonly signal: AbortSignal;
  /** Unix milliseconds. */
  readonly clock: () => number;
  /**
   * Takes a sentence about a line that was skipped. Each is said once, however often the file
   * loops.
   */
  readonly log?: (line: string) => void;
  /** Node's timers by default. */
  readonly sleep?: Sleep;
}

/**
 * Plays a recording once, or over and over. Resolves with the number of messages when the file has
 * ended or `signal` is aborted. Rejects when the file cannot be read or holds no usable line.
 */
export async function replay(options: ReplayOptions, deps: ReplayDeps): Promise<number> {
  const pace = options.speed === 'unlimited' ? null : new Pace(options.speed, deps.clock());
  const { signal } = deps;
  let report = deps.log ?? (() => {});
  let messageCount = 0;
  while (!signal.aborted) {
    let lineCount = 0;
    for await (const line of readRecording(options.file, report)) {
      await waitFor(line, pace, deps);
      if (signal.aborted) break;
      const channel = options.channel ?? line.subscription_id;
      for (const message of line.messages) deps.publish(channel, message);
      messageCount += line.messages.length;
      lineCount += 1;
      if (lineCount % LINES_PER_TURN_MAX === 0) await setImmediate();
    }
    if (lineCount === 0 && !signal.aborted) {
      throw new Error(`The recording ${options.file} holds no line that can be replayed`);
    }
    if (!options.loop) break;
    pace?.restart();
    report = () => {};
  }
  return messageCount;
}

async function waitFor(line: RecordedLine, pace: Pace | null, deps: ReplayDeps): Promise<void> {
  const waitMs = pace?.waitMs(line.timestamp * 1_000, deps.clock()) ?? 0;
  if (waitMs > 0) await (deps.sleep ?? sleep)(waitMs, deps.signal);
}
