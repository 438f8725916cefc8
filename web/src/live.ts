/** The page's end of the stream: what it wants, how the stream is, and who hears of what comes. */
import { signal } from '@preact/signals';
import type { LiveEvent, LiveState } from './live-client.ts';
import { HERE_EVERY_MS, type HubMessage, type TabMessage } from './live-messages.ts';

/** How the stream is, as far as this tab knows. */
export const liveState = signal<LiveState>('connecting');

type Listener = (data: unknown) => void;
const listeners = new Map<string, Set<Listener>>();
let views: readonly string[] | null = null;
let post: ((message: TabMessage | null) => void) | null = null;

/** Calls `listener` with the data of each event of that name. */
export function onLive(name: string, listener: Listener): () => void {
  const set = listeners.get(name) ?? new Set();
  listeners.set(name, set.add(listener));
  return () => set.delete(listener);
}

/** What this tab wants to hear of, each `interval@zone:channel`; null for nothing at all. */
export function wantLive(next: readonly string[] | null): void {
  if (JSON.stringify(next) === JSON.stringify(views)) return;
  views = next;
  want();
}

/** Weir has answered: the stream may be tried at once. */
export function nudgeLive(): void {
  post?.({ kind: 'nudge' });
}

/** Starts listening, over the stream that all tabs share. */
export function startLive(): void {
  const port = worker();
  port.addEventListener('message', (event) => hear((event as MessageEvent<HubMessage>).data));
  if ('start' in port) port.start();
  post = (message) => port.postMessage(message);
  want();
  setInterval(() => post?.({ kind: 'here' }), HERE_EVERY_MS);
  document.addEventListener('visibilitychange', want);
  addEventListener('pagehide', () => post?.(null));
  addEventListener('pageshow', want);
}

function want(): void {
  // A hidden tab costs nothing: it wants nothing.
  const wanted = document.hidden ? null : views;
  post?.({ kind: 'want', address: new URL('api/v1/stream', document.baseURI).href, views: wanted });
}

/** Where browsers cannot share a worker among tabs, each tab has one of its own. */
function worker(): MessagePort | Worker {
  // Written out twice: the build finds a worker by this form alone.
  if (typeof SharedWorker === 'undefined') {
    return new Worker(new URL('./live-worker.ts', import.meta.url), { type: 'module' });
  }
  return new SharedWorker(new URL('./live-worker.ts', import.meta.url), { type: 'module' }).port;
}

function hear(message: HubMessage): void {
  if (message.kind === 'state') liveState.value = message.state;
  else for (const event of message.events) tell(event);
}

function tell({ name, data }: LiveEvent): void {
  for (const listener of listeners.get(name) ?? []) listener(data);
}
