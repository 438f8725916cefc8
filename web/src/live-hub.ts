/** One stream for many tabs: what all of them want together, and to each what comes. Runs in the shared worker. */
import type { LiveClient, LiveEvent, LiveState } from './live-client.ts';
import { HERE_EVERY_MS, type HubMessage, type TabMessage } from './live-messages.ts';

export interface Port {
  post(message: HubMessage): void;
}

interface Tab {
  views: readonly string[] | null;
  hereAt: number;
}

/** A tab that has not said for so long that it is there has gone. */
const GONE_AFTER_MS = 3 * HERE_EVERY_MS;
/** Wants are gathered, so that a click is one new connection. */
const GATHER_MS = 100;
const SEND_MS = 30;

export class LiveHub {
  readonly #tabs = new Map<Port, Tab>();
  readonly #client: LiveClient;
  readonly #after: (delayMs: number, call: () => void) => () => void;
  readonly #now: () => number;
  #address = '';
  #state: LiveState = 'connecting';
  #events: LiveEvent[] = [];
  #cancelGather: (() => void) | null = null;

  constructor(
    makeClient: (on: {
      state(state: LiveState): void;
      event(event: LiveEvent): void;
    }) => LiveClient,
    after: (delayMs: number, call: () => void) => () => void,
    now: () => number,
  ) {
    this.#after = after;
    this.#now = now;
    this.#client = makeClient({
      state: (state) => {
        this.#state = state;
        this.#tell({ kind: 'state', state });
      },
      event: (event) => this.#gatherEvent(event),
    });
  }

  hear(port: Port, message: TabMessage): void {
    const tab = this.#tabs.get(port) ?? { views: null, hereAt: 0 };
    tab.hereAt = this.#now();
    this.#tabs.set(port, tab);
    if (message.kind === 'nudge') this.#client.nudge();
    if (message.kind === 'here' && this.#dropGone()) this.#gather();
    if (message.kind !== 'want') return;
    this.#address = message.address;
    tab.views = message.views;
    port.post({ kind: 'state', state: this.#state });
    this.#gather();
  }

  leave(port: Port): void {
    this.#tabs.delete(port);
    this.#gather();
  }

  #gather(): void {
    this.#cancelGather ??= this.#after(GATHER_MS, () => this.#want());
  }

  /** Forgets tabs that ended without a word; says whether there were any. */
  #dropGone(): boolean {
    const before = this.#tabs.size;
    for (const [port, { hereAt }] of this.#tabs) {
      if (this.#now() - hereAt > GONE_AFTER_MS) this.#tabs.delete(port);
    }
    return this.#tabs.size < before;
  }

  #want(): void {
    this.#cancelGather = null;
    this.#dropGone();
    const active = [...this.#tabs.values()].flatMap(({ views }) => (views ? [views] : []));
    this.#client.want(active.length === 0 ? null : streamAddress(this.#address, active.flat()));
  }

  /** A tick of the server is many events; a tab is woken once for them. */
  #gatherEvent(event: LiveEvent): void {
    if (this.#events.length === 0) {
      this.#after(SEND_MS, () => {
        const events = this.#events;
        this.#events = [];
        this.#tell({ kind: 'events', events });
      });
    }
    this.#events.push(event);
  }

  #tell(message: HubMessage): void {
    for (const [port, { views }] of this.#tabs) if (views) port.post(message);
  }
}

/** The address for views like `5s@UTC:flights`, each named once, those of one interval and zone together. */
export function streamAddress(address: string, views: readonly string[]): string {
  const groups = new Map<string, Set<string>>();
  for (const view of [...views].sort()) {
    const [, length = '', channel = ''] = /^([^:]+):(.+)$/.exec(view) ?? [];
    const names = groups.get(length) ?? new Set();
    groups.set(length, names.add(channel));
  }
  const text = [...groups].map(([length, names]) => `${length}:${[...names].join(',')}`).join(';');
  return `${address}?views=${encodeURIComponent(text)}`;
}
