/**
 * One connection to the stream, kept alive: it comes again by itself, quietly, where it left off; notices a
 * connection that is dead without saying so; and says when the stream cannot be had, so that the page polls.
 */

export type LiveState = 'connecting' | 'live' | 'reconnecting' | 'unavailable';

export interface LiveEvent {
  readonly name: string;
  readonly data: unknown;
}

/** What is used of EventSource. */
export interface Source {
  readonly readyState: number;
  addEventListener(
    name: string,
    call: (event: { data?: string; lastEventId?: string }) => void,
  ): void;
  close(): void;
}

export interface LiveDependencies {
  open(address: string): Source;
  /** Calls back after a while; the returned function cancels it. */
  after(delayMs: number, call: () => void): () => void;
  random(): number;
  onState(state: LiveState): void;
  onEvent(event: LiveEvent): void;
}

const NAMES = ['bucket', 'channel', 'channels', 'event', 'configuration', 'resync'];
const CLOSED = 2;
/** A connection from which nothing comes for so many heartbeats is dead. */
const SILENT_BEATS = 2.5;
const HEARTBEAT_MS = 15_000;
const RETRY_MS_MIN = 1_000;
const RETRY_MS_MAX = 30_000;
/** Failures in a row after which the page polls; the stream is tried on. */
const FAILURES_MAX = 2;

export class LiveClient {
  readonly #dependencies: LiveDependencies;
  #address: string | null = null;
  #source: Source | null = null;
  #lastId = '';
  #failures = 0;
  #heartbeatMs = HEARTBEAT_MS;
  #cancelWatch = () => {};
  #cancelRetry = () => {};

  constructor(dependencies: LiveDependencies) {
    this.#dependencies = dependencies;
  }

  /** What to listen to from now on; null for nothing. Where it left off is remembered. */
  want(address: string | null): void {
    if (address === this.#address) return;
    this.#address = address;
    this.#reopen();
  }

  /** Tries now instead of later, if it is not connected: there is reason to believe that Weir is back. */
  nudge(): void {
    if (this.#address !== null && this.#failures > 0) this.#reopen();
  }

  #reopen(): void {
    this.#shut();
    const address = this.#address;
    if (address === null) return;
    const { open, onState } = this.#dependencies;
    onState(
      this.#failures >= FAILURES_MAX
        ? 'unavailable'
        : this.#failures > 0
          ? 'reconnecting'
          : 'connecting',
    );
    const id = this.#lastId === '' ? '' : `&last_event_id=${encodeURIComponent(this.#lastId)}`;
    const source = open(address + id);
    this.#source = source;
    this.#watch();
    source.addEventListener('hello', ({ data = '{}', lastEventId }) => {
      const hello = JSON.parse(data) as { heartbeatMs?: number };
      this.#heartbeatMs = hello.heartbeatMs ?? HEARTBEAT_MS;
      this.#failures = 0;
      this.#heard(lastEventId);
      onState('live');
      this.#dependencies.onEvent({ name: 'hello', data: hello });
    });
    source.addEventListener('ping', ({ lastEventId }) => this.#heard(lastEventId));
    for (const name of NAMES) {
      source.addEventListener(name, ({ data = 'null', lastEventId }) => {
        this.#heard(lastEventId);
        this.#dependencies.onEvent({ name, data: JSON.parse(data) });
      });
    }
    source.addEventListener('error', () => this.#failed(source));
  }

  #heard(id: string | undefined): void {
    if (id) this.#lastId = id;
    this.#watch();
  }

  #watch(): void {
    this.#cancelWatch();
    this.#cancelWatch = this.#dependencies.after(this.#heartbeatMs * SILENT_BEATS, () => {
      this.#failures += 1;
      this.#reopen();
    });
  }

  /** A broken connection comes again by itself; one that was refused does not. */
  #failed(source: Source): void {
    if (source !== this.#source) return;
    this.#failures += 1;
    const { onState, after, random } = this.#dependencies;
    onState(this.#failures >= FAILURES_MAX ? 'unavailable' : 'reconnecting');
    if (source.readyState !== CLOSED) return;
    this.#shut();
    // The whole spread, so that not all browsers come at once.
    const most = Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** this.#failures);
    this.#cancelRetry = after(RETRY_MS_MIN + random() * (most - RETRY_MS_MIN), () =>
      this.#reopen(),
    );
  }

  #shut(): void {
    this.#cancelWatch();
    this.#cancelRetry();
    this.#source?.close();
    this.#source = null;
  }
}

/** The browser's own. */
export function browserDependencies(): Pick<LiveDependencies, 'open' | 'after' | 'random'> {
  return {
    open: (address) => new EventSource(address) as Source,
    after(delayMs, call) {
      const timer = setTimeout(call, delayMs);
      return () => clearTimeout(timer);
    },
    random: Math.random,
  };
}
