/** Every text of the page, in one place. */
import type { BucketState, GapCause } from '../../src/model/bucket.ts';
import type { EventKind } from '../../src/model/channel.ts';
import type { BucketView } from './api.ts';
import type { Totals } from './chart-model.ts';
import { timeNow } from './clock.ts';
import { formatClock, formatLength, formatMoment, formatNumber, formatPercent } from './format.ts';
import { visible } from './key-name.ts';

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

/** Why there is a gap, where it has no detail of its own. */
const gapCauses: Readonly<Record<GapCause, string>> = {
  feed: 'the feed was down',
  down: 'Weir was not running',
  reload: 'the channel was changed in channels.yaml',
  clock: 'the clock went back, and showed this time twice',
  suspended: 'this machine or Weir was suspended',
  stalled: 'Weir was too busy to read',
  damaged: 'the store is damaged here',
  malformed: 'no message could be read',
  redefined: 'counted by another definition',
};
/** The detail of a feed that has not been connected yet. */
const CONNECTING = 'connecting';

/** Names of the kinds of events. */
const eventNames: Readonly<Record<EventKind, string>> = {
  start: 'Weir started',
  stop: 'Weir stopped',
  connect: 'connected',
  disconnect: 'connection lost',
  loss: 'messages lost',
  reload: 'configuration reloaded',
  'config-refused': 'configuration refused',
  'processor-error': 'processor failed',
  'feed-error': 'feed failed',
  'keys-full': 'key without a series',
  undated: 'times not readable',
  'positions-full': 'too many positions',
  'path-unmatched': 'path matches nothing',
  'prune-wait': 'pruning waits',
  pause: 'Weir was paused',
  'ring-full': 'counting fell behind',
  'thread-restart': 'thread restarted',
  'clock-step': 'clock stepped',
  'store-error': 'store failed',
  degraded: 'degraded',
  'rest-error': 'REST failed',
  'rtm-error': 'RTM server failed',
};

export const messages = {
  notSplit: 'Not split by key',
  moreKeys: (count: number) => `and ${count} more`,
  product: 'Weir',
  skip: 'Skip to the channels',
  api: 'REST API',
  live: 'Live',
  paused: 'Paused',
  polling: 'Live (polling)',
  reconnecting: (seconds: number) =>
    seconds < 2 ? 'Reconnecting…' : `Reconnecting, data is ${formatNumber(seconds)} s old`,
  connecting: 'Connecting…',
  booting: 'Loading channels…',
  unreachable: (since: number) => `No answer from Weir since ${formatClock(since)}. Retrying.`,
  unreachableTitle: 'Weir: no answer',
  feedsDown: (count: number, all: number) =>
    all === 1 ? 'The feed is down' : `${formatNumber(count)} of ${formatNumber(all)} feeds down`,
  downTitle: (count: number, title: string) => `(${count} down) ${title}`,
  refused: (reason: string) => `No new bars: ${reason}`,
  dataAge: (seconds: number) => `Bars are ${formatNumber(Math.max(1, Math.round(seconds)))} s old`,
  noChannels: 'No channel yet',
  howToAdd: 'Add one to channels.yaml, such as this:',
  noSuchChannel: (name: string) => `There is no channel "${name}".`,
  nothingFound: (filter: string) => `No channel matches "${filter}".`,
  showAll: 'Show all channels',
  allChannels: 'All channels',
  channelCount: (count: number) => (count === 1 ? '1 channel' : `${formatNumber(count)} channels`),
  configurationRefused:
    'channels.yaml has an error and was not applied. The previous version keeps running.',
  rate: (rate: number) => formatNumber(rate < 100 ? Math.round(rate * 10) / 10 : Math.round(rate)),
  perSecond: { count: ' /s', sum: ' messages/s' },
  linkUp: 'Connected',
  linkConnecting: 'Connecting…',
  linkDown: (since: string, detail: string) =>
    `Down since ${formatMoment(Date.parse(since), timeNow())}${detail ? `: ${visible(detail)}` : ''}`,
  nextTry: (at: string) => `next try at ${formatClock(Date.parse(at))}`,
  retrying: 'retrying',
  lastKnown: (text: string) => `Last known: ${text}`,
  loading: 'Loading bars…',
  firstBar: (at: number) => `First bar at ${formatMoment(at, timeNow())}`,
  eachBar: (interval: string) => `${formatLength(interval)} bars`,
  coarsened: (interval: string, asked: string) =>
    `${formatLength(interval)} bars (${formatLength(asked)} does not fit)`,
  rangeEmpty: 'Nothing was observed in this range.',
  rangeBefore: 'Weir was not counting this channel then, or the numbers are no longer kept.',
  backToLive: 'Back to now',
  changeTitle: (change: string, compared: number, passed: number) =>
    `${change} against the period before; ${compared} of ${passed} bars compared, those observed in full both times`,
  table: 'Numbers',
  csv: 'CSV',
  json: 'JSON',
  png: 'PNG',
  svg: 'SVG',
  download: (format: string, title: string) => `${format} of ${title}`,
  menu: (title: string) => `More about ${title}`,
  copyLink: 'Copy link',
  shiftCopies: 'With Shift: to this exact time range',
  copyAbsolute: 'Copy link to this exact time range',
  copyEmbed: 'Copy embed code',
  copyBadge: 'Copy badge address',
  copied: 'Copied',
  copyThis: 'Copy this:',
  columns: {
    time: 'Interval',
    count: 'Messages',
    sum: 'Sum',
    state: 'State',
    before: 'Period before',
  },
  nothing: '—',
  soFar: stateNames.open,
  googleBlocked: 'Google Charts cannot be reached; these are Weir’s own bars.',
  moreGaps: (count: number) => (count === 1 ? '1 more gap' : `${count} more gaps`),
  stripLabel: 'Coverage',
  legend: (title: string) => `Keys of ${title}`,
  topKeys: 'Keys shown',
  allKeys: 'all',
  noLogOfStacks: 'On a log scale bars are not split by key.',
  events: 'Events',
  noEvents: 'No events in this range.',
  event: (kind: string) => eventNames[kind as EventKind] ?? kind,
  controls: {
    filter: 'Filter channels',
    sort: 'Sort',
    range: 'Range',
    interval: 'Interval',
    zone: 'Time zone',
    back: 'Earlier',
    forward: 'Later',
    live: 'Now',
    pause: 'Pause',
    sameY: 'Same scale',
    log: 'Log',
    compare: 'Compare',
    kiosk: 'Kiosk',
    leaveKiosk: 'Leave kiosk',
    more: 'Controls',
    help: 'Keyboard',
    configuration: 'Configuration',
    custom: 'Custom…',
    from: 'From',
    to: 'To',
    apply: 'Show',
    close: 'Close',
    own: 'Default range',
    auto: 'auto',
    browser: (zone: string) => `Browser (${zone})`,
    otherZone: 'Other…',
    zoneName: 'Name of a time zone, such as Asia/Kathmandu',
    zoneUnknown: 'That is not a time zone.',
    spanWrong: 'The end must be after the start.',
  },
  sorts: { listed: 'file order', name: 'by title', rate: 'by rate', total: 'by total' },
  rangeName: (range: string) => `Last ${formatLength(range)}`,
  configurationNote:
    'The running channels, read only. Secrets, and what may hold one, are left out.',
  documentation: 'Settings reference',
  keysTitle: 'Keyboard',
  shortcutsOff: 'Turn off single-key shortcuts',
  shortcuts: [
    ['/', 'filter'],
    ['j k', 'next, previous channel'],
    ['Enter', 'its numbers'],
    ['← →', 'bar by bar, in a channel'],
    ['Home End', 'first, last bar'],
    ['o', 'the channel alone, and back'],
    ['[ ]', 'earlier, later'],
    ['n', 'now'],
    ['1 – 5', '15 min, 1 h, 6 h, 24 h, 7 days'],
    ['i', 'length of bars'],
    ['z', 'time zone'],
    ['c y l', 'compare, same scale, log'],
    ['p', 'pause'],
    ['f', 'kiosk'],
    ['s S', 'copy link, to this exact time range'],
    ['?', 'show this help'],
    ['Esc', 'close'],
  ],
} as const;

const joined = (parts: readonly (string | false)[]): string =>
  parts.filter((part) => part !== false).join(', ');

/** What a bucket's state means, in words: for the pointer's tip and the table. `keysRedefined`: not all of it is split by its present keys. */
export function stateText(bucket: BucketView, keysRedefined = false): string {
  const { state, coverage, missed, undated, late, malformed, rev } = bucket;
  return joined([
    stateNames[state],
    state === 'partial' && coverage < 1 && `${formatPercent(coverage)} observed`,
    missed === null && 'an unknown number missed',
    missed !== null && missed > 0 && `${formatNumber(missed)} missed`,
    undated > 0 && `${formatNumber(undated)} counted on arrival, without a usable time`,
    late > 0 && `${formatNumber(late)} too late to be counted`,
    malformed > 0 && `${formatNumber(malformed)} could not be read`,
    ...(state === 'complete' ? [] : gapTexts(bucket)),
    keysRedefined && 'keys counted by another definition',
    rev > 1 && (rev === 2 ? 'amended' : `amended ${rev - 1} times`),
  ]);
}

/** Each cause once, in words; then how many more gaps there are. */
function gapTexts({ gaps }: BucketView): readonly string[] {
  const first = gaps.filter(
    ({ cause }, index) => gaps.findIndex((gap) => gap.cause === cause) === index,
  );
  const more = gaps.length - first.length;
  return [...first.map(gapText), ...(more > 0 ? [messages.moreGaps(more)] : [])];
}

/** `the feed was down: closed with code 1006`. The details of other causes are sentences of their own. */
function gapText({ cause, detail }: BucketView['gaps'][number]): string {
  if (cause !== 'feed') return detail || gapCauses[cause];
  if (detail === CONNECTING) return 'the feed was not connected yet';
  return detail === '' ? gapCauses.feed : `${gapCauses.feed}: ${visible(detail)}`;
}

/** `At least 1,379 in 5 min, peak 82 at 06:03:35`; `−4,210 observed in 5 min`; `Nothing observed`. */
export function summaryText(totals: Totals, range: string | null): string {
  const { total, peak } = totals;
  if (total === null) return 'Nothing observed';
  const amount = amountText(total, totals);
  return joined([
    range === null ? amount : `${amount} in ${formatLength(range)}`,
    peak !== null && `peak ${formatNumber(peak.whole!)} at ${formatMoment(peak.start, timeNow())}`,
  ]).replace(/^./, (letter) => letter.toUpperCase());
}

/** What was not observed can only add to a count; a sum it may change either way. */
function amountText(total: number, { isPart, measure }: Totals): string {
  if (!isPart) return formatNumber(total);
  return measure === 'sum' ? `${formatNumber(total)} observed` : `at least ${formatNumber(total)}`;
}

/** `Coverage: 30 complete, 1 partial, 27 not observed, 1 so far`. */
export function coverageText(counts: Readonly<Record<BucketState, number>>): string {
  const states = (['complete', 'partial', 'missing', 'open'] as const).filter(
    (state) => counts[state] > 0,
  );
  return `${messages.stripLabel}: ${states.map((state) => `${counts[state]} ${stateNames[state]}`).join(', ')}`;
}
