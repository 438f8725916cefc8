/** The OpenAPI description of the stream, the datasource, the badge and the configuration. */
import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { badgeQuery } from './badge-route.ts';
import { configurationView } from './configuration-route.ts';
import { gvizQuery } from './gviz/gviz-route.ts';
import { problemView } from './schemas.ts';
import { streamQuery } from './stream/subscription.ts';

const EVENTS = `Events: \`hello\` (server time, heartbeat, whether the id was resumed), \`bucket\` (a Bucket with its
interval and zone; absolute, so safe to repeat or skip), \`channel\` (link and rate), \`channels\` (the list has changed),
\`event\`, \`configuration\`, \`ping\` (heartbeat, without an id), \`resync\` (the id is unknown or too old, or the viewer too
slow: fetch anew), \`bye\` (Weir stops).`;

const name = z.string().meta({ description: "A channel's name.", examples: ['flights'] });

function problem(description: string) {
  return { description, content: { 'application/problem+json': { schema: problemView } } };
}

const refusals = {
  '400': problem('A parameter is unknown or wrong; the document names it.'),
  '404': problem('There is no such channel.'),
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
        '200': { description: 'Events.', content: { 'text/event-stream': { schema: z.string() } } },
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
      responses: { '101': { description: 'Frames `{event, id?, data}`.' }, ...refusals },
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
        '404': problem('There is no such channel.'),
      },
    },
  },
  '/api/v1/configuration': {
    get: {
      operationId: 'getConfiguration',
      summary: 'What runs, and why a newer file was refused',
      responses: {
        '200': {
          description: 'The running channels, without secrets.',
          content: { 'application/json': { schema: configurationView } },
        },
      },
    },
  },
  '/api/v1/configuration/schema': {
    get: {
      operationId: 'getConfigurationSchema',
      summary: 'The JSON Schema of channels.yaml',
      responses: {
        '200': {
          description: 'JSON Schema.',
          content: { 'application/json': { schema: z.looseObject({}) } },
        },
      },
    },
  },
};
