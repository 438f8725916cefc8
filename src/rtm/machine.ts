/**
 * This machine's own load as a live channel: one message per CPU core and second. Needs no
 * internet.
 */
import { type CpuInfo, cpus } from 'node:os';
import { type Sleep, sleep } from './sleep.ts';

const EVERY_MS = 1_000;

/** What one core did since the message before. */
export interface CoreLoad {
  /** `cpu0`, `cpu1`, … */
  readonly core: string;
  /** When it was measured, RFC 3339. */
  readonly time: string;
  readonly busy_ms: number;
  readonly idle_ms: number;
  readonly user_ms: number;
  readonly system_ms: number;
}

export interface MachineDeps {
  /**
   * Called for each message, such as `RtmServer.publish`. When it throws, the promise rejects with
   * that.
   */
  readonly publish: (channel: string, message: CoreLoad) => void;
  /** Aborting ends it. */
  readonly signal: AbortSignal;
  /** Unix milliseconds. */
  readonly clock: () => number;
  /** Node's timers by default. */
  readonly sleep?: Sleep;
  /** `os.cpus` by default. */
  readonly cpus?: () => readonly CpuInfo[];
}

/**
 * Publishes on `channel` at each full second of the clock, until `signal` is aborted; then
 * resolves.
 */
export async function publishMachineLoad(channel: string, deps: MachineDeps): Promise<void> {
  const readCpus = deps.cpus ?? cpus;
  let before = readCpus();
  for (;;) {
    await (deps.sleep ?? sleep)(untilNextMs(deps.clock()), deps.signal);
    if (deps.signal.aborted) return;
    const after = readCpus();
    const time = new Date(deps.clock()).toISOString();
    // A core that has just been switched on has nothing to be compared with yet.
    for (const [index, core] of after.entries()) {
      const earlier = before[index];
      if (earlier) deps.publish(channel, loadOf(`cpu${index}`, time, earlier.times, core.times));
    }
    before = after;
  }
}

/** A timer may fire a little early, which must not make two messages for one second. */
function untilNextMs(now: number): number {
  const waitMs = EVERY_MS - (now % EVERY_MS);
  return waitMs < EVERY_MS / 2 ? waitMs + EVERY_MS : waitMs;
}

type CpuTimes = CpuInfo['times'];

function loadOf(core: string, time: string, before: CpuTimes, after: CpuTimes): CoreLoad {
  const spent = (field: keyof CpuTimes): number => Math.max(0, after[field] - before[field]);
  const [user, nice, system, irq] = [spent('user'), spent('nice'), spent('sys'), spent('irq')];
  return {
    core,
    time,
    busy_ms: user + nice + system + irq,
    idle_ms: spent('idle'),
    user_ms: user + nice,
    system_ms: system + irq,
  };
}
