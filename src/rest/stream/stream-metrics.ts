/** The stream's own numbers, for Prometheus: every bound on viewers has one that shows when it is hit. */
import { Gauge, Registry } from 'prom-client';
import type { HubCounters } from './hub.ts';

const HELP: { readonly [name in keyof HubCounters]: readonly [string, string] } = {
  viewers: ['weir_stream_viewers', 'Viewers of the stream now.'],
  refused: ['weir_stream_viewers_refused_total', 'Viewers sent away: there were too many.'],
  dropped: ['weir_stream_viewers_dropped_total', 'Viewers let go: they took nothing for too long.'],
  overflowed: [
    'weir_stream_viewers_overflowed_total',
    'Slow viewers told to fetch anew: even the latest of each bucket was too much.',
  ],
  unwatched: ['weir_stream_series_unwatched_total', 'Series over the bound, told to nobody.'],
  merged: ['weir_stream_events_merged_total', 'Events that slow viewers got only the latest of.'],
};

/** Renders the counters as they are at that moment. */
export function streamExposition(counters: HubCounters): () => Promise<string> {
  const registry = new Registry();
  const gauges = Object.entries(HELP).map(([key, [name, help]]) => {
    const gauge = new Gauge({ name, help, registers: [registry] });
    return () => gauge.set(counters[key as keyof HubCounters]);
  });
  return () => {
    for (const set of gauges) set();
    return registry.metrics();
  };
}
