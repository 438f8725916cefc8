/** GET /metrics: the ledger and the health of every channel, for Prometheus. */
import { Counter, Gauge, Registry } from 'prom-client';
import { readLink } from '../shared/link-words.ts';
import type { RestSources } from './sources.ts';

/** What became of a received message; the label `outcome`. */
const OUTCOMES = ['counted', 'filtered', 'late', 'duplicate', 'malformed', 'shed'] as const;

export interface Exposition {
  readonly contentType: string;
  render(): Promise<string>;
}

/** Renders the values that the board has at that moment. */
export function metricsExposition(sources: RestSources): Exposition {
  const registry = new Registry();
  const labelNames = ['channel'] as const;
  const counter = (name: string, help: string, labels: readonly string[] = labelNames) =>
    new Counter({ name, help, labelNames: [...labels], registers: [registry] });
  const gauge = (name: string, help: string, labels: readonly string[] = labelNames) =>
    new Gauge({ name, help, labelNames: [...labels], registers: [registry] });

  const received = counter('weir_received_messages_total', 'Messages that came off the wire.');
  const messages = counter('weir_messages_total', 'Received messages by what became of them.', [
    'channel',
    'outcome',
  ]);
  const missed = counter('weir_missed_messages_total', 'Messages that the feed says were lost.');
  const unknown = counter('weir_losses_of_unknown_size_total', 'Losses whose size nobody knows.');
  const covered = counter('weir_covered_seconds_total', 'Seconds observed.');
  const coarse = counter(
    'weir_coarse_batches_total',
    'Batches put into a later second: ring full.',
  );
  const up = gauge('weir_link_up', 'Whether the feed is connected and proven alive.');
  const keys = gauge('weir_keys', 'Keys that have a series of their own.');
  const behind = gauge('weir_unsealed_seconds', 'Final seconds that are not in the store yet.');
  const thread = gauge('weir_thread_ok', 'Whether the thread has given a sign of life lately.', [
    'thread',
  ]);
  const store = gauge('weir_store_ok', 'Whether the store could be written the last time.', []);
  const build = gauge('weir_build_info', 'The version that runs.', ['version']);

  const collect = () => {
    // Counters are set to the board's totals, so they are exact however often they are read.
    registry.resetMetrics();
    for (const { descriptor, ring } of sources.channels) {
      const channel = descriptor.name;
      const totals = ring.totals();
      received.inc({ channel }, totals.received);
      for (const outcome of OUTCOMES) messages.inc({ channel, outcome }, totals[outcome]);
      missed.inc({ channel }, totals.missed);
      unknown.inc({ channel }, totals.missedUnknown);
      covered.inc({ channel }, totals.coveredMs / 1_000);
      coarse.inc({ channel }, totals.coarse);
      up.set({ channel }, readLink(ring.views).state === 'up' ? 1 : 0);
      keys.set({ channel }, ring.keyCount);
      behind.set({ channel }, Math.max(0, ring.newest - ring.sealed));
    }
    const { store: condition, threads } = sources.health();
    store.set(condition.trouble === null ? 1 : 0);
    for (const { name, ok } of threads) thread.set({ thread: name }, ok ? 1 : 0);
    build.set({ version: sources.settings.version }, 1);
  };
  return {
    contentType: registry.contentType,
    render() {
      collect();
      return registry.metrics();
    },
  };
}
