/** Options of the `websocket` feed. */
import { z } from 'zod';
import { parsePath } from '../../model/path.ts';
import { connectionOptions, duration, webSocketUrl } from '../connection-options.ts';
import { eventTime } from '../event-time.ts';
import { conditions } from './conditions.ts';
import { cursor } from './cursor.ts';
import { sequence } from './sequence.ts';

const outgoing = z.union([z.string(), z.record(z.string(), z.json()), z.array(z.json())]);

export const websocketOptions = z
  .strictObject({
    kind: z.literal('websocket'),
    url: webSocketUrl.describe('Address of the feed.'),
    protocols: z
      .union([z.string(), z.array(z.string())])
      .default([])
      .describe('Subprotocols to offer.'),
    subscribe: z
      .union([outgoing, z.array(outgoing)])
      .optional()
      .describe(
        'What to send once connected: one message, or a list of them. A list whose first entry is a text is one message (["REQ", "s1", {}]).',
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
export type Outgoing = z.infer<typeof outgoing>;
