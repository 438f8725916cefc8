/**
 * The schemas of requests and answers: they validate what comes in, and OpenAPI is made from them.
 */
import { z } from 'zod';

export const LIMIT_DEFAULT = 500;
export const LIMIT_MAX = 5_000;
export const CHANNELS_MAX = 200;

const integer = (minimum: number, maximum: number) =>
  ({ type: 'integer', minimum, maximum }) as const;
const limit = (fallback: number) =>
  z
    .string()
    .regex(/^\d{1,5}$/, { error: `must be a whole number from 1 to ${LIMIT_MAX}` })
    .transform(Number)
    .pipe(z.int().min(1).max(LIMIT_MAX))
    .optional()
    .transform((value) => value ?? fallback)
    .meta({
      description: `At most so many rows; ${fallback} if not given.`,
      // It comes as a text, and is described as what it means.
      override: ({ jsonSchema }) => {
        delete jsonSchema.pattern;
        Object.assign(jsonSchema, integer(1, LIMIT_MAX), { default: fallback });
      },
    });

export const bucketQuery = z.strictObject({
  interval: z
    .string()
    .optional()
    .meta({
      description: 'Length of a bucket: 5s, 1m, PT5M, or 1d, 1w, 1mo, 1q, 1y in the zone `tz`.',
      examples: ['1m'],
    }),
  from: z
    .string()
    .optional()
    .meta({
      description:
        'Start: now-2h, or RFC 3339 as in 2026-11-21T14:05:00Z, in the years 1000 to 8999. Buckets that overlap it are whole.',
      examples: ['now-30m'],
    }),
  to: z
    .string()
    .optional()
    .meta({
      description: 'End, exclusive, written like from; default now.',
      examples: ['now'],
    }),
  tz: z
    .string()
    .optional()
    .meta({ description: 'IANA time zone of calendar intervals.', examples: ['Europe/Berlin'] }),
  key: z
    .string()
    .optional()
    .meta({ description: 'One key of a keyed channel; * for the top keys and (other).' }),
  fill: z
    .enum(['state', 'zero', 'none'])
    .default('state')
    .meta({ description: 'Buckets in which nothing was observed: null, 0, or left out.' }),
  open: z
    .enum(['include', 'exclude'])
    .default('include')
    .meta({ description: 'The running bucket.' }),
  order: z.enum(['desc', 'asc']).default('desc').meta({ description: 'Newest or oldest first.' }),
  limit: limit(LIMIT_DEFAULT),
  cursor: z
    .string()
    .max(1_000)
    .optional()
    .meta({ description: '`meta.cursor` of the page before.' }),
  format: z
    .enum(['json', 'csv', 'ndjson'])
    .optional()
    .meta({ description: 'Wins over the Accept header.' }),
});
export type BucketParameters = z.infer<typeof bucketQuery>;

export const manyBucketQuery = bucketQuery.extend({
  channels: z
    .string()
    .meta({ description: 'Names, with commas between them.', examples: ['flights,earthquakes'] }),
});

export const eventQuery = z.strictObject({
  channels: z.string().optional().meta({ description: 'Names, with commas; default all.' }),
  limit: limit(100),
  cursor: z
    .string()
    .regex(/^[1-9]\d{0,14}$/, {
      error: 'is not a cursor; take meta.cursor of the page before',
    })
    .optional()
    .meta({ description: '`meta.cursor` of the page before.' }),
});

export const noQuery = z.strictObject({});

const instant = z.iso.datetime().meta({ id: 'Instant', description: 'RFC 3339, UTC.' });

export const gapView = z
  .strictObject({
    from: instant,
    to: instant.nullable().meta({ description: 'null while it lasts.' }),
    cause: z.enum(['feed', 'down', 'reload', 'damaged']),
    detail: z.string(),
  })
  .meta({ id: 'Gap', description: 'A span with no coverage, and its cause.' });

export const bucketView = z
  .strictObject({
    channel: z.string(),
    key: z.string().optional(),
    start: instant,
    end: instant,
    count: z
      .int()
      .nullable()
      .meta({ description: 'null when nothing was observed: zero is not nothing.' }),
    sum: z
      .number()
      .nullable()
      .optional()
      .meta({ description: 'What the messages were worth; of channels that sum.' }),
    state: z.enum(['open', 'complete', 'partial', 'missing']),
    coverage: z
      .number()
      .min(0)
      .max(1)
      .meta({ description: 'Observed part; of an open bucket, of the time passed.' }),
    missed: z
      .int()
      .nullable()
      .meta({ description: 'Messages known to be lost; null: some were, nobody knows how many.' }),
    replayed: z.int(),
    late: z.int(),
    malformed: z.int(),
    rev: z
      .int()
      .meta({ description: '0 while open, 1 once closed, and more with each amendment.' }),
    gaps: z.array(gapView),
  })
  .meta({
    id: 'Bucket',
    description: "One series' count in one interval, half-open, with its completeness.",
  });
export type BucketView = z.infer<typeof bucketView>;

export const bucketPage = z
  .strictObject({
    data: z.array(bucketView),
    meta: z.strictObject({
      from: instant,
      to: instant,
      interval: z.string(),
      tz: z.string(),
      generatedAt: instant,
      cursor: z.string().nullable(),
      truncated: z.boolean(),
      warnings: z.array(z.string()),
    }),
    links: z.strictObject({ self: z.string(), next: z.string().nullable() }),
  })
  .meta({ id: 'BucketPage' });

export const channelView = z
  .strictObject({
    name: z.string(),
    title: z.string(),
    description: z.string(),
    feed: z.strictObject({ kind: z.string() }),
    processor: z.strictObject({
      kind: z.string(),
      measure: z.enum(['count', 'sum']),
      keyed: z.boolean(),
      top: z.int(),
    }),
    chart: z.strictObject({ interval: z.string(), range: z.string() }),
    link: z.strictObject({
      state: z.enum(['up', 'connecting', 'down']),
      since: instant,
      detail: z.string(),
      nextTry: instant
        .nullable()
        .meta({ description: 'Of a link that is down, where it is known.' }),
    }),
    rate: z
      .number()
      .nullable()
      .meta({ description: 'Messages a second over the last ten seconds.' }),
    lastBucket: bucketView.nullable(),
  })
  .meta({ id: 'Channel', description: 'A channel as the outside may see it.' });
export type ChannelView = z.infer<typeof channelView>;

const meta = z.strictObject({
  generatedAt: instant,
  version: z.string(),
  charts: z.enum(['google', 'builtin']),
  timezone: z.string(),
  retention: z
    .strictObject({ '1s': z.number(), '1m': z.number(), '15m': z.number() })
    .meta({ description: 'How long cells of each grain are kept, in milliseconds.' }),
});
export const channelList = z
  .strictObject({ data: z.array(channelView), meta })
  .meta({ id: 'ChannelList' });
export const channelOne = z.strictObject({ data: channelView, meta }).meta({ id: 'ChannelOne' });

export const eventView = z
  .strictObject({
    id: z.int(),
    at: instant,
    channel: z.string().nullable(),
    kind: z.string(),
    detail: z.string(),
  })
  .meta({ id: 'Event', description: 'A reconnect, a loss, a restart.' });
export const eventPage = z
  .strictObject({
    data: z.array(eventView),
    meta: z.strictObject({ generatedAt: instant, cursor: z.string().nullable() }),
  })
  .meta({ id: 'EventPage' });

const ledgerEntry = z.strictObject({
  received: z.int(),
  counted: z.int(),
  filtered: z.int(),
  late: z.int(),
  duplicate: z.int(),
  malformed: z.int(),
  shed: z.int(),
  difference: z.int().meta({
    description:
      'received − (counted + filtered + late + duplicate + malformed + shed); anything but 0 is a defect.',
  }),
  replayed: z.int().meta({ description: 'Of the counted.' }),
  missed: z.int().meta({ description: 'Never received: the feed, or its numbers, say so.' }),
  lossesOfUnknownSize: z.int(),
});
export type LedgerEntry = z.infer<typeof ledgerEntry>;

export const ledgerView = z
  .strictObject({
    data: z.strictObject({
      channels: z.array(ledgerEntry.extend({ channel: z.string(), thread: z.string() })),
      threads: z.array(ledgerEntry.extend({ thread: z.string() })),
    }),
    meta: z.strictObject({ generatedAt: instant }),
  })
  .meta({ id: 'Ledger', description: 'What became of every message received in this run.' });

export const problemView = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    errors: z.array(z.strictObject({ param: z.string(), detail: z.string() })),
  })
  .meta({ id: 'Problem', description: 'RFC 9457.' });

export const healthView = z
  .strictObject({
    status: z.enum(['ok', 'degraded']),
    store: z.strictObject({ ok: z.boolean(), detail: z.string() }),
    threads: z.array(
      z.strictObject({
        name: z.string(),
        ok: z.boolean(),
        silentMs: z.int(),
        deathCount: z.int().meta({ description: 'How often it died in a row, lately.' }),
      }),
    ),
  })
  .meta({ id: 'Health' });
