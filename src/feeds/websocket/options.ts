/** Options of the `websocket` feed. */
import { z } from 'zod';
import { parsePath } from '../../model/path.ts';
import { connectionOptions, duration, webSocketUrl } from '../connection-options.ts';
import { eventTime } from '../event-time.ts';
import { conditions } from './conditions.ts';
import { cursor } from './cursor.ts';
import { outgoing, subscription } from './outgoing.ts';
import { sequence } from './sequence.ts';

const protocol = z.string().refine((text) => /^[!#$%&'*+\-.^_`|~\w]+$/.test(text), {
  error: 'is not a subprotocol; write one like wamp.2.json, and several as a list',
});

export const websocketOptions = z
  .strictObject({
    kind: z.literal('websocket'),
    url: webSocketUrl.describe('Address of the feed.'),
    protocols: z
      .union([protocol, z.array(protocol)])
      .default([])
      .describe('Subprotocols to offer.'),
    subscribe: subscription
      .optional()
      .describe(
        'What to send once connected: one message, or several. A list is several when all its entries are maps, all texts, or all lists; any other list is one message.',
      ),
    format: z
      .enum(['json', 'text', 'binary'])
      .default('json')
      .describe('What a frame is. json: one JSON value a frame; anything else is malformed.'),
    messages: z
      .string()
      .refine((text) => parsePath(text) !== null, {
        error: 'is not a path; write one like data or payload.items',
      })
      .optional()
      .describe('Path to the array when one frame carries several messages; default: one a frame.'),
    only: conditions
      .optional()
      .describe('Frames that are messages, such as { type: trade }; default: all.'),
    ignore: conditions
      .optional()
      .describe('Frames that are no messages: acknowledgements, heartbeats.'),
    ready: conditions
      .optional()
      .describe(
        'Frames by which the feed accepts the subscription; until one comes, the link is not up.',
      ),
    refused: conditions
      .optional()
      .describe('Frames by which it refuses: the link is given up, and tried again later.'),
    time: eventTime,
    sequence,
    cursor,
    ping: z
      .union([
        z.literal('off'),
        duration('20s', { from: '50ms', to: '1h' }),
        z.strictObject({
          every: duration('20s', { from: '50ms', to: '1h' }),
          send: outgoing.describe('The text or JSON that the feed takes as a ping.'),
        }),
      ])
      .default('20s')
      .describe(
        'How to keep the link alive: a protocol ping at this interval, or a message of your own.',
      ),
    ...connectionOptions,
  })
  .refine(({ format, messages }) => format === 'json' || messages === undefined, {
    error: 'needs format json: a frame of text or bytes is one message',
    path: ['messages'],
  })
  .refine(
    ({ format, time, sequence: ids, cursor: at }) => format === 'json' || !(time || ids || at),
    {
      error: 'needs format json, for its paths',
      path: ['format'],
    },
  )
  .refine(({ format, only, ignore }) => format !== 'binary' || (!only && !ignore), {
    error: 'binary frames cannot be told apart; leave out only and ignore, or take format text',
    path: ['format'],
  })
  .describe('Any feed of text, JSON or binary WebSocket frames.');

export type WebsocketOptions = z.infer<typeof websocketOptions>;
