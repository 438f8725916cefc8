/** The worker that holds the one stream of all tabs of this browser; or of one tab, where workers cannot be shared. */
import { browserDependencies, LiveClient } from './live-client.ts';
import { LiveHub, type Port } from './live-hub.ts';
import type { TabMessage } from './live-messages.ts';

const browser = browserDependencies();
const hub = new LiveHub(
  (on) => new LiveClient({ ...browser, onState: on.state, onEvent: on.event }),
  browser.after,
  Date.now,
);

function serve(line: MessagePort | (Window & typeof globalThis)): void {
  const port: Port = { post: (message) => (line as MessagePort).postMessage(message) };
  line.addEventListener('message', (event) => {
    const { data } = event as MessageEvent<TabMessage | null>;
    if (data === null) hub.leave(port);
    else hub.hear(port, data);
  });
}

if ('onconnect' in globalThis) {
  addEventListener('connect', (event) => {
    const [line] = (event as MessageEvent).ports;
    serve(line!);
    line!.start();
  });
} else serve(self);
