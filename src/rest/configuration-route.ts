/** GET /api/v1/configuration: what runs, without secrets, and why a newer file was refused; and its schema. */
import { fileURLToPath } from 'node:url';
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { produces } from './negotiation.ts';
import { parameters } from './parameters.ts';
import { noQuery } from './queries.ts';
import type { RestSources } from './sources.ts';
import { formatTime } from './time-parameter.ts';

/** The JSON Schema of channels.yaml, as editors use it. */
const SCHEMA_FILE = fileURLToPath(new URL('../../channels.schema.json', import.meta.url));

export const configurationView = z
  .strictObject({
    data: z.strictObject({
      problems: z.array(
        z.strictObject({
          code: z.string(),
          message: z.string(),
          file: z.string().nullable(),
          line: z.int().nullable(),
          column: z.int().nullable(),
        }),
      ),
      loadedAt: z.iso.datetime(),
      yaml: z.string().meta({ description: 'The running channels. Secrets are left out.' }),
    }),
  })
  .meta({ id: 'Configuration' });

export function configurationRoutes(sources: RestSources): Router {
  const router = Router();
  router.get(
    '/configuration',
    produces('application/json'),
    (request: Request, response: Response) => {
      parameters(request, noQuery);
      const { problems, loadedAt, yaml } = sources.configuration();
      const data: z.infer<typeof configurationView>['data'] = {
        problems: problems.map(({ code, message, place }) => ({
          code,
          message,
          file: place?.file ?? null,
          line: place?.line ?? null,
          column: place?.column ?? null,
        })),
        loadedAt: formatTime(loadedAt),
        yaml,
      };
      response.set('Cache-Control', 'no-cache').json({ data });
    },
  );
  router.get(
    '/configuration/schema',
    produces('application/json'),
    (request: Request, response: Response) => {
      parameters(request, noQuery);
      response.set('Cache-Control', 'no-cache').sendFile(SCHEMA_FILE);
    },
  );
  return router;
}
