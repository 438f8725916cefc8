/** The stream's own numbers, for Prometheus: every bound on viewers has one that shows when it is hit. */
import { Counter, Gauge, Registry } from 'prom-client';
import type { HubCounters } from './hub.ts';

/** What only rises, by its name in the exposition. */
const RISING: {
  readonly [name in Exclude<keyof HubCounters, 'viewers'>]: readonly [string, string];
} = {
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
  const viewers = new Gauge({
    name: 'weir_stream_viewers',
    help: 'Viewers of the stream now.',
    registers: [registry],
  });
  const rising = Object.entries(RISING).map(([key, [name, help]]) => {
    const counter = new Counter({ name, help, registers: [registry] });
    return () => counter.inc(counters[key as keyof HubCounters]);
  });
  return () => {
    registry.resetMetrics();
    viewers.set(counters.viewers);
    for (const set of rising) set();
    return registry.metrics();
  };
}
