/**
 * The prune gate: what stands between a wrong clock, or a slip in channels.yaml, and history that is deleted for ever.
 *
 * - After a jump of the clock by over an hour, also one since Weir last ran, nothing is pruned for a day of running
 *   time. A clock that goes back by about as much ends the wait.
 * - A `retain` that was shortened takes effect after a day of running time, and is announced before.
 *
 * An operator can end either wait (`weir store`). What waits, and since when, is kept in the store.
 */
import type { WeirEvent } from '../model/channel.ts';
import type { Clock } from '../model/clock.ts';
import { formatDuration } from '../model/interval.ts';
import { type Retention, TIERS } from '../model/tier.ts';

/** A jump by more than this may be a wrong clock. */
export const JUMP_MS_MAX = 3_600_000;
/** How long Weir must have run before it prunes all the same. */
export const WAIT_MS = 24 * 3_600_000;
/** The fact under which the store keeps what waits, and the one by which an operator ends it. */
const FACT = 'prune';
export const REQUEST_FACT = 'prune request';
export type PruneRequest = 'trust-clock' | 'prune';

/** What the gate needs of a store; see `StoreWriter`. */
export interface PrunedStore {
  fact(name: string): string | null;
  putFact(name: string, value: string): void;
  prunable(now: number, retention: Retention): number;
  prune(now: number, retention: Retention): void;
}

export interface PruneGateParts {
  readonly store: PrunedStore;
  readonly retention: Retention;
  readonly clock: Clock;
  readonly tell: (event: WeirEvent) => void;
}

interface State {
  /** What was kept so far; null before the first run. */
  kept: Retention | null;
  /** The clock is not trusted: by how much it jumped, and how long Weir has run since. Milliseconds. */
  jump: { byMs: number; ranMs: number } | null;
  /** `retain` was shortened: how long Weir has run since that was announced. */
  shorter: { ranMs: number } | null;
}

export class PruneGate {
  readonly #parts: PruneGateParts;
  readonly #state: State;
  #tickedAt: number;
  /** The wall's time at the zero of `elapsed`, as of the last look. */
  #anchor: number;

  /**
   * `aliveAt`: when Weir was last known to run, Unix milliseconds; null for a new store, and where a timer thread is
   * started again in the same run.
   */
  constructor(parts: PruneGateParts, aliveAt: number | null) {
    this.#parts = parts;
    const { store, clock } = parts;
    this.#state = readState(store.fact(FACT));
    this.#tickedAt = clock.elapsed();
    this.#anchor = clock.now() - clock.elapsed();
    if (aliveAt !== null) this.#jumped(clock.now() - aliveAt, 'since Weir last ran');
    this.#compareRetention();
    this.#save();
  }

  /** Why nothing, or less than retain says, is pruned; null where nothing waits. */
  get waiting(): string | null {
    const { jump, shorter } = this.#state;
    if (jump) {
      return `the clock went forward by ${days(jump.byMs)}; nothing is pruned for ${left(jump.ranMs)} (weir store trust-clock ends this)`;
    }
    if (!shorter) return null;
    return `retain was shortened; what it takes away goes in ${left(shorter.ranMs)} (weir store prune --yes ends this)`;
  }

  /** Called about once a minute: prunes what may be pruned. Throws what the store throws. */
  tick(): void {
    const { store, clock, retention } = this.#parts;
    this.#followClock(clock);
    this.#obey(store.fact(REQUEST_FACT));
    this.#run();
    const { kept, jump, shorter } = this.#state;
    this.#save();
    if (!jump) store.prune(clock.now(), shorter ? longest(kept!, retention) : retention);
  }

  /** The sum of all steps decides; a single step of a second proves nothing. */
  #followClock(clock: Clock): void {
    const anchor = clock.now() - clock.elapsed();
    const byMs = anchor - this.#anchor;
    this.#anchor = anchor;
    const { jump } = this.#state;
    if (!jump) return this.#jumped(byMs, 'while Weir ran');
    jump.byMs += byMs;
    if (jump.byMs <= JUMP_MS_MAX) this.#end('jump', 'the clock went back; pruning goes on');
  }

  /** A jump during a wait does not begin it anew. */
  #jumped(byMs: number, when: string): void {
    if (byMs <= JUMP_MS_MAX || this.#state.jump) return;
    this.#state.jump = { byMs, ranMs: 0 };
    this.#tell(
      `the clock went forward by ${days(byMs)} ${when}: nothing is pruned before Weir has run for ${days(WAIT_MS)}`,
    );
  }

  #compareRetention(): void {
    const { retention, store, clock } = this.#parts;
    const { kept } = this.#state;
    const isShorter = kept !== null && TIERS.some(({ name }) => retention[name] < kept[name]);
    if (!isShorter) {
      this.#state.kept = retention;
      this.#state.shorter = null;
      return;
    }
    this.#state.kept = longest(kept, retention);
    if (this.#state.shorter) return;
    this.#state.shorter = { ranMs: 0 };
    const cells = store.prunable(clock.now(), retention);
    this.#tell(
      `retain was shortened: ${cells} cells will be removed after ${days(WAIT_MS)} of running; weir store prune --yes removes them now`,
    );
  }

  /** Counts the time that Weir runs towards the waits. */
  #run(): void {
    const now = this.#parts.clock.elapsed();
    const ranMs = now - this.#tickedAt;
    this.#tickedAt = now;
    const { jump, shorter } = this.#state;
    if (jump) jump.ranMs += ranMs;
    if (shorter) shorter.ranMs += ranMs;
    if (jump && jump.ranMs >= WAIT_MS) this.#end('jump', 'the clock is trusted after a day');
    if (shorter && shorter.ranMs >= WAIT_MS) this.#end('shorter', 'the shortened retain applies');
  }

  #obey(request: string | null): void {
    if (request === null || request === '') return;
    if (request === 'trust-clock') this.#end('jump', 'an operator trusts the clock');
    if (request === 'prune') this.#end('shorter', 'an operator wants the shortened retain now');
    this.#parts.store.putFact(REQUEST_FACT, '');
  }

  #end(wait: 'jump' | 'shorter', why: string): void {
    if (this.#state[wait] === null) return;
    this.#state[wait] = null;
    if (wait === 'shorter') this.#state.kept = this.#parts.retention;
    this.#tell(why);
  }

  #save(): void {
    this.#parts.store.putFact(FACT, JSON.stringify(this.#state));
  }

  #tell(detail: string): void {
    const { clock, tell } = this.#parts;
    tell({ at: clock.now(), channel: null, kind: 'prune-wait', detail });
  }
}

function readState(text: string | null): State {
  return text === null ? { kept: null, jump: null, shorter: null } : (JSON.parse(text) as State);
}

function longest(a: Retention, b: Retention): Retention {
  const of = (tier: keyof Retention) => Math.max(a[tier], b[tier]);
  return { '1s': of('1s'), '1m': of('1m'), '15m': of('15m') };
}

function left(ranMs: number): string {
  const minutes = Math.max(1, Math.ceil((WAIT_MS - ranMs) / 60_000));
  return `another ${formatDuration(minutes * 60_000)} of running`;
}

function days(ms: number): string {
  return formatDuration(Math.round(ms / 60_000) * 60_000);
}
