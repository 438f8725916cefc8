/** The least that counts messages in Node: `ws`, `JSON.parse`, and the length of the array, or a `Map` by key. */
import { WebSocket } from 'ws';
import { account } from './report.ts';

const [url, work] = [process.argv[2]!, process.argv[3]!];
const keys = new Map<string, number>();
let counted = 0;
let report: ReturnType<typeof account>;

const socket = new WebSocket(url, { perMessageDeflate: false });
socket.on('open', () => {
  socket.send(JSON.stringify({ action: 'rtm/subscribe', id: 1, body: { channel: 'c' } }));
});
socket.on('message', (data) => {
  const { action, body } = JSON.parse(data.toString());
  if (action === 'rtm/subscribe/ok') report = account();
  if (action !== 'rtm/subscription/data') return;
  counted += body.messages.length;
  if (work === 'count') return;
  for (const { symbol } of body.messages) keys.set(symbol, (keys.get(symbol) ?? 0) + 1);
});
socket.on('close', () => {
  report(work === 'count' ? { counted } : { counted, keys: keys.size });
});
