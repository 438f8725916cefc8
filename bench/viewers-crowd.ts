/** The crowd: viewers of the stream, some of whom never read. Tells how old the news of sealed seconds was. */
import { connect, type Socket } from 'node:net';

const [port, viewers, stalled, epoch] = process.argv.slice(2).map(Number) as [
  number,
  number,
  number,
  number,
];
/** Every so manyeth viewer looks at what it gets; the others only take it. */
const LOOKS_EACH = 20;
const OPENED_AT_ONCE = 50;
const CLOSED = /"count":(\d+),"state":"(?:complete|partial)"/g;
const ages: number[] = [];
const sockets: Socket[] = [];
let bytes = 0;

for (let index = 0; index < viewers; index += OPENED_AT_ONCE) {
  await Promise.all(
    Array.from({ length: Math.min(OPENED_AT_ONCE, viewers - index) }, (_, at) => join(index + at)),
  );
}
process.send!({ joined: sockets.length });
process.on('message', () => {
  ages.sort((a, b) => a - b);
  const at = (part: number) => ages[Math.min(ages.length - 1, Math.floor(ages.length * part))];
  process.send!({ samples: ages.length, p50: at(0.5), p99: at(0.99), most: ages.at(-1), bytes });
  ages.length = 0;
  bytes = 0;
});
process.on('disconnect', () => process.exit(0));

async function join(index: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => {});
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  socket.write('GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n');
  if (index < stalled) return void socket.pause();
  let rest = '';
  socket.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (index % LOOKS_EACH !== 0) return;
    const now = Date.now() - epoch;
    const text = rest + chunk.toString('latin1');
    const end = text.lastIndexOf('\n\n') + 1;
    for (const [, count] of text.slice(0, end).matchAll(CLOSED)) ages.push(now - Number(count));
    rest = text.slice(end);
  });
}
