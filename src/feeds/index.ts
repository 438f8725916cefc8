/** THE register of feeds. A new one: its folder, and its line here. */
import type { FeedKind } from './feed.ts';
import { satori } from './satori/index.ts';
import { websocket } from './websocket/index.ts';

/** In the order in which they are documented. */
export const feedKinds: readonly FeedKind[] = [satori, websocket];

/** The kind of that name; undefined if there is none. */
export function feedKind(name: string): FeedKind | undefined {
  return feedKinds.find(({ kind }) => kind === name);
}
