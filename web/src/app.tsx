/** The whole page: header, controls, cards, and what has to be said about all of them. */
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { Card } from './card.tsx';
import { Dialogs } from './dialogs.tsx';
import { Header } from './header.tsx';
import { EXAMPLE, messages } from './messages.ts';
import { MARGIN } from './plot-box.ts';
import { Said } from './say.tsx';
import { configuration, googleBlocked, keepUp, list, shown } from './store.ts';
import { useTab } from './tab.ts';
import { Toolbar } from './toolbar.tsx';
import { embedded, plotWidth, setView, view } from './view.ts';

export function App() {
  useEffect(keepUp, []);
  useTab();
  const bare = embedded || view.value.kiosk;
  return (
    <div class={`page ${bare ? 'is-bare' : ''} ${embedded ? 'is-embedded' : ''}`}>
      {!bare && (
        <>
          <a class="skip" href="#channels">
            {messages.skip}
          </a>
          <Header />
          <Toolbar />
        </>
      )}
      {view.value.kiosk && !embedded && <LeaveKiosk />}
      <Refused />
      <main id="channels" tabIndex={-1}>
        {bare && <h1 class="unseen">{messages.product}</h1>}
        <Channels />
      </main>
      {googleBlocked.value && !embedded && (
        <p class="notice" role="status">
          {messages.googleBlocked}
        </p>
      )}
      <Said />
      <Dialogs />
    </div>
  );
}

/** Seen when it has the focus, or the pointer is near. */
function LeaveKiosk() {
  return (
    <button type="button" class="leave-kiosk" onClick={() => setView({ kiosk: false })}>
      {messages.controls.leaveKiosk}
    </button>
  );
}

/** A configuration that was refused: every problem, with its place. */
function Refused() {
  const problems = configuration.value?.problems ?? [];
  if (problems.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <section class="refused" role="alert" tabIndex={0}>
      <p>{messages.configurationRefused}</p>
      <ul>
        {problems.map(({ file, line, column, message }) => (
          <li key={`${file} ${line} ${column} ${message}`}>
            {file !== null && (
              <code>
                {file}:{line}:{column}
              </code>
            )}{' '}
            {message}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Channels() {
  const grid = useRef<HTMLDivElement>(null);
  const answer = list.value;
  const { channel, filter } = view.value;
  const found = shown.value;
  useMeasure(grid, found.length > 0, channel);
  if (!answer) return <p class="hint">{messages.booting}</p>;
  if (answer.data.length === 0) return <NoChannels />;
  if (found.length === 0) {
    return (
      <p class="hint">
        {channel === null ? messages.nothingFound(filter) : messages.noSuchChannel(channel)}{' '}
        <button type="button" onClick={() => setView({ channel: null, filter: '' })}>
          {messages.showAll}
        </button>
      </p>
    );
  }
  const google = answer.meta.charts === 'google';
  return (
    <div class="grid" ref={grid}>
      {found.map((one) => (
        <Card key={one.name} channel={one} google={google} alone={channel !== null} />
      ))}
    </div>
  );
}

/** Widths are taken in steps, so that dragging a window does not ask for other bars at every pixel. */
const WIDTH_STEP_PX = 20;

/** The width between the ends of a card's time axis: it decides how fine bars may be. */
function useMeasure(
  grid: { readonly current: HTMLElement | null },
  hasCards: boolean,
  channel: string | null,
): void {
  useLayoutEffect(() => {
    const element = grid.current;
    if (!element) return;
    const measure = () => {
      const width = element.querySelector('figure')?.clientWidth ?? 0;
      const inner = width - MARGIN.left - MARGIN.right;
      plotWidth.value = Math.max(0, Math.floor(inner / WIDTH_STEP_PX) * WIDTH_STEP_PX);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [hasCards, channel]);
}

function NoChannels() {
  return (
    <section class="hint empty">
      <h2>{messages.noChannels}</h2>
      <p>{messages.howToAdd}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>{EXAMPLE}</pre>
    </section>
  );
}
