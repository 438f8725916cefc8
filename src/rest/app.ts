/** The application: every address, in one place. The only room that knows express. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import express, { type Express, type Request, type Response } from 'express';
import helmet from 'helmet';
import swaggerUi from 'swagger-ui-express';
import { admit } from './admission.ts';
import { badgeRoutes } from './badge-route.ts';
import { bucketRoutes } from './buckets-route.ts';
import { channelRoutes } from './channels-route.ts';
import { configurationRoutes } from './configuration-route.ts';
import { eventRoutes } from './events-route.ts';
import { gvizRoutes } from './gviz/gviz-route.ts';
import { ledgerRoutes } from './ledger-route.ts';
import { metricsExposition, type RefusedConnections } from './metrics.ts';
import { produces } from './negotiation.ts';
import { openApiDocument } from './openapi.ts';
import { ProblemDetails, problemHandler } from './problem-details.ts';
import type { RestSources } from './sources.ts';
import type { StreamHub } from './stream/hub.ts';
import { streamExposition } from './stream/stream-metrics.ts';
import { streamRoutes } from './stream/stream-route.ts';

/** Google Charts' loader and styles; nothing else from outside is ever allowed. */
const GSTATIC = 'https://www.gstatic.com/charts/';

/** What the application shows of the server that carries it. */
export interface AppSurroundings {
  /** null: there is no stream. */
  readonly hub: StreamHub | null;
  readonly refused: RefusedConnections;
}

export function restApp(
  sources: RestSources,
  report: (error: unknown) => void,
  { hub, refused }: AppSurroundings = { hub: null, refused: { total: 0, perAddress: 0 } },
): Express {
  const { settings } = sources;
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('query parser', 'simple');
  app.use(securityHeaders(settings.charts === 'google'));
  // Before the gate: what watches over Weir calls it by any name, from any address.
  app.use('/health', readOnly, healthRoutes(sources));
  app.use(admit(() => sources.gate, 'read'));
  app.use(['/gviz', '/api/v1/gviz'], gvizRoutes(sources));
  app.use(readOnly);
  app.use('/api/v1', apiRoutes(sources));
  if (hub) app.use('/api/v1', streamRoutes(sources, hub));
  app.use('/metrics', metricsRoute(sources, hub, refused));
  app.use('/docs', docsRoute(settings.version));
  app.use(pageRoutes(settings.pageFolder));
  app.use((request: Request) => {
    const detail = `${request.path} is not an address of Weir; see /docs`;
    throw new ProblemDetails(404, 'not-found', 'There is nothing here.', [
      { param: 'path', detail },
    ]);
  });
  app.use(problemHandler(report));
  return app;
}

function securityHeaders(google: boolean) {
  const charts = google ? [GSTATIC] : [];
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'self'"],
        'script-src': ["'self'", ...charts],
        'style-src': ["'self'", ...charts],
        'style-src-attr': ["'unsafe-inline'"],
        'img-src': ["'self'", 'data:'],
        'connect-src': ["'self'"],
        'object-src': ["'none'"],
        'base-uri': ["'none'"],
        'form-action': ["'self'"],
        'frame-ancestors': ["'self'"],
      },
    },
    // The address is often plain HTTP on loopback, where a promise of HTTPS would lock people out.
    strictTransportSecurity: false,
  });
}

function readOnly(request: Request, response: Response, next: () => void): void {
  if (['GET', 'HEAD'].includes(request.method)) return next();
  response.set('Allow', 'GET, HEAD');
  throw new ProblemDetails(405, 'method-not-allowed', 'Everything here is read only.', [
    { param: 'method', detail: `${request.method} is not allowed; use GET` },
  ]);
}

function apiRoutes(sources: RestSources) {
  const router = express.Router();
  const document = openApiDocument(sources.settings.version);
  // What is asked for most comes first.
  router.use(bucketRoutes(sources), channelRoutes(sources), eventRoutes(sources));
  router.use(badgeRoutes(sources), configurationRoutes(sources), ledgerRoutes(sources));
  router.get('/openapi.json', produces('application/json'), (_request, response) => {
    response.json(document);
  });
  return router;
}

function docsRoute(version: string) {
  const router = express.Router();
  const options = {
    customSiteTitle: 'Weir: REST',
    swaggerOptions: { url: '/api/v1/openapi.json' },
  };
  const page = swaggerUi.setup(openApiDocument(version), options);
  router.use(swaggerUi.serve);
  router.get('/', page);
  return router;
}

function metricsRoute(sources: RestSources, hub: StreamHub | null, refused: RefusedConnections) {
  const router = express.Router();
  const exposition = metricsExposition(sources, refused);
  const stream = hub ? streamExposition(hub.counters) : async () => '';
  router.get('/', produces('text/plain'), async (_request, response) => {
    const texts = [await exposition.render(), await stream()];
    response.set('Content-Type', exposition.contentType).send(texts.join(''));
  });
  return router;
}

function healthRoutes(sources: RestSources) {
  const router = express.Router();
  const report = () => {
    const { store, log, threads } = sources.health();
    const ok = store.trouble === null && threads.every((thread) => thread.ok);
    return {
      status: ok ? 'ok' : 'degraded',
      store: { ok: store.trouble === null, detail: store.trouble ?? store.waiting ?? '' },
      log,
      threads: threads.map((thread) => ({ ...thread, silentMs: Math.round(thread.silentMs) })),
    };
  };
  router.use(produces('application/json'));
  router.get('/live', (_request, response) => {
    response.set('Cache-Control', 'no-store').json(report());
  });
  router.get('/ready', (_request, response) => {
    const body = report();
    response.status(body.status === 'ok' ? 200 : 503);
    response.set('Cache-Control', 'no-store').json(body);
  });
  return router;
}

/** The built page; its hashed assets never change, its index does. */
function pageRoutes(folder: string) {
  const router = express.Router();
  router.get('/embed', (_request, response) => {
    // Made to be shown in pages of other sites: it has nothing that a click could do harm with.
    const policy = response.get('Content-Security-Policy') ?? '';
    response.set(
      'Content-Security-Policy',
      policy.replace(/frame-ancestors [^;]*/, 'frame-ancestors *'),
    );
    response.removeHeader('X-Frame-Options');
    response.sendFile(join(folder, 'index.html'));
  });
  router.use('/assets', express.static(join(folder, 'assets'), { immutable: true, maxAge: '1y' }));
  router.use(express.static(folder));
  router.get('/', (_request, response) => {
    const hint = existsSync(folder) ? 'is damaged' : 'has not been built';
    response.type('text/plain').send(`The page ${hint}: run "npm run build", then reload.\n`);
  });
  return router;
}
