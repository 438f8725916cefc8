/** A feed's channel as the tap counts it. */
import type { SeriesBatch } from '../model/delivery.ts';
import { FIRST_KEY_SLOT } from '../model/series.ts';
import { type Guard, plainSteps, type TapChannel } from '../tap/index.ts';
import type { FeedChannel } from './feed.ts';

export interface Tapped {
  /** Names the channel within its connection. */
  readonly id: string;
  /** Path to the array of messages in a frame; null where the frame is the message. */
  readonly list: readonly string[] | null;
  /** What must be in a frame for it to have messages. */
  readonly guards?: readonly Guard[];
  /** As in `TapChannel`. */
  counted(batch: SeriesBatch, position: string | null): void;
}

/** A channel as the tap counts it; null where its messages have to be parsed. */
export function tapChannel(
  { look, needsBody, sink }: Pick<FeedChannel, 'look' | 'needsBody' | 'sink'>,
  { id, list, guards = [], counted }: Tapped,
): TapChannel | null {
  const wanted = look ?? (needsBody ? null : NUMBER_ONLY);
  if (!wanted) return null;
  const key = wanted.key === null ? null : plainSteps(wanted.key);
  const value = wanted.value === null ? null : plainSteps(wanted.value);
  // A path that was there, and cannot be followed; or leads nowhere, to the message itself.
  if ((wanted.key !== null && !key?.length) || (wanted.value !== null && !value?.length))
    return null;
  return {
    id,
    program: { list, key, value, guards },
    slotCount: key ? FIRST_KEY_SLOT + wanted.keysMax : 0,
    counted,
    slotOf: (given) => sink.slotOf(given),
  };
}

const NUMBER_ONLY = { key: null, value: null, keysMax: 0 };
