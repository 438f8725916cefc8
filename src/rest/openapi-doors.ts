/** The OpenAPI description of the stream, the datasource, the badge and the configuration. */
import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { badgeQuery } from './badge-route.ts';
import { configurationView } from './configuration-route.ts';
import { gvizQuery } from './gviz/gviz-route.ts';
import {
  json,
  NO_CHANNEL,
  channelName as name,
  problem,
  REFUSALS,
  WRONG_PARAMETER,
} from './openapi-parts.ts';
import { streamQuery } from './stream/subscription.ts';

const EVENTS = `Events: \`hello\` (server time, heartbeat, whether the id was resumed), \`bucket\` (a Bucket with its
interval and zone; absolute, so safe to repeat or skip), \`channel\` (link and rate), \`channels\` (the list has changed),
\`event\`, \`configuration\`, \`ping\` (heartbeat, without an id), \`resync\` (the id is unknown or too old, or the viewer too
slow: fetch anew), \`bye\` (Weir stops).`;

/** One event, as a reader of the format makes it. */
const streamed = z.looseObject({ event: z.string().optional(), data: z.unknown() });

const refusals = {
  '400': WRONG_PARAMETER,
  '404': NO_CHANNEL,
  ...REFUSALS,
  '431': { description: 'Address and headers are longer than 16 KiB.' },
  '503': problem('There are too many viewers.'),
};

export const liveAndOtherDoors: ZodOpenApiPathsObject = {
  '/api/v1/stream': {
    get: {
      operationId: 'stream',
      summary: 'What changes, as Server-Sent Events',
      description: EVENTS,
      requestParams: { query: streamQuery },
      responses: {
        '200': { description: 'Events.', content: { 'text/event-stream': { schema: streamed } } },
        ...refusals,
      },
    },
  },
  '/api/v1/ws': {
    get: {
      operationId: 'socket',
      summary: 'The same events over a WebSocket, one JSON text frame each',
      description: EVENTS,
      requestParams: { query: streamQuery },
      responses: {
        '101': { description: 'Frames `{event, id?, data}`.' },
        ...refusals,
        '426': problem('It was not asked for as a WebSocket.'),
      },
    },
  },
  '/api/v1/gviz/tq': {
    get: {
      operationId: 'gviz',
      summary: 'Google Visualization datasource, wire protocol 0.6; also at /gviz/tq',
      requestParams: { query: gvizQuery },
      responses: {
        '200': {
          description: 'A table, or an error of the protocol.',
          content: { 'application/json': { schema: z.looseObject({ version: z.literal('0.6') }) } },
        },
        ...REFUSALS,
      },
    },
  },
  '/api/v1/channels/{name}/badge.svg': {
    get: {
      operationId: 'getBadge',
      summary: 'Title and rate as a small picture',
      requestParams: { path: z.object({ name }), query: badgeQuery },
      responses: {
        '200': { description: 'SVG.', content: { 'image/svg+xml': { schema: z.string() } } },
        '400': WRONG_PARAMETER,
        '404': NO_CHANNEL,
        ...REFUSALS,
      },
    },
  },
  '/api/v1/configuration': {
    get: {
      operationId: 'getConfiguration',
      summary: 'What runs, and why a newer file was refused',
      responses: {
        '200': json('The running channels, without secrets.', configurationView),
        '400': WRONG_PARAMETER,
        ...REFUSALS,
      },
    },
  },
  '/api/v1/configuration/schema': {
    get: {
      operationId: 'getConfigurationSchema',
      summary: 'The JSON Schema of channels.yaml',
      responses: {
        '200': json('JSON Schema.', z.looseObject({})),
        '400': WRONG_PARAMETER,
        ...REFUSALS,
      },
    },
  },
};
