/** The `rtm:` section of channels.yaml: one schema gives validation, types and JSON Schema. */
import { z } from 'zod';
import { type PublicRight, parseListen } from '../model/config.ts';
import { parseDuration } from '../model/interval.ts';
import { isChannelName } from './channel-name.ts';

/** What a role may do. `unsubscribe` goes with `subscribe`, `search` with `read`. */
export const VERBS = ['publish', 'subscribe', 'read', 'write', 'delete'] as const;
export type Verb = (typeof VERBS)[number];

/** The right, in the terms of `access`, that each verb needs. */
export const RIGHT_FOR: Readonly<Record<Verb, PublicRight>> = {
  publish: 'publish',
  subscribe: 'read',
  read: 'read',
  write: 'publish',
  delete: 'publish',
};

/** The role that a client has before it proves another (Satori RTM, "Authentication"). It has no secret. */
export const ANONYMOUS = 'default';

const channelName = z
  .string()
  .refine(
    isChannelName,
    'is not an RTM channel name; write 1 to 256 bytes that do not start with "$"',
  );

const role = z.strictObject({
  secret: z
    .string()
    .min(1)
    .optional()
    .describe(
      'What a client of this role proves to know; best taken from an environment variable. The role "default" needs none.',
    ),
  allow: z
    .array(z.enum(VERBS))
    .optional()
    .describe('What the role may do; everything when left out.'),
});

const roles = z
  .record(z.string().min(1), role)
  .check(({ value, issues }) => {
    for (const [name, { secret }] of Object.entries(value)) {
      if (secret !== undefined || name === ANONYMOUS) continue;
      const message = `is missing: only the role "${ANONYMOUS}", of clients that prove none, goes without`;
      issues.push({ code: 'custom', path: [name, 'secret'], input: value, message });
    }
  })
  .default({})
  .describe(
    'Who may do what, by role. "default" is the role of clients that have not authenticated; where it is absent, they may do nothing. Without roles, everybody may do everything.',
  );

const retention = z.strictObject({
  messages: z
    .int()
    .min(1)
    .max(10_000_000)
    .default(10_000)
    .describe('How many messages each channel keeps for readers that lag behind or come back.'),
  age: z
    .string()
    .refine(
      (text) => parseDuration(text) !== null,
      'is not a duration; write "30s", "10m" or "PT10M"',
    )
    .default('10m')
    .describe(
      'How long a message is kept, such as "10m". A channel always keeps its last message.',
    ),
  bytes: z
    .int()
    .min(1)
    .default(268_435_456)
    .describe('How many bytes all channels keep together; over it, the largest channel gives way.'),
});

const replaySource = z.strictObject({
  file: z.string().min(1).describe('A recording: one JSON line for each PDU that was received.'),
  channel: channelName
    .optional()
    .describe('The channel to publish on, instead of the recorded subscription_id.'),
  speed: z
    .union([z.number().positive(), z.literal('unlimited')])
    .default(1)
    .describe('How many times faster than recorded, or "unlimited".'),
  loop: z.boolean().default(true).describe('Whether to start again at the end of the file.'),
});

/** The schema of the section. Strict: a key it does not know is an error. */
export const rtmOptions = z.strictObject({
  listen: z
    .string()
    .refine((text) => parseListen(text) !== null, 'is not host:port; write "127.0.0.1:8765"')
    .default('127.0.0.1:0')
    .describe('Address and port of the RTM server; port 0 lets the system choose a free one.'),
  appkey: z
    .string()
    .min(1)
    .default('demo')
    .describe('The appkey that clients give in the URL; any other is refused with HTTP 403.'),
  roles,
  restricted: z
    .array(channelName)
    .default([])
    .describe('Channels that only clients with a proven role may use.'),
  retention: retention.prefault({}).describe('What each channel keeps.'),
  channelsMax: z.int().min(1).default(1_000).describe('How many channels there may be at a time.'),
  connectionsMax: z
    .int()
    .min(1)
    .default(1_000)
    .describe('How many connections there may be at a time; one more is refused with HTTP 503.'),
  pduBytesMax: z
    .int()
    .min(1_024)
    .max(67_108_864)
    .default(1_048_576)
    .describe(
      'The largest PDU that is read, in bytes; a larger one closes its connection with 1009. ' +
        'Satori took 65 kB; the default of 1 MiB is what Cobra takes.',
    ),
  replay: z
    .array(replaySource)
    .default([])
    .describe('Recordings to publish as if they happened now.'),
  machine: channelName
    .optional()
    .describe(
      "A channel on which this machine's own load is published, a message per core and second.",
    ),
});

export type RtmOptions = z.output<typeof rtmOptions>;
export type RoleOptions = z.output<typeof role>;
export type ReplayOptions = z.output<typeof replaySource>;
