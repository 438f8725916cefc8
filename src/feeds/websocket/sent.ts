/** What a `websocket` feed sends, for people: the frames, with the names of variables in place of their values. */
import { stringifyShown } from '../../model/exact-json.ts';
import type { SentFrame } from '../feed.ts';
import type { WebsocketOptions } from './options.ts';
import { isSeveral, type Outgoing } from './outgoing.ts';

/** `written`: the same options with variables by their names, and nothing validated. */
export function sentFrames({ subscribe, ping }: WebsocketOptions, written: unknown): SentFrame[] {
  const named = written as { subscribe?: Outgoing; ping?: { send?: Outgoing } };
  const frames: SentFrame[] = [];
  if (subscribe && named.subscribe !== undefined) {
    // Whether it is several messages was decided by the values: a variable may be a number.
    const messages = isSeveral(subscribe.written)
      ? (named.subscribe as readonly Outgoing[])
      : [named.subscribe];
    for (const one of messages) frames.push({ when: 'once connected', text: shown(one) });
  }
  if (typeof ping === 'object' && named.ping?.send !== undefined) {
    frames.push({ when: `every ${ping.every}`, text: shown(named.ping.send) });
  }
  return frames;
}

function shown(one: Outgoing): string {
  return typeof one === 'string' ? one : stringifyShown(one);
}
