/** The schemas of requests: they validate what comes in, and OpenAPI is made from them. */
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
      description:
        'Length of a bucket: 5s, 1m, PT5M, or 1d, 1w, 1mo, 1q, 1y. These, and lengths of an hour or more that divide a day, begin at midnight in the zone `tz`; others by the Unix clock.',
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
    .meta({
      description: 'IANA time zone whose midnights days begin at, and hours are counted from.',
      examples: ['Europe/Berlin'],
    }),
  key: z
    .string()
    .optional()
    .meta({ description: 'One key of a keyed channel; * for the top keys and the rest together.' }),
  series: z.enum(['other', 'none']).optional().meta({
    description:
      'In place of key: messages of keys without a series of their own, or messages without a key.',
  }),
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
