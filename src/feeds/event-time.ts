/** Event times: when a message happened, as the message itself says. */
import { z } from 'zod';
import { stringifyExact } from '../model/exact-json.ts';
import { parseDuration } from '../model/interval.ts';
import { compilePath, parsePath } from '../model/path.ts';
import { EXCERPT_LENGTH_MAX } from '../model/redaction.ts';
import { duration } from './connection-options.ts';
import type { MessagePath } from './feed.ts';
import { parseTimeText } from './time-text.ts';

/** Milliseconds a unit; `auto` goes by the size of the number. */
const UNIT_MS = { s: 1_000, ms: 1, us: 1e-3, ns: 1e-6 } as const;
/** A number below each bound is in that unit, as long as it means a time from 1973 on. */
const AUTO = [
  { below: 1e11, unit: 's' },
  { below: 1e14, unit: 'ms' },
  { below: 1e17, unit: 'us' },
  { below: Number.POSITIVE_INFINITY, unit: 'ns' },
] as const;
export type TimeUnit = keyof typeof UNIT_MS | 'auto';
const NUMBER = /^-?\d+(\.\d+)?$/;
const WHOLE = /^\d{16,30}$/;
const WAIT = '2s';

export const path = z.string().refine((text) => parsePath(text) !== null, {
  error: 'is not a path; write one like data.time',
});

export const eventTime = z
  .union([
    path,
    z.strictObject({
      path: path.describe('Where in a message its time is.'),
      unit: z
        .enum(['auto', 's', 'ms', 'us', 'ns'])
        .default('auto')
        .describe('Of a number: seconds to nanoseconds since 1970; auto goes by its size.'),
      wait: duration(WAIT, { from: '100ms', to: '10m' }).describe(
        'How long after its end a bucket stays open for messages that are on their way.',
      ),
    }),
  ])
  .optional()
  .describe(
    'Path to the time at which a message happened: RFC 3339, RFC 1123 or a number. It then counts in that second, also when it comes late or again; default: the second of its arrival.',
  );

export type EventTime = z.infer<typeof eventTime>;

/** Reads the times of a frame's messages, as a sink takes them; null for no option. */
export type ReadTime = (
  messages: readonly unknown[],
  frame: unknown,
) => { readonly times: readonly (number | null)[]; readonly unreadTime?: string };

/** The path to a message's time, for those who look for it; none without the option. */
export function timePath(option: EventTime): MessagePath[] {
  if (option === undefined) return [];
  return typeof option === 'string'
    ? [{ option: 'time', path: option }]
    : [{ option: 'time.path', path: option.path }];
}

export function timeReader(option: EventTime): ReadTime | null {
  if (option === undefined) return null;
  const { path: at, unit } =
    typeof option === 'string' ? { path: option, unit: 'auto' as const } : option;
  const read = compilePath(at);
  return (messages, frame) => {
    const values = messages.map((message) => read(message, frame));
    const times = values.map((value) => parseTime(value, unit));
    const unread = values[times.indexOf(null)];
    return unread === undefined ? { times } : { times, unreadTime: excerpt(unread) };
  };
}

function excerpt(value: unknown): string {
  return (stringifyExact(value) ?? '').slice(0, EXCERPT_LENGTH_MAX);
}

/** How long a bucket waits for messages that are on their way, in milliseconds. */
export function eventTimeWaitMs(option: EventTime): number {
  if (option === undefined) return 0;
  return parseDuration(typeof option === 'string' ? WAIT : option.wait)!;
}

/** Unix milliseconds; null for what is no time. */
export function parseTime(value: unknown, unit: TimeUnit): number | null {
  if (typeof value === 'number' || typeof value === 'bigint') {
    return fromNumber(value, unit);
  }
  if (typeof value !== 'string') return null;
  const text = value.trim();
  if (WHOLE.test(text)) return fromNumber(BigInt(text), unit);
  return NUMBER.test(text) ? fromNumber(Number(text), unit) : parseTimeText(text);
}

function fromNumber(exact: number | bigint, unit: TimeUnit): number | null {
  const value = Number(exact);
  if (!Number.isFinite(value) || value < 0) return null;
  const known = unit === 'auto' ? AUTO.find(({ below }) => value < below)!.unit : unit;
  // A double has no room for the digits of nanoseconds, and would round them up, into the second after.
  if (typeof exact === 'bigint' && known === 'ns') return Number(exact / 1_000_000n);
  return value * UNIT_MS[known];
}
