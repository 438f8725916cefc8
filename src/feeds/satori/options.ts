/** Options of the `satori` feed. */
import { z } from 'zod';
import { parseDuration } from '../../model/interval.ts';
import { connectionOptions, duration, webSocketUrl } from '../connection-options.ts';
import { eventTime } from '../event-time.ts';

/** In place of an address: the RTM server that this Weir runs itself (`rtm:` in channels.yaml). */
export const OWN_SERVER = 'self';

export const satoriOptions = z
  .strictObject({
    kind: z.literal('satori'),
    url: z
      .union([z.literal(OWN_SERVER), webSocketUrl], {
        error: 'is not a WebSocket address; write one like wss://host.example, or self',
      })
      .describe(
        'Endpoint; /v2 is added where it is missing. "self": the server under rtm: in this file.',
      ),
    appkey: z.string().min(1).max(256).describe('Application key of the endpoint.'),
    channel: z
      .string()
      .min(1)
      .max(256)
      .optional()
      .describe('RTM channel to count; default: the name of this channel.'),
    filter: z
      .string()
      .min(1)
      .optional()
      .describe(
        'A view instead of a channel: SELECT … FROM `channel` WHERE …. Counts what the view lets through.',
      ),
    period: z
      .int()
      .min(1)
      .max(60)
      .optional()
      .describe('Seconds a window of an aggregating filter.'),
    only: z
      .literal('value_changes')
      .optional()
      .describe('Ask the server to leave out messages equal to the one before.'),
    history: z
      .union([
        z.strictObject({ count: z.int().min(1) }),
        z.strictObject({ age: z.int().min(1).describe('Seconds.') }),
      ])
      .optional()
      .describe(
        'Where to start the very first time: so many messages, or seconds, back. Never asked for again.',
      ),
    role: z.string().min(1).optional().describe('Role to authenticate as.'),
    secret: z.string().min(1).optional().describe("The role's secret; write ${VARIABLE}."),
    time: eventTime,
    heartbeat: z
      .enum(['ping', 'publish'])
      .default('ping')
      .describe(
        'How the link is asked for life: a protocol ping, or a publish to $heartbeat, which the server must answer.',
      ),
    ping: duration('15s', { from: '50ms', to: '1h' }).describe('How often.'),
    replyTimeout: duration('30s', { from: '50ms', to: '10m' }).describe(
      'How long the server may take to answer a request.',
    ),
    ...connectionOptions,
  })
  .refine(({ role, secret }) => (role === undefined) === (secret === undefined), {
    error: 'needs role and secret together, or neither',
  })
  .refine(({ channel, filter }) => channel === undefined || filter === undefined, {
    error: 'takes a channel or a filter, not both',
    path: ['filter'],
  })
  .describe(
    'Satori RTM v2 and its Cobra dialect. Counts messages, not frames; resumes where it left off.',
  );

export type SatoriOptions = z.infer<typeof satoriOptions>;

/** The address to connect to: with version and appkey, as the protocol wants them. */
export function endpointUrl(options: Pick<SatoriOptions, 'url' | 'appkey'>): string {
  const url = new URL(options.url);
  if (!/\/v\d+\/?$/.test(url.pathname)) url.pathname = `${url.pathname.replace(/\/$/, '')}/v2`;
  url.searchParams.set('appkey', options.appkey);
  return url.href;
}

export function milliseconds(text: string): number {
  return parseDuration(text)!;
}
