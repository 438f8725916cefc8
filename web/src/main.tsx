/** The page's door. */
import { render } from 'preact';
import { App } from './app.tsx';
import { wakeAll } from './poll.ts';
import './style/tokens.css';
import './style/page.css';
import './style/card.css';
import './style/chart.css';

// What slept while the page was hidden, or the machine without a network, asks at once.
document.addEventListener('visibilitychange', wakeAll);
addEventListener('online', wakeAll);

render(<App />, document.getElementById('app')!);
