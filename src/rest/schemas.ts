/** The schemas of answers: OpenAPI is made from them, and tests hold the answers to them. */
import { z } from 'zod';
import { GAP_CAUSES } from '../model/bucket.ts';

const instant = z.iso.datetime().meta({ id: 'Instant', description: 'RFC 3339, UTC.' });

export const gapView = z
  .strictObject({
    from: instant,
    to: instant.nullable().meta({ description: 'null while it lasts.' }),
    cause: z.enum(GAP_CAUSES),
    detail: z.string(),
  })
  .meta({
    id: 'Gap',
    description: 'A span with no coverage, or whose numbers are not whole, and the cause.',
  });

export const bucketView = z
  .strictObject({
    channel: z.string(),
    key: z.string().nullable().optional().meta({
      description: 'Of a row by key; null where the row is not that of one key: see series.',
    }),
    series: z.enum(['key', 'none', 'other']).optional().meta({
      description:
        'Of a row by key: one key; messages without a key; keys without a series of their own.',
    }),
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
    undated: z.int().meta({
      description: 'Of the counted: without a time that can be used; counted on arrival.',
    }),
    late: z.int(),
    malformed: z.int(),
    reason: z.enum(['redefined', 'keys-full']).optional().meta({
      description:
        'Why a number is null though messages came. redefined: the channel was counted by another definition. keys-full: the key may be among those of series other.',
    }),
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
      aligned: z.enum(['zone', 'unix']).meta({
        description:
          'Whose clock buckets begin by: that of the zone `tz`, or the Unix clock, which is the same in all zones.',
      }),
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
  difference: z.int().meta({
    description:
      'received − (counted + filtered + late + duplicate + malformed); anything but 0 is a defect.',
  }),
  replayed: z.int().meta({ description: 'Of the counted.' }),
  undated: z.int().meta({
    description: 'Of the counted: without a time that can be used; counted on arrival.',
  }),
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
    log: z.strictObject({
      droppedLines: z.int().meta({ description: 'Lines of the log that nobody read in time.' }),
    }),
    threads: z.array(
      z.strictObject({
        name: z.string(),
        ok: z.boolean(),
        silentMs: z.int(),
        deathCount: z.int().meta({ description: 'How often it died in a row, lately.' }),
        lastDeath: z
          .nullable(z.string())
          .meta({ description: 'Why it died last, if it ever has.' }),
      }),
    ),
  })
  .meta({ id: 'Health' });
