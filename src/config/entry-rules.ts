/** The top-level keys that say who may come in, beside clients of this machine. */
import { isIP } from 'node:net';
import { z } from 'zod';
import { isAddressOrNetwork } from '../admission/address.ts';
import { isHostName, parseOrigin } from '../admission/host.ts';

const hostName = z
  .string()
  .transform((text) => text.toLowerCase())
  .refine((text) => isHostName(text) || isIP(text) !== 0, {
    error: 'is not the name of a host; write one like weir.example.org, without scheme and port',
  });

const origin = z.string().refine((text) => parseOrigin(text) !== null, {
  error: 'is not an origin; write one like https://dash.example.org, without a path',
});

const proxy = z.string().refine(isAddressOrNetwork, {
  error: 'is not an address; write one like 127.0.0.1, or a network like 10.0.0.0/8',
});

const right = z.literal('public').optional();

/** The keys, for a schema that holds them among others. */
export const entryRules = {
  allowedHosts: z
    .array(hostName)
    .default([])
    .describe('Names by which this Weir is reached, beside loopback names and the one in listen.'),
  allowedOrigins: z
    .array(origin)
    .default([])
    .describe('Pages of other sites that may come in, such as https://dash.example.org.'),
  trustProxy: z
    .array(proxy)
    .default([])
    .describe('Addresses of proxies whose X-Forwarded-For is believed, such as 127.0.0.1.'),
  access: z
    .strictObject({
      read: right.describe('Page, REST, streams, and reading from the RTM server.'),
      publish: right.describe('Publishing on the RTM server.'),
    })
    .prefault({})
    .describe(
      'What clients of other machines may do. A right that is absent is for this machine alone.',
    ),
};

/** The same on their own. */
export const entryRulesSchema = z.object(entryRules);
