/** The OpenAPI 3.1 description, made from the schemas that validate. */
import { z } from 'zod';
import { createDocument, type ZodOpenApiPathsObject } from 'zod-openapi';
import { liveAndOtherDoors } from './openapi-doors.ts';
import {
  json,
  NO_CHANNEL,
  channelName as name,
  problem,
  REFUSALS,
  WRONG_PARAMETER,
} from './openapi-parts.ts';
import { bucketQuery, eventQuery, manyBucketQuery } from './queries.ts';
import {
  bucketPage,
  channelList,
  channelOne,
  eventPage,
  healthView,
  ledgerView,
} from './schemas.ts';

const buckets = {
  '200': {
    description: 'Buckets. A range without data is no error: its buckets are missing.',
    content: {
      'application/json': { schema: bucketPage },
      'text/csv': { schema: z.string() },
      'application/x-ndjson': { schema: z.string() },
    },
  },
  '304': { description: 'Nothing has changed since the answer with that ETag.' },
  '400': WRONG_PARAMETER,
  '404': NO_CHANNEL,
  ...REFUSALS,
  '422': problem('The range has too many buckets, or is older than such fine cells are kept.'),
};

const paths: ZodOpenApiPathsObject = {
  '/api/v1/channels': {
    get: {
      operationId: 'listChannels',
      summary: 'All channels',
      responses: { '200': json('Channels.', channelList), '400': WRONG_PARAMETER, ...REFUSALS },
    },
  },
  '/api/v1/channels/{name}': {
    get: {
      operationId: 'getChannel',
      summary: 'One channel',
      requestParams: { path: z.object({ name }) },
      responses: {
        '200': json('The channel.', channelOne),
        '400': WRONG_PARAMETER,
        '404': NO_CHANNEL,
        ...REFUSALS,
      },
    },
  },
  '/api/v1/channels/{name}/buckets': {
    get: {
      operationId: 'getChannelBuckets',
      summary: "One channel's counts by interval",
      requestParams: { path: z.object({ name }), query: bucketQuery },
      responses: buckets,
    },
  },
  '/api/v1/buckets': {
    get: {
      operationId: 'getBuckets',
      summary: "Several channels' counts by interval",
      requestParams: { query: manyBucketQuery },
      responses: buckets,
    },
  },
  '/api/v1/ledger': {
    get: {
      operationId: 'getLedger',
      summary: 'What became of every message',
      responses: {
        '200': json('The ledger of this run.', ledgerView),
        '400': WRONG_PARAMETER,
        ...REFUSALS,
      },
    },
  },
  '/api/v1/events': {
    get: {
      operationId: 'listEvents',
      summary: 'Reconnects, losses, restarts',
      requestParams: { query: eventQuery },
      responses: {
        '200': json('Events, newest first.', eventPage),
        '400': WRONG_PARAMETER,
        '404': NO_CHANNEL,
        ...REFUSALS,
      },
    },
  },
  ...liveAndOtherDoors,
  '/metrics': {
    get: {
      operationId: 'metrics',
      summary: 'Prometheus metrics',
      responses: {
        '200': {
          description: 'Text exposition.',
          content: { 'text/plain': { schema: z.string() } },
        },
        ...REFUSALS,
      },
    },
  },
  '/health/live': {
    get: {
      operationId: 'live',
      summary: 'Whether the process answers',
      responses: { '200': json('It does.', healthView), '406': REFUSALS['406'] },
    },
  },
  '/health/ready': {
    get: {
      operationId: 'ready',
      summary: 'Whether every thread is well',
      responses: {
        '200': json('All are.', healthView),
        '406': REFUSALS['406'],
        '503': json('One is not.', healthView),
      },
    },
  },
};

export function openApiDocument(version: string): Record<string, unknown> {
  const document = createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Weir',
      version,
      description: 'Interval counts of live channels, each with its completeness.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    paths,
  });
  return document as unknown as Record<string, unknown>;
}
