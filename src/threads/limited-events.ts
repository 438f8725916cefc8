/** Events that a thread reports itself, each kind at most once in a while: a client must not be able to fill the store. */
import { NoteLimit } from '../counting/notes.ts';
import type { EventKind } from '../model/channel.ts';
import type { Clock } from '../model/clock.ts';
import type { FromThread } from './messages.ts';

/** Events of a channel, or of the whole service where `channel` is null. */
export function limitedEvents(
  clock: Clock,
  tell: (message: FromThread) => void,
  channel: string | null = null,
): NoteLimit {
  const event = (kind: EventKind, detail: string) =>
    tell({ kind: 'event', event: { at: clock.now(), channel, kind, detail } });
  return new NoteLimit({ event, gap: () => {} }, clock);
}
