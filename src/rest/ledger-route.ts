/** GET /api/v1/ledger: what became of every message that was received in this run, by channel and by thread. */
import { type Request, type Response, Router } from 'express';
import { addTally, emptyTally, ledgerDifference, type Tally } from '../model/tally.ts';
import { produces } from './negotiation.ts';
import { parameters } from './parameters.ts';
import { noQuery } from './queries.ts';
import type { LedgerEntry } from './schemas.ts';
import type { RestSources } from './sources.ts';
import { formatTime } from './time-parameter.ts';

export function ledgerRoutes(sources: RestSources): Router {
  const router = Router();
  router.get('/ledger', produces('application/json'), (request: Request, response: Response) => {
    parameters(request, noQuery);
    const channels = sources.channels.map(({ descriptor, ring, thread }) => ({
      channel: descriptor.name,
      thread,
      tally: ring.totals(),
    }));
    const threads = [...Map.groupBy(channels, ({ thread }) => thread)].map(([thread, group]) => {
      const tally = emptyTally();
      for (const one of group) addTally(tally, one.tally);
      return { thread, ...entry(tally) };
    });
    response.set('Cache-Control', 'no-cache').json({
      data: {
        channels: channels.map(({ tally, ...names }) => ({ ...names, ...entry(tally) })),
        threads,
      },
      meta: { generatedAt: formatTime(sources.clock.now()) },
    });
  });
  return router;
}

function entry(tally: Tally): LedgerEntry {
  const { received, counted, filtered, late, duplicate, malformed } = tally;
  const { replayed, undated, missed, missedUnknown } = tally;
  return {
    received,
    counted,
    filtered,
    late,
    duplicate,
    malformed,
    difference: ledgerDifference(tally),
    replayed,
    undated,
    missed,
    lossesOfUnknownSize: missedUnknown,
  };
}
