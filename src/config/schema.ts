/**
 * The schema of channels.yaml: one shape, used twice.
 *
 * For validation each `feed`, `processor` and `store` is checked by the schema of the kind it names, so that a
 * mistake is told in that kind's terms. For the JSON Schema the same places are the union of all kinds.
 */
import { z } from 'zod';
import { CHANNEL_NAME, CHANNEL_NAME_LENGTH_MAX } from '../model/channel.ts';
import { parseListen } from '../model/config.ts';
import { isTimeZone, parseDuration, parseInterval } from '../model/interval.ts';
import { RETENTION_DEFAULT } from '../model/tier.ts';
import { entryRules } from './entry-rules.ts';
import { findKind, type KindSchema, type Kinds } from './kinds.ts';

export const LISTEN_DEFAULT = '127.0.0.1:9347';
export const THREADS_MAX = 64;

const duration = (fallback: string) =>
  z
    .string()
    .refine((text) => parseDuration(text) !== null, {
      error: 'is not a duration; write one like 90s, 5m, 2h, 35d or 10y',
    })
    .default(fallback);

const interval = z.string().refine((text) => parseInterval(text) !== null, {
  error:
    'is not an interval; write one like 5s, 1m, 1h, PT5M, or a calendar one: 1d, 1w, 1mo, 1q, 1y',
});

const chart = z
  .strictObject({
    interval: interval.default('1m').describe('Length of a bar: 5s, 1m, 1h, PT5M, or 1d, 1w, 1mo.'),
    range: duration('2h').describe('How far back the chart reaches.'),
  })
  .prefault({})
  .describe('How the channel is drawn. Other intervals can be asked for at any time.');

const retain = z
  .strictObject({
    '1s': duration(RETENTION_DEFAULT['1s']).describe('How long single seconds are kept.'),
    '1m': duration(RETENTION_DEFAULT['1m']).describe('How long minutes are kept.'),
    '15m': duration(RETENTION_DEFAULT['15m']).describe('How long quarters of an hour are kept.'),
  })
  .prefault({})
  .describe('How long each stored grain is kept.');

/** One schema for each place where a kind is named. */
interface Places {
  readonly feed: z.ZodType;
  readonly processor: z.ZodType;
  readonly store: z.ZodType;
  readonly rtm: z.ZodType;
}

function fileSchema({ feed, processor, store, rtm }: Places) {
  const channel = z.strictObject({
    title: z.string().min(1).optional().describe('Title of the chart; default: the name.'),
    description: z.string().default('').describe('One line under the title.'),
    feed: feed.describe('How the messages arrive.'),
    processor: processor.prefault({ kind: 'count' }).describe('What one message is worth.'),
    chart,
    was: z
      .union([z.string(), z.array(z.string())])
      .optional()
      .describe('Former name, or names: the channel goes on with their history.'),
  });
  return z.strictObject({
    channels: z
      .record(
        z.string().regex(CHANNEL_NAME).max(CHANNEL_NAME_LENGTH_MAX),
        channel.describe('One counted stream. Its name is its key everywhere.'),
      )
      .describe('The channels, by name: small letters, digits and hyphens.'),
    listen: z
      .string()
      .refine((text) => parseListen(text) !== null, {
        error: 'is not an address; write host:port, such as 127.0.0.1:9347 or 0.0.0.0:80',
      })
      .default(LISTEN_DEFAULT)
      .describe('Address of page and REST. Loopback unless you say otherwise.'),
    ...entryRules,
    store: store.prefault({ kind: 'sqlite' }).describe('Where the counts are kept.'),
    timezone: z
      .string()
      .refine(isTimeZone, { error: 'is not a time zone; write one like UTC or Europe/Berlin' })
      .default('UTC')
      .describe('IANA zone of hours, days, weeks and months where a request names none.'),
    retain,
    threads: z
      .int()
      .min(1)
      .max(THREADS_MAX)
      .optional()
      .describe('Feed threads; default: cores less one, at least one.'),
    charts: z
      .enum(['google', 'builtin'])
      .default('google')
      .describe(
        'Who draws the bars: Google Charts, or Weir itself without asking any other server.',
      ),
    rtm: rtm
      .optional()
      .describe("Weir's own RTM server: feeds the demo, and takes messages from any RTM client."),
  });
}

/** The schema that validates a file. */
export function validationSchema(kinds: Kinds) {
  return fileSchema({
    feed: byKind(kinds.feeds, 'feed'),
    processor: byKind(kinds.processors, 'processor'),
    store: byKind(kinds.stores, 'store'),
    rtm: kinds.rtm,
  });
}

/** The schema that documents a file. */
export function documentationSchema(kinds: Kinds) {
  const union = (list: readonly KindSchema[]) => z.union(list.map(({ options }) => options));
  return fileSchema({
    feed: union(kinds.feeds),
    processor: union(kinds.processors),
    store: union(kinds.stores),
    rtm: kinds.rtm,
  });
}

/** Keys at the top level that are the user's own, for anchors: Weir does not look at them. */
export function isOwnKey(key: string): boolean {
  return key.startsWith('x-');
}

/** The JSON Schema (draft 2020-12) of channels.yaml, for editors. */
export function jsonSchema(kinds: Kinds): Record<string, unknown> {
  const schema = z.toJSONSchema(documentationSchema(kinds), {
    target: 'draft-2020-12',
    io: 'input',
    // Whole numbers beyond 2^53 are bigints here; whatever else JSON Schema has no word for may be anything.
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema: written, path }) => {
      const { type } = zodSchema._zod.def;
      if (type === 'bigint') written.type = 'integer';
      const isAlone = !path.includes('anyOf', -2);
      if (isAlone && (type === 'number' || type === 'boolean')) orVariable(written);
    },
  });
  return { ...schema, patternProperties: { '^x-': {} }, title: 'channels.yaml of Weir' };
}

/** Lets a variable stand for a number, true or false: it is a text until its value is known. */
function orVariable(written: z.core.JSONSchema.BaseSchema): void {
  const { type, minimum, maximum, exclusiveMinimum, exclusiveMaximum } = written;
  const bounds = { minimum, maximum, exclusiveMinimum, exclusiveMaximum };
  for (const key of ['type', ...Object.keys(bounds)]) delete written[key];
  const given = Object.entries(bounds).filter(([, bound]) => bound !== undefined);
  written.anyOf = [
    { type: type!, ...Object.fromEntries(given) },
    { type: 'string', pattern: '\\$\\{.*\\}' },
  ];
}

/** An issue of a kind's own schema, carried through the outer one; `issues.ts` takes it out again. */
export interface KindIssue {
  readonly issue: z.core.$ZodIssue;
  readonly schema: z.ZodType;
}

function byKind(kinds: readonly KindSchema[], place: string) {
  const names = kinds.map(({ kind }) => kind);
  return z.looseObject({ kind: z.string() }).transform((value, context) => {
    const kind = findKind(kinds, value.kind);
    if (!kind) {
      const params = { unknownKind: value.kind, place, names };
      context.issues.push({ code: 'custom', path: ['kind'], input: value, params });
      return z.NEVER;
    }
    const result = kind.options.safeParse(value);
    if (result.success) return result.data as { kind: string };
    for (const issue of result.error.issues) {
      const params = { kindIssue: { issue, schema: kind.options } satisfies KindIssue };
      context.issues.push({ code: 'custom', path: [...issue.path], input: value, params });
    }
    return z.NEVER;
  });
}
