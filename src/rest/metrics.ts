/** GET /metrics: the ledger and the health of every channel, for Prometheus. */
import { Counter, Gauge, Registry } from 'prom-client';
import { readLink } from '../shared/link-words.ts';
import type { RestChannel, RestSources } from './sources.ts';

/** What became of a received message; the label `outcome`. */
const OUTCOMES = ['counted', 'filtered', 'late', 'duplicate', 'malformed'] as const;

export interface Exposition {
  readonly contentType: string;
  render(): Promise<string>;
}

/** Connections that were not taken, by the bound that was hit. */
export interface RefusedConnections {
  readonly total: number;
  readonly perAddress: number;
}

/** Renders the values that the board has at that moment. */
export function metricsExposition(sources: RestSources, refused: RefusedConnections): Exposition {
  const registry = new Registry();
  const collectChannel = channelMetrics(registry);
  const collectService = serviceMetrics(registry);
  return {
    contentType: registry.contentType,
    render() {
      // Counters are set to the board's totals, so they are exact however often they are read.
      registry.resetMetrics();
      for (const channel of sources.channels) collectChannel(channel);
      collectService(sources, refused);
      return registry.metrics();
    },
  };
}

function channelMetrics(registry: Registry) {
  const counter = (name: string, help: string, ...labels: string[]) =>
    new Counter({ name, help, labelNames: ['channel', ...labels], registers: [registry] });
  const gauge = (name: string, help: string) =>
    new Gauge({ name, help, labelNames: ['channel'], registers: [registry] });

  const received = counter('weir_received_messages_total', 'Messages that came off the wire.');
  const messages = counter(
    'weir_messages_total',
    'Received messages by what became of them.',
    'outcome',
  );
  const undated = counter(
    'weir_undated_messages_total',
    'Counted messages whose time could not be read, or was ahead: they count on arrival.',
  );
  const missed = counter(
    'weir_missed_messages_total',
    'Messages that the feed says were lost, those found later among them.',
  );
  const found = counter('weir_found_messages_total', 'Missed messages that came after all.');
  const unknown = counter('weir_losses_of_unknown_size_total', 'Losses whose size nobody knows.');
  const covered = counter(
    'weir_covered_seconds_total',
    'Seconds observed, those taken back later among them.',
  );
  const uncovered = counter(
    'weir_uncovered_seconds_total',
    'Covered seconds that were taken back: the link had been dead.',
  );
  const coarse = counter(
    'weir_coarse_batches_total',
    'Batches put into a later second: ring full.',
  );
  const up = gauge('weir_link_up', 'Whether the feed is connected and proven alive.');
  const keys = gauge('weir_keys', 'Keys that have a series of their own.');
  const behind = gauge('weir_unsealed_seconds', 'Final seconds that are not in the store yet.');

  return ({ descriptor, ring }: RestChannel) => {
    const channel = descriptor.name;
    const totals = ring.totals();
    const rising = risingTotals(totals);
    received.inc({ channel }, totals.received);
    for (const outcome of OUTCOMES) messages.inc({ channel, outcome }, totals[outcome]);
    undated.inc({ channel }, totals.undated);
    missed.inc({ channel }, rising.missed);
    found.inc({ channel }, rising.found);
    unknown.inc({ channel }, totals.missedUnknown);
    covered.inc({ channel }, rising.coveredMs / 1_000);
    uncovered.inc({ channel }, rising.takenBackMs / 1_000);
    coarse.inc({ channel }, totals.coarse);
    up.set({ channel }, readLink(ring.views).state === 'up' ? 1 : 0);
    keys.set({ channel }, ring.keyCount);
    behind.set({ channel }, Math.max(0, ring.newest - ring.sealed));
  };
}

/**
 * A channel's totals as numbers that only rise. In the tally, what is taken back is subtracted; a counter that falls
 * is taken for a restart, and its whole value is then counted again.
 */
export function risingTotals(totals: ReturnType<RestChannel['ring']['totals']>) {
  const { takenBackMs, found } = totals;
  return {
    coveredMs: totals.coveredMs + takenBackMs,
    takenBackMs,
    missed: totals.missed + found,
    found,
  };
}

function serviceMetrics(registry: Registry) {
  const gauge = (name: string, help: string, ...labelNames: string[]) =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  const thread = gauge(
    'weir_thread_ok',
    'Whether the thread has given a sign of life lately.',
    'thread',
  );
  const store = gauge('weir_store_ok', 'Whether the store could be written the last time.');
  const build = gauge('weir_build_info', 'The version that runs.', 'version');
  const connections = new Counter({
    name: 'weir_connections_refused_total',
    help: 'Connections of page and REST that were not taken: too many in all, or of one address.',
    labelNames: ['bound'],
    registers: [registry],
  });
  const dropped = new Counter({
    name: 'weir_log_lines_dropped_total',
    help: 'Lines of the log that were dropped: nobody read them in time.',
    registers: [registry],
  });
  return ({ health, settings }: RestSources, refused: RefusedConnections) => {
    const { store: condition, log, threads } = health();
    dropped.inc(log.droppedLines);
    store.set(condition.trouble === null ? 1 : 0);
    for (const { name, ok } of threads) thread.set({ thread: name }, ok ? 1 : 0);
    build.set({ version: settings.version }, 1);
    connections.inc({ bound: 'total' }, refused.total);
    connections.inc({ bound: 'address' }, refused.perAddress);
  };
}
