/** The keyboard map. Single keys can be switched off; with a modifier they are the browser's. */
import { effect, signal } from '@preact/signals';
import { openDialog } from './dialogs.tsx';
import { absoluteLink, copy } from './share.ts';
import { step } from './toolbar.tsx';
import { linkTo, setView, view } from './view.ts';

const STORAGE_KEY = 'weir-keys';
const PRESETS = ['15m', '1h', '6h', '24h', '7d'];

export const shortcutsOff = signal(readOff());

function readOff(): boolean {
  try {
    return localStorage.getItem(STORAGE_KEY) === 'off';
  } catch {
    // What follows: they are on, as for everybody new.
    return false;
  }
}

const toggle = (key: 'compare' | 'sameY' | 'log' | 'paused' | 'kiosk') => () =>
  setView({ [key]: !view.value[key] });

const ACTIONS: Readonly<Record<string, () => unknown>> = {
  '/': () => focus('#filter'),
  j: () => walk(1),
  k: () => walk(-1),
  Enter: () => card()?.querySelector<HTMLElement>('summary')?.click(),
  o: alone,
  '[': () => step(-1),
  ']': () => step(1),
  n: () => setView({ span: null }),
  i: () => focus('#interval'),
  z: () => focus('#zone'),
  c: toggle('compare'),
  y: toggle('sameY'),
  l: toggle('log'),
  p: toggle('paused'),
  f: toggle('kiosk'),
  s: () => copy(linkTo({})),
  S: () => copy(absoluteLink(null, null)),
  '?': () => openDialog('keys'),
  ...Object.fromEntries(
    PRESETS.map((range, index) => [String(index + 1), () => setView({ span: null, range })]),
  ),
};

/** Listens to the keys of the whole page. */
export function startShortcuts(): void {
  effect(() => {
    try {
      localStorage.setItem(STORAGE_KEY, shortcutsOff.value ? 'off' : 'on');
    } catch {
      // What follows: it is not remembered.
    }
  });
  document.addEventListener('keydown', (event) => {
    const { key, ctrlKey, metaKey, altKey, target, defaultPrevented } = event;
    if (ctrlKey || metaKey || altKey || defaultPrevented) return;
    if (key === 'Escape') return leave(target as HTMLElement);
    if (shortcutsOff.value || isTyping(target as HTMLElement, key)) return;
    const act = Object.hasOwn(ACTIONS, key) ? ACTIONS[key] : undefined;
    if (!act) return;
    event.preventDefault();
    act();
  });
}

/** Where a key has a meaning of its own. */
function isTyping(target: HTMLElement, key: string): boolean {
  if (document.querySelector('dialog[open]')) return true;
  if (target.closest('input, select, textarea, [popover]')) return true;
  return key === 'Enter' && target.closest('a, button, summary') !== null;
}

function leave(target: HTMLElement): void {
  if (target.id === 'filter') target.blur();
  else if (view.value.kiosk) setView({ kiosk: false });
}

function focus(selector: string): void {
  if (view.value.kiosk) setView({ kiosk: false });
  document.querySelector('.toolbar')?.classList.add('is-open');
  requestAnimationFrame(() => document.querySelector<HTMLElement>(selector)?.focus());
}

/** The card that has the focus. */
function card(): HTMLElement | null {
  return document.activeElement?.closest<HTMLElement>('.card') ?? null;
}

function walk(way: 1 | -1): void {
  const plots = [...document.querySelectorAll<HTMLElement>('.card .plot')];
  const at = plots.findIndex((plot) => plot.closest('.card') === card());
  const next = at < 0 ? 0 : Math.max(0, Math.min(plots.length - 1, at + way));
  plots[next]?.focus();
  plots[next]?.scrollIntoView({ block: 'nearest' });
}

function alone(): void {
  const name = card()?.dataset['channel'];
  if (view.value.channel !== null) setView({ channel: null });
  else if (name) setView({ channel: name });
}
