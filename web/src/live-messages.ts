/** What tabs and the worker that holds their stream say to each other. */
import type { LiveEvent, LiveState } from './live-client.ts';

/** From a tab. */
export type TabMessage =
  /** `views`: each `interval@zone:channel`; null while the tab is hidden or paused. */
  | { readonly kind: 'want'; readonly address: string; readonly views: readonly string[] | null }
  | { readonly kind: 'nudge' }
  | { readonly kind: 'here' };

/** To a tab. */
export type HubMessage =
  | { readonly kind: 'state'; readonly state: LiveState }
  | { readonly kind: 'events'; readonly events: readonly LiveEvent[] };

/** A tab says so often that it is there; one that has not for long is gone. */
export const HERE_EVERY_MS = 20_000;
