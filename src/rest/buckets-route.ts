/** GET /api/v1/channels/{name}/buckets and /api/v1/buckets?channels=a,b as JSON, CSV or NDJSON. */
import { type Request, type Response, Router } from 'express';
import { alignment } from '../model/interval.ts';
import { type Answer, sendAnswer } from './answer.ts';
import { type BucketPage, bucketPage } from './bucket-page.ts';
import { type BucketRequest, bucketRequest } from './bucket-request.ts';
import { findChannel } from './channels-route.ts';
import { toCsv, toJson, toNdjson } from './formats.ts';
import { acceptedType } from './negotiation.ts';
import { parameters } from './parameters.ts';
import { badParameter } from './problem-details.ts';
import { type BucketParameters, bucketQuery, CHANNELS_MAX, manyBucketQuery } from './queries.ts';
import type { RestChannel, RestSources } from './sources.ts';
import { formatTime } from './time-parameter.ts';

export function bucketRoutes(sources: RestSources): Router {
  const router = Router();
  router.get('/channels/:name/buckets', (request: Request, response: Response) => {
    const given = parameters(request, bucketQuery);
    const channel = findChannel(sources, String(request.params['name']));
    answer(request, response, given, [channel], sources);
  });
  router.get('/buckets', (request: Request, response: Response) => {
    const { channels, ...given } = parameters(request, manyBucketQuery);
    const names = [...new Set(channels.split(',').filter((name) => name !== ''))];
    if (names.length === 0 || names.length > CHANNELS_MAX) {
      throw badParameter('channels', `must name 1 to ${CHANNELS_MAX} channels, with commas`);
    }
    answer(
      request,
      response,
      given,
      names.map((name) => findChannel(sources, name)),
      sources,
    );
  });
  return router;
}

function answer(
  request: Request,
  response: Response,
  given: BucketParameters,
  channels: readonly RestChannel[],
  { history, clock, settings }: RestSources,
): void {
  // Whole milliseconds, as they are written in answers and cursors.
  const now = Math.floor(clock.now());
  const { timezone, retention } = settings;
  const asked = bucketRequest(given, channels, { now, timezone, retention });
  const page = bucketPage(asked, history, now);
  const next = page.cursor === null ? null : nextAddress(request, page.cursor);
  if (next) response.append('Link', `<${next}>; rel="next"`);
  const format = given.format ?? negotiate(request);
  if (format === 'csv') {
    const file = `${asked.channels
      .map(({ descriptor }) => descriptor.name)
      .join('-')
      .slice(0, 100)}.csv`;
    response.attachment(file);
  }
  sendAnswer(request, response, bodyOf(format, { request, asked, page, next, now }));
}

const FORMATS = {
  'application/json': 'json',
  'text/csv': 'csv',
  'application/x-ndjson': 'ndjson',
} as const;

function negotiate(request: Request): 'json' | 'csv' | 'ndjson' {
  return FORMATS[acceptedType(request, Object.keys(FORMATS)) as keyof typeof FORMATS];
}

interface Parts {
  readonly request: Request;
  readonly asked: BucketRequest;
  readonly page: BucketPage;
  readonly next: string | null;
  readonly now: number;
}

function bodyOf(format: 'json' | 'csv' | 'ndjson', parts: Parts): Answer {
  const { asked, page, next } = parts;
  const rows = toJson(page.rows);
  const settled = page.closed && asked.absolute;
  const revision = `${format} ${next} ${rows}`;
  if (format === 'csv') return { type: 'text/csv', body: toCsv(page.rows), revision, settled };
  if (format === 'ndjson') {
    return { type: 'application/x-ndjson', body: toNdjson(page.rows), revision, settled };
  }
  return { type: 'application/json', body: jsonPage(rows, parts, settled), revision, settled };
}

/** The rows are serialised once, for the answer and for its tag. */
function jsonPage(
  rows: string,
  { request, asked, page, next, now }: Parts,
  settled: boolean,
): string {
  const meta = {
    from: formatTime(page.from),
    to: formatTime(page.to),
    interval: asked.interval.text,
    tz: asked.zone,
    aligned: alignment(asked.interval),
    // A settled answer is the same bytes each time: it was true when its range ended, and still is.
    generatedAt: formatTime(settled ? page.to : now),
    cursor: page.cursor,
    truncated: page.cursor !== null,
    warnings: [],
  };
  const links = { self: request.originalUrl, next };
  return `{"data":${rows},"meta":${JSON.stringify(meta)},"links":${JSON.stringify(links)}}`;
}

function nextAddress(request: Request, cursor: string): string {
  const url = new URL(request.originalUrl, 'http://localhost');
  url.searchParams.set('cursor', cursor);
  return url.pathname + url.search;
}
