/** The view in force: read from the address, written back to it, and what of it is remembered. */
import { computed, effect, signal } from '@preact/signals';
import { PLAIN_VIEW, readView, type ViewState, writeView } from './view-state.ts';
import { browserZone, setZone } from './zone.ts';

const REMEMBERED = ['zone', 'sameY', 'log', 'compare', 'sort'] as const;
const STORAGE_KEY = 'weir';
/** Embedded in another page: bars and nothing around them. */
export const embedded = location.pathname.endsWith('/embed');

export const view = signal<ViewState>(initial());
/** Pixels between the ends of the time axis of a card; 0 until measured. */
export const plotWidth = signal(0);
export const zoneName = computed(() => view.value.zone ?? browserZone());

/** A link says all that it means; only a bare address takes what was remembered. */
function initial(): ViewState {
  const { search } = location;
  return readView(search, search === '' ? { ...PLAIN_VIEW, ...remembered() } : PLAIN_VIEW);
}

/** Changes what is given. A change of what is looked at can be gone back from; others cannot. */
export function setView(change: Partial<ViewState>): void {
  const before = view.value;
  view.value = { ...before, ...change };
  const address = `${location.pathname}${writeView(view.value)}`;
  const step = 'channel' in change && change.channel !== before.channel;
  if (step) history.pushState(null, '', address);
  else history.replaceState(null, '', address);
  remember(view.value);
}

/** The address of a view, whole. */
export function linkTo(change: Partial<ViewState>, page = ''): string {
  const next = { ...view.value, ...change };
  return new URL(page + writeView(next) || '.', document.baseURI).href;
}

addEventListener('popstate', () => {
  view.value = readView(location.search);
});
// Before anything is drawn: formats and axes take the zone from there.
effect(() => setZone(view.value.zone));

function remembered(): Partial<ViewState> {
  try {
    const held = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '{}') as Record<string, unknown>;
    const known = REMEMBERED.filter(
      (key) => typeof held[key] === typeof PLAIN_VIEW[key] || key === 'zone',
    );
    return Object.fromEntries(known.flatMap((key) => (key in held ? [[key, held[key]]] : [])));
  } catch {
    // What follows: nothing is remembered, as in a private window.
    return {};
  }
}

function remember(state: ViewState): void {
  try {
    const held = Object.fromEntries(REMEMBERED.map((key) => [key, state[key]]));
    localStorage.setItem(STORAGE_KEY, JSON.stringify(held));
  } catch {
    // What follows: nothing is remembered.
  }
}
