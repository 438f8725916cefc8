// Weir's connection to feeds, as the client that Autobahn's fuzzing server tests. Argument: the server's address.
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { Connection } from '../../../src/feeds/connection.ts';
import { websocketOptions } from '../../../src/feeds/websocket/options.ts';
import { echoMessages, machineTime } from './echo.ts';

const AGENT = 'weir-feed';
const address = process.argv[2]!;

const counter = new WebSocket(`${address}/getCaseCount`);
const [text] = await once(counter, 'message');
const caseCount = Number(String(text));
echoMessages('client');
for (let number = 1; number <= caseCount; number++) {
  await runOnce(`${address}/runCase?case=${number}&agent=${AGENT}`);
}
await runOnce(`${address}/updateReports?agent=${AGENT}`);

/** Connects, stays until the peer is gone, and ends. */
async function runOnce(url: string): Promise<void> {
  const options = websocketOptions.parse({ kind: 'websocket', url, compress: true });
  const gone = Promise.withResolvers<void>();
  const connection = new Connection(
    options,
    { url: () => url, protocols: [], ping: null },
    { open() {}, frame() {}, alive() {}, down: () => gone.resolve() },
    { clock: machineTime, timers: machineTime, random: () => 1, folder: '.' },
  );
  await gone.promise;
  await connection.close();
}
