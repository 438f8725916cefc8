/** Every text of the page, in one place. */
import type { BucketState, GapCause } from '../../src/model/bucket.ts';
import type { BucketView } from './api.ts';
import type { Totals } from './chart-model.ts';
import { formatClock, formatLength, formatMoment, formatNumber, formatPercent } from './format.ts';

/** A channel to start with; a test holds it to the configuration's own rules. */
export const EXAMPLE = `channels:
  trades:
    title: Bitcoin trades
    feed:
      kind: websocket
      url: wss://ws-feed.exchange.coinbase.com
      subscribe: { type: subscribe, product_ids: [BTC-USD], channels: [matches] }
      only: { type: match }`;

const stateNames: Readonly<Record<BucketState, string>> = {
  open: 'so far',
  complete: 'complete',
  partial: 'partial',
  missing: 'not observed',
};

const gapCauses: Readonly<Record<GapCause, string>> = {
  feed: 'the feed was down',
  down: 'Weir was not running',
  reload: 'the channel was reloaded',
  damaged: 'the store is damaged here',
};

export const messages = {
  api: 'REST API',
  live: 'Live',
  connecting: 'Connecting…',
  booting: 'Asking Weir for its channels…',
  unreachable: (since: number) => `Weir does not answer since ${formatClock(since)}, trying again`,
  unreachableTitle: 'Weir: no answer',
  refused: (reason: string) => `No new bars: ${reason}`,
  dataAge: (seconds: number) => `Bars are ${formatNumber(Math.max(1, Math.round(seconds)))} s old`,
  noChannels: 'No channel yet',
  howToAdd: 'Add one to channels.yaml, such as this, and restart:',
  channelCount: (count: number) => (count === 1 ? '1 channel' : `${formatNumber(count)} channels`),
  rate: (rate: number) => formatNumber(rate < 100 ? Math.round(rate * 10) / 10 : Math.round(rate)),
  perSecond: ' /s',
  linkUp: 'Connected',
  linkConnecting: 'Connecting…',
  linkDown: (since: string, detail: string) =>
    `Down since ${formatMoment(Date.parse(since), Date.now())}${detail ? `: ${detail}` : ''}`,
  lastKnown: (text: string) => `Last known: ${text}`,
  loading: 'Loading bars…',
  firstBar: (at: number) => `First bar at ${formatMoment(at, Date.now())}`,
  eachBar: (interval: string) => `${formatLength(interval)} each`,
  table: 'Numbers',
  csv: 'CSV',
  json: 'JSON',
  download: (format: string, title: string) => `${format} of ${title}`,
  columns: { time: 'Interval', count: 'Messages', sum: 'Sum', state: 'State' },
  nothing: '—',
  soFar: stateNames.open,
  googleBlocked: 'Google Charts cannot be reached; these are Weir’s own bars.',
  moreGaps: (count: number) => (count === 1 ? '1 more gap' : `${count} more gaps`),
  stripLabel: 'Coverage',
};

const joined = (parts: readonly (string | false)[]): string =>
  parts.filter((part) => part !== false).join(', ');

/** What a bucket's state means, in words: for the pointer's tip and the table. */
export function stateText({ state, coverage, missed, gaps }: BucketView): string {
  const [gap, ...more] = gaps;
  const cause = gap && (gap.detail || gapCauses[gap.cause]);
  return joined([
    stateNames[state],
    state === 'partial' && coverage < 1 && `${formatPercent(coverage)} observed`,
    missed === null && 'an unknown number missed',
    missed !== null && missed > 0 && `${formatNumber(missed)} missed`,
    cause !== undefined && state !== 'complete' && cause,
    more.length > 0 && state !== 'complete' && messages.moreGaps(more.length),
  ]);
}

/** `At least 1,379 in 5 min, peak 82 at 06:03:35`. */
export function summaryText({ total, atLeast, peak }: Totals, range: string): string {
  const amount = `${atLeast ? 'at least ' : ''}${formatNumber(total)}`;
  return joined([
    `${amount} in ${formatLength(range)}`,
    peak !== null && `peak ${peak.shown} at ${formatMoment(peak.start, Date.now())}`,
  ]).replace(/^./, (letter) => letter.toUpperCase());
}

/** `Coverage: 30 complete, 1 partial, 27 not observed, 1 so far`. */
export function coverageText({ counts }: Totals): string {
  const states = (['complete', 'partial', 'missing', 'open'] as const).filter(
    (state) => counts[state] > 0,
  );
  return `${messages.stripLabel}: ${states.map((state) => `${counts[state]} ${stateNames[state]}`).join(', ')}`;
}
