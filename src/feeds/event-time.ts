/** Event times: when a message happened, as the message itself says. */
import { z } from 'zod';
import { parseDuration } from '../model/interval.ts';
import { compilePath, parsePath } from '../model/path.ts';
import { duration } from './connection-options.ts';

/** Milliseconds a unit; `auto` goes by the size of the number. */
const UNIT_MS = { s: 1_000, ms: 1, us: 1e-3, ns: 1e-6 } as const;
/** A number below each bound is in that unit, as long as it means a time from 1973 on. */
const AUTO = [
  { below: 1e11, unit: 's' },
  { below: 1e14, unit: 'ms' },
  { below: 1e17, unit: 'us' },
  { below: Number.POSITIVE_INFINITY, unit: 'ns' },
] as const;
/** RFC 3339, also with a space for the T and without a zone (then UTC). */
const STAMP = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2}(?:\.\d+)?)([Zz]|[+-]\d{2}:\d{2})?$/;
const NUMBER = /^-?\d+(\.\d+)?$/;
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
    'Path to the time at which a message happened: RFC 3339 or a number. It then counts in that second, also when it comes late or again; default: the second of its arrival.',
  );

export type EventTime = z.infer<typeof eventTime>;

/** A function that reads a message's time: Unix milliseconds, null where there is none; null for no option. */
export function compileEventTime(option: EventTime): ((message: unknown) => number | null) | null {
  if (option === undefined) return null;
  const { path: at, unit } =
    typeof option === 'string' ? { path: option, unit: 'auto' as const } : option;
  const read = compilePath(at);
  return (message) => parseTime(read(message), unit);
}

/** How long a bucket waits for messages that are on their way, in milliseconds. */
export function eventTimeWaitMs(option: EventTime): number {
  if (option === undefined) return 0;
  return parseDuration(typeof option === 'string' ? WAIT : option.wait)!;
}

function parseTime(value: unknown, unit: keyof typeof UNIT_MS | 'auto'): number | null {
  if (typeof value === 'number') return fromNumber(value, unit);
  if (typeof value !== 'string') return null;
  if (NUMBER.test(value)) return fromNumber(Number(value), unit);
  const stamp = STAMP.exec(value);
  if (!stamp) return null;
  const ms = Date.parse(`${stamp[1]}T${stamp[2]}${(stamp[3] ?? 'Z').toUpperCase()}`);
  return Number.isNaN(ms) ? null : ms;
}

function fromNumber(value: number, unit: keyof typeof UNIT_MS | 'auto'): number | null {
  if (!Number.isFinite(value) || value < 0) return null;
  const known = unit === 'auto' ? AUTO.find(({ below }) => value < below)!.unit : unit;
  return value * UNIT_MS[known];
}
