/** The page's door. */
import { render } from 'preact';
import { App } from './app.tsx';
import { startLive } from './live.ts';
import { wakeAll } from './poll.ts';
import { startShortcuts } from './shortcuts.ts';
import { embedded } from './view.ts';
import './style/tokens.css';
import './style/page.css';
import './style/controls.css';
import './style/card.css';
import './style/chart.css';

// What slept while the page was hidden, or the machine without a network, asks at once.
document.addEventListener('visibilitychange', () => wakeAll());
addEventListener('online', () => wakeAll());
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) wakeAll();
});

if (!embedded) startShortcuts();
render(<App />, document.getElementById('app')!);
startLive();
