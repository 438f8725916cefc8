/**
 * The asking side of the range bench, a process of its own: connections that stay, each with one request at a time.
 * Says how many answers it had, how long the requests took, and the length of an answer.
 */
import { connect } from 'node:net';

interface Order {
  readonly port: number;
  /** Addresses to ask for, in turn. */
  readonly paths: readonly string[];
  readonly connections: number;
  readonly seconds: number;
  /** Answers before these are not counted. */
  readonly warmUpSeconds: number;
}

process.on('message', async ({ port, paths, connections, seconds, warmUpSeconds }: Order) => {
  const latencies: number[] = [];
  let bytes = 0;
  let next = 0;
  const from = performance.now() + warmUpSeconds * 1_000;
  const to = from + seconds * 1_000;
  const ask = async () => {
    const connection = await open(port);
    while (performance.now() < to) {
      const asked = performance.now();
      bytes = await connection.get(paths[next++ % paths.length]!);
      if (asked >= from) latencies.push(performance.now() - asked);
    }
    connection.close();
  };
  setTimeout(() => process.send!({ warm: true }), warmUpSeconds * 1_000);
  await Promise.all(Array.from({ length: connections }, ask));
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (part: number) => sorted[Math.ceil(part * sorted.length) - 1]!;
  process.send!({ perSecond: sorted.length / seconds, p50: at(0.5), p99: at(0.99), bytes });
});

const END = Buffer.from('\r\n\r\n');
const LAST_CHUNK = Buffer.from('\r\n0\r\n\r\n');

/** As little HTTP/1.1 as reads whole answers: the server's share of the machine is what is measured. */
async function open(port: number) {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await new Promise((done) => socket.once('connect', done));
  let parts: Buffer[] = [];
  let head: { wanted: number | null; end: number } | null = null;
  let length = 0;
  let done: (bytes: number) => void = () => {};
  socket.on('data', (data) => {
    parts.push(data);
    length += data.length;
    head ??= readHead(Buffer.concat(parts));
    if (!head) return;
    const whole =
      head.wanted === null
        ? Buffer.concat(parts.slice(-2)).subarray(-LAST_CHUNK.length).equals(LAST_CHUNK)
        : length >= head.end + head.wanted;
    if (!whole) return;
    const bytes = length - head.end;
    [parts, head, length] = [[], null, 0];
    done(bytes);
  });
  return {
    get: (path: string) =>
      new Promise<number>((resolve) => {
        done = resolve;
        socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
      }),
    close: () => socket.destroy(),
  };
}

/** Where the head ends, and the length that it promises: null for chunks. */
function readHead(buffer: Buffer): { wanted: number | null; end: number } | null {
  const end = buffer.indexOf(END);
  if (end < 0) return null;
  const text = buffer.subarray(0, end).toString('latin1');
  if (!text.startsWith('HTTP/1.1 200')) throw new Error(text.split('\r\n')[0]);
  const found = /content-length: (\d+)/i.exec(text);
  return { wanted: found ? Number(found[1]) : null, end: end + END.length };
}
