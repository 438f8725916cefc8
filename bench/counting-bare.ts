/** The least that counts messages in Node: `ws`, `JSON.parse`, and the length of the array. */
import { WebSocket } from 'ws';
import { reportWhenCounted } from './report.ts';

const [url, messageCount] = [process.argv[2]!, Number(process.argv[3])];
let counted = 0;
reportWhenCounted(() => counted, messageCount);
const socket = new WebSocket(url, { perMessageDeflate: false });
socket.on('open', () => {
  socket.send(JSON.stringify({ action: 'rtm/subscribe', id: 1, body: { channel: 'c' } }));
});
socket.on('message', (data) => {
  const { action, body } = JSON.parse(data.toString());
  if (action === 'rtm/subscription/data') counted += body.messages.length;
});
