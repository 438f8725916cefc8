/** What a socket costs in Node: `net` takes the bytes, and nobody looks at them. */
import { connect } from 'node:net';
import { account } from './report.ts';

const { hostname, port } = new URL(process.argv[2]!);
const UPGRADE = [
  'GET /drain HTTP/1.1',
  `Host: ${hostname}:${port}`,
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  `Sec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}`,
];
const SUBSCRIBE = '{"action":"rtm/subscribe","id":1,"body":{"channel":"c"}}';

let counted = 0;
let report: ReturnType<typeof account>;
let opening = Buffer.alloc(0);

const socket = connect(Number(port), hostname);
socket.write(`${UPGRADE.join('\r\n')}\r\n\r\n`);
// Masked with zeros, as a client must mask.
socket.write(
  Buffer.concat([Buffer.from([0x81, 0x80 + SUBSCRIBE.length, 0, 0, 0, 0]), Buffer.from(SUBSCRIBE)]),
);
socket.on('data', open);
socket.on('end', () => {
  report({ counted });
  socket.end();
});

/** Until the end of the first frame, which accepts the subscription. */
function open(chunk: Buffer): void {
  opening = Buffer.concat([opening, chunk]);
  const frame = opening.indexOf('\r\n\r\n') + 4;
  if (frame < 4 || opening.length < frame + 2) return;
  const rest = opening.length - frame - 2 - opening[frame + 1]!;
  if (rest < 0) return;
  report = account();
  counted = rest;
  socket.off('data', open);
  socket.on('data', drain);
}

function drain(chunk: Buffer): void {
  counted += chunk.length;
}
