/**
 * Errors in a thread that nothing has caught. Each is reported, and none ends Weir.
 *
 * The thread goes on where nothing of Weir is half-done. Otherwise it ends, and main starts it again: a connection or a tick
 * that an error cut short would be dead for ever, and a frame that was counted in part must not be committed.
 */
import type { NoteLimit } from '../counting/notes.ts';
import { textOfThrown, traceOfThrown } from '../model/thrown.ts';

/** Weir's own sources, as a stack trace names them. */
const OWN_FOLDER = new URL('..', import.meta.url).href;

/** For a thread that serves requests or runs feeds: a promise that nobody awaits holds nothing up. */
export function reportRejections(events: NoteLimit): void {
  process.on('unhandledRejection', (error) => events.event('degraded', defectText(error)));
}

/** For a thread that serves requests: an error in one leaves the others alone. */
export function reportAllUnhandled(events: NoteLimit): void {
  reportRejections(events);
  process.on('uncaughtException', (error) => events.event('degraded', defectText(error)));
}

/**
 * For the thread of a user's class: what the class does in timers and promises is its own. `events` are those of its
 * channel; `isTorn` says whether a frame was counted in part.
 */
export function reportClassUnhandled(events: NoteLimit, isTorn: () => boolean): void {
  process.on('unhandledRejection', (error) => events.event('processor-error', classText(error)));
  process.on('uncaughtException', (error) => {
    if (!isTorn() && !traceOfThrown(error).includes(OWN_FOLDER)) {
      events.event('processor-error', classText(error));
      return;
    }
    events.event('degraded', defectText(error));
    process.exit(1);
  });
}

function classText(error: unknown): string {
  return `outside its method process, the class threw: ${textOfThrown(error)}`;
}

function defectText(error: unknown): string {
  return `a defect in Weir: ${traceOfThrown(error)}`;
}
