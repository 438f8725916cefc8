/**
 * The Google Visualization datasource, wire protocol 0.6, at /api/v1/gviz/tq and /gviz/tq.
 *
 * Errors are answers with status 200: the client shows nothing of others. The body is one line: the client's
 * own expression for it does not go past a line's end.
 */
import { createHash } from 'node:crypto';
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { bucketPage } from '../bucket-page.ts';
import { bucketRequest } from '../bucket-request.ts';
import { findChannel } from '../channels-route.ts';
import { csvField } from '../formats.ts';
import { produces } from '../negotiation.ts';
import { parameters } from '../parameters.ts';
import { badParameter, ProblemDetails } from '../problem-details.ts';
import { CHANNELS_MAX, LIMIT_MAX } from '../queries.ts';
import type { RestSources } from '../sources.ts';
import { GvizError, type GvizReason } from './gviz-error.ts';
import { applyQuery, bucketTable, type GvizTable, tableJson, tableTexts } from './table.ts';
import { parseTq } from './tq.ts';
import { parseTqx, type Tqx } from './tqx.ts';

export const gvizQuery = z.strictObject({
  channels: z.string().meta({ description: 'Names, with commas between them.' }),
  interval: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  tz: z.string().optional(),
  dates: z.enum(['parts', 'epoch']).default('parts').meta({
    description: "Dates as the zone's own year, month, day …, or as one number of milliseconds.",
  }),
  tq: z.string().max(4_000).default('').meta({ description: 'The query.' }),
  tqx: z.string().max(1_000).default('').meta({ description: 'reqId, sig, out …' }),
  zx: z.string().optional().meta({ description: 'Against caches; ignored.' }),
  tqrt: z.string().optional().meta({ description: 'Ignored.' }),
});

/** What `out` of tqx can ask for. */
const FORMS = ['application/json', 'text/javascript', 'text/csv', 'text/html'];

export function gvizRoutes(sources: RestSources): Router {
  const router = Router();
  router.get('/tq', produces(...FORMS), (request: Request, response: Response) => {
    response.set('Cache-Control', 'no-cache');
    // Pages of other sites load it as a script; those that may not get an error instead of the table.
    response.set('Cross-Origin-Resource-Policy', 'cross-origin');
    const tqx = parseTqx(String(request.query['tqx'] ?? ''));
    try {
      checkEmbedding(request, sources);
      send(response, tqx, request, answer(request, tqx, sources));
    } catch (error) {
      send(response, tqx, request, { status: 'error', errors: [reasonOf(error)] });
    }
  });
  return router;
}

/** A script has no `Origin`, and hands what it loads to the page that it is on. */
function checkEmbedding(request: Request, { gate }: RestSources): void {
  if (request.get('Origin') !== undefined) return;
  const refusal = gate.embeddingRefusal(request, {
    site: request.get('Sec-Fetch-Site'),
    mode: request.get('Sec-Fetch-Mode'),
    referer: request.get('Referer'),
  });
  if (refusal === null) return;
  throw new GvizError('access_denied', `${refusal.title} ${refusal.param} ${refusal.detail}.`);
}

interface Refusal {
  readonly reason: GvizReason;
  readonly message: string;
  readonly detailed_message?: string;
}

type Reply =
  | { readonly status: 'error'; readonly errors: readonly Refusal[] }
  | {
      readonly status: 'ok' | 'warning';
      readonly warnings: readonly Refusal[];
      readonly sig: string;
      readonly table: GvizTable;
      readonly json: unknown;
      readonly zone: string;
    };

function answer(request: Request, tqx: Tqx, sources: RestSources): Reply {
  const {
    channels: text,
    dates,
    tq,
    tqx: _tqx,
    zx,
    tqrt,
    ...given
  } = parameters(request, gvizQuery);
  const names = [...new Set(text.split(',').filter((name) => name !== ''))];
  if (names.length === 0 || names.length > CHANNELS_MAX) {
    throw badParameter('channels', `must name 1 to ${CHANNELS_MAX} channels`);
  }
  const query = parseTq(tq);
  const channels = names.map((name) => findChannel(sources, name));
  const now = Math.floor(sources.clock.now());
  const { timezone, retention } = sources.settings;
  const defaults = { fill: 'state', open: 'include', order: 'desc', limit: LIMIT_MAX } as const;
  const asked = bucketRequest({ ...given, ...defaults }, channels, { now, timezone, retention });
  const page = bucketPage(asked, sources.history, now);
  const table = applyQuery(bucketTable(channels, page.rows.toReversed()), query, asked.zone);
  const json = tableJson(table, query, {
    zone: asked.zone,
    interval: asked.interval,
    dates,
  });
  const sig = createHash('sha256').update(JSON.stringify(json)).digest('hex').slice(0, 16);
  if (tqx.sig === sig) throw new GvizError('not_modified', 'Data not modified');
  const warnings = page.cursor === null ? [] : [TRUNCATED];
  const status = warnings.length > 0 ? 'warning' : 'ok';
  return { status, warnings, sig, table, json, zone: asked.zone };
}

const TRUNCATED: Refusal = {
  reason: 'data_truncated',
  message: `Only the newest ${LIMIT_MAX} numbers are given.`,
};

function reasonOf(error: unknown): Refusal {
  if (error instanceof GvizError) return { reason: error.reason, message: error.message };
  if (!(error instanceof ProblemDetails)) {
    return { reason: 'internal_error', message: 'Something went wrong inside Weir.' };
  }
  const details = error.errors.map(({ param, detail }) => `${param} ${detail}`).join('; ');
  return { reason: 'invalid_request', message: error.title, detailed_message: details };
}

function send(response: Response, tqx: Tqx, request: Request, reply: Reply): void {
  if (reply.status !== 'error' && tqx.out !== 'json') return sendTexts(response, tqx, reply);
  const body = JSON.stringify({
    version: '0.6',
    ...(tqx.reqId === null ? {} : { reqId: tqx.reqId }),
    ...(reply.status === 'error'
      ? reply
      : {
          status: reply.status,
          ...(reply.warnings.length > 0 ? { warnings: reply.warnings } : {}),
          sig: reply.sig,
          table: reply.json,
        }),
  }).replaceAll('<', '\\u003c');
  const plain = tqx.responseHandler === null || request.get('X-DataSource-Auth') !== undefined;
  if (plain) return void response.type('application/json').send(body);
  response.type('text/javascript').send(`/**/${tqx.responseHandler}(${body});`);
}

function sendTexts(response: Response, tqx: Tqx, reply: Exclude<Reply, { status: 'error' }>): void {
  const rows = tableTexts(reply.table, reply.zone);
  if (tqx.out === 'html') {
    const cells = (row: readonly string[]) =>
      row.map((text) => `<td>${escapeHtml(text)}</td>`).join('');
    const body = rows.map((row) => `<tr>${cells(row)}</tr>`).join('\n');
    return void response.type('text/html').send(`<table>\n${body}\n</table>\n`);
  }
  response.attachment(tqx.outFileName);
  response.set('Content-Type', 'text/csv; charset=utf-8');
  if (tqx.out === 'csv') {
    const lines = rows.map((row) => row.map(csvField).join(','));
    return void response.send(`${lines.join('\r\n')}\r\n`);
  }
  // What spreadsheets of old call tab-separated: UTF-16, little end first, with its mark.
  const text = rows.map((row) => row.map((cell) => cell.replace(/[\t\r\n]/g, ' ')).join('\t'));
  response.set('Content-Type', 'text/csv; charset=utf-16le');
  response.send(Buffer.from(`\ufeff${text.join('\r\n')}\r\n`, 'utf16le'));
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
