/** Every text of the page, in one place. */
import type { BucketView } from './api.ts';
import { formatClock, formatNumber, formatPercent } from './format.ts';

export const messages = {
  api: 'REST API',
  live: 'Live',
  connecting: 'Connecting to Weir…',
  booting: 'Asking Weir for its channels…',
  unreachable: (since: number) => `Weir does not answer since ${formatClock(since)}, trying again`,
  dataAge: (seconds: number) => `bars are ${formatNumber(Math.round(seconds))} s old`,
  noChannels: 'No channel yet. Add one to channels.yaml and restart:',
  channelCount: (count: number) => (count === 1 ? '1 channel' : `${formatNumber(count)} channels`),
  rate: (rate: number) => `${formatNumber(Math.round(rate * 10) / 10)} /s`,
  total: (total: number, range: string) => `${formatNumber(total)} in ${range}`,
  linkUp: 'connected',
  linkConnecting: 'connecting…',
  linkDown: (since: string, detail: string) =>
    `down since ${formatClock(Date.parse(since))}${detail ? `: ${detail}` : ''}`,
  loading: 'Loading bars…',
  firstBar: (at: number) => `First whole bar at ${formatClock(at)}`,
  table: 'Numbers',
  csv: 'CSV',
  json: 'JSON',
  columns: { time: 'Interval', count: 'Messages', sum: 'Sum', state: 'State' },
  nothing: '—',
  googleBlocked: 'Google Charts cannot be reached; these are Weir’s own bars.',
  stripLabel: 'Coverage',
  stateNames: {
    open: 'so far',
    complete: 'complete',
    partial: 'partial',
    missing: 'not observed',
  } as const,
};

/** What a bucket's state means, in words: for tooltip, strip and table. */
export function stateText(bucket: BucketView): string {
  const { state, coverage, missed, gaps } = bucket;
  const parts: string[] = [messages.stateNames[state]];
  if (state === 'partial') parts.push(`${formatPercent(coverage)} observed`);
  if (missed === null) parts.push('an unknown number missed');
  else if (missed > 0) parts.push(`${formatNumber(missed)} missed`);
  const [gap] = gaps;
  if (gap && state !== 'complete') parts.push(gap.detail || gap.cause);
  return parts.join(', ');
}
