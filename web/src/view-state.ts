/** What the reader has chosen, and how the address holds all of it. Pure. */
import { parseDuration, parseInterval } from '../../src/model/interval.ts';

export const SORTS = ['listed', 'name', 'rate', 'total'] as const;
export type Sort = (typeof SORTS)[number];

export interface ViewState {
  /** One channel alone; null for all. */
  readonly channel: string | null;
  /** How far back from now, as `2h`; null: as each channel says. */
  readonly range: string | null;
  /** A span that stands still, Unix milliseconds; null while it follows the clock. Wins over `range`. */
  readonly span: { readonly from: number; readonly to: number } | null;
  /** null: chosen by the page. */
  readonly interval: string | null;
  /** IANA name; null: the browser's. */
  readonly zone: string | null;
  readonly sameY: boolean;
  readonly log: boolean;
  readonly compare: boolean;
  readonly paused: boolean;
  readonly kiosk: boolean;
  readonly filter: string;
  readonly sort: Sort;
  /** Keys shown one by one; null: as many as the channel gives. */
  readonly top: number | null;
  /** Keys taken out of the bars. */
  readonly hidden: readonly string[];
}

export const PLAIN_VIEW: ViewState = {
  channel: null,
  range: null,
  span: null,
  interval: null,
  zone: null,
  sameY: false,
  log: false,
  compare: false,
  paused: false,
  kiosk: false,
  filter: '',
  sort: 'listed',
  top: null,
  hidden: [],
};

const FLAGS = {
  sameY: 'samey',
  log: 'log',
  compare: 'compare',
  paused: 'paused',
  kiosk: 'kiosk',
} as const;
const FILTER_LENGTH_MAX = 100;

/** The view that an address's query describes; what it gets wrong is as if not there. */
export function readView(query: string, fallback: ViewState = PLAIN_VIEW): ViewState {
  const given = new URLSearchParams(query);
  const text = (name: string) => given.get(name) || null;
  const flag = (name: keyof typeof FLAGS) => {
    const value = given.get(FLAGS[name]);
    return value === null ? fallback[name] : value !== '0';
  };
  const range = text('range');
  const interval = text('interval');
  const top = Number(given.get('top'));
  const sort = SORTS.find((name) => name === given.get('sort'));
  return {
    channel: text('channel'),
    range: range !== null && parseDuration(range) ? range : null,
    span: readSpan(given.get('from'), given.get('to')),
    interval: interval !== null && parseInterval(interval) ? interval : null,
    zone: readZone(text('tz'), fallback.zone),
    sameY: flag('sameY'),
    log: flag('log'),
    compare: flag('compare'),
    paused: flag('paused'),
    kiosk: flag('kiosk'),
    filter: (given.get('q') ?? '').slice(0, FILTER_LENGTH_MAX),
    sort: sort ?? fallback.sort,
    top: Number.isInteger(top) && top > 0 ? top : null,
    hidden: given.getAll('hide'),
  };
}

function readSpan(from: string | null, to: string | null): ViewState['span'] {
  const span = { from: Date.parse(from ?? ''), to: Date.parse(to ?? '') };
  return span.from < span.to ? span : null;
}

/** `browser` in an address wins over a remembered zone. */
function readZone(zone: string | null, fallback: string | null): string | null {
  if (zone === null) return fallback;
  return zone !== 'browser' && isZone(zone) ? zone : null;
}

/** Whether this browser knows the zone. */
export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    // What follows: it is not offered, or taken for none.
    return false;
  }
}

/** The query that describes the view; `base` is what needs no saying. Empty for nothing to say. */
export function writeView(view: ViewState, base: ViewState = PLAIN_VIEW): string {
  const query = new URLSearchParams();
  const put = (name: string, value: string | null) => {
    if (value) query.set(name, value);
  };
  put('channel', view.channel);
  if (view.span) {
    put('from', new Date(view.span.from).toISOString());
    put('to', new Date(view.span.to).toISOString());
  } else put('range', view.range);
  put('interval', view.interval);
  if (view.zone !== base.zone) put('tz', view.zone ?? 'browser');
  for (const [name, parameter] of Object.entries(FLAGS)) {
    const key = name as keyof typeof FLAGS;
    if (view[key] !== base[key]) put(parameter, view[key] ? '1' : '0');
  }
  put('q', view.filter);
  if (view.sort !== base.sort) put('sort', view.sort);
  put('top', view.top === null ? null : String(view.top));
  for (const key of view.hidden) query.append('hide', key);
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}
