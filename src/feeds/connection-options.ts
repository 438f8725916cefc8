/** Options of every feed that stands on a WebSocket. */
import { z } from 'zod';
import { parseDuration } from '../model/interval.ts';
import { headers } from './headers.ts';

/** A duration as people write it; milliseconds after validation. */
export function duration(fallback: string, bounds: { readonly from: string; readonly to: string }) {
  const [fromMs, toMs] = [parseDuration(bounds.from)!, parseDuration(bounds.to)!];
  return z
    .string()
    .refine(
      (text) => {
        const ms = parseDuration(text);
        return ms !== null && ms >= fromMs && ms <= toMs;
      },
      {
        error: `is not a duration from ${bounds.from} to ${bounds.to}; write one like ${fallback}`,
      },
    )
    .default(fallback);
}

export const webSocketUrl = z.string().refine(isWebSocketUrl, {
  error: 'is not a WebSocket address; write one like wss://host.example/path',
});

function isWebSocketUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && ['ws:', 'wss:'].includes(url.protocol) && url.hostname !== '';
}

export const connectionOptions = {
  headers,
  ca: z
    .string()
    .optional()
    .describe('A PEM file with the certificate authority to trust, relative to channels.yaml.'),
  compress: z
    .boolean()
    .default(false)
    .describe(
      'Offer permessage-deflate. Costs about 0.3 ms a message; off unless the feed needs it.',
    ),
  frameBytesMax: z
    .int()
    .min(1_024)
    .max(256 * 1_048_576)
    .default(16 * 1_048_576)
    .describe('A larger message closes the connection.'),
  handshakeTimeout: duration('10s', { from: '100ms', to: '5m' }).describe(
    'How long connecting may take.',
  ),
  silence: duration('60s', { from: '200ms', to: '1d' }).describe(
    'No sign of life for this long means that the link is dead; it is then connected anew.',
  ),
  retry: z
    .strictObject({
      first: duration('500ms', { from: '1ms', to: '1h' }).describe('Bound of the first wait.'),
      most: duration('30s', { from: '1ms', to: '1d' }).describe('Bound of every wait.'),
    })
    .prefault({})
    .describe('Waits before connecting again: random, between 0 and a bound that doubles.'),
};

const schema = z.object({ url: webSocketUrl, ...connectionOptions });
export type ConnectionOptions = z.infer<typeof schema>;
