/** What `ws` costs alone: its frames are counted, and nothing in them is read. */
import { WebSocket } from 'ws';
import { account } from './report.ts';

let counted = 0;
let report: ReturnType<typeof account> | null = null;

const socket = new WebSocket(process.argv[2]!, { perMessageDeflate: false });
socket.on('open', () => {
  socket.send(JSON.stringify({ action: 'rtm/subscribe', id: 1, body: { channel: 'c' } }));
});
socket.on('message', () => {
  // The first frame accepts the subscription.
  if (report === null) report = account();
  else counted += 1;
});
socket.on('close', () => report!({ counted }));
