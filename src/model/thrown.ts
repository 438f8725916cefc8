/** The text of what was thrown. User code may throw anything, so reading it must not throw again. */
import { EXCERPT_LENGTH_MAX } from './redaction.ts';

/** Stands for a thrown value that cannot be made a text. */
const UNREADABLE = 'something was thrown that cannot be read';

/**
 * Returns the message of an error, or the text of any other thrown value; at most `EXCERPT_LENGTH_MAX` characters. Never
 * throws: not for a getter that throws, a Proxy, or an object without a prototype.
 */
export function textOfThrown(thrown: unknown): string {
  return readText(thrown, 'message');
}

/** The same with the stack trace of an error, where it has one. For the log. */
export function traceOfThrown(thrown: unknown): string {
  return readText(thrown, 'stack');
}

function readText(thrown: unknown, field: 'message' | 'stack'): string {
  try {
    const read = thrown instanceof Error ? (thrown[field] ?? thrown.message) : thrown;
    return String(read).slice(0, EXCERPT_LENGTH_MAX);
  } catch {
    return UNREADABLE;
  }
}
