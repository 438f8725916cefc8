/**
 * The sending side, a process of its own: an RTM server whose stream is made before it begins, so that the reader is
 * what takes time. Frames go to the socket in blocks of some megabytes, past `ws`.
 *
 * Told `{ frameCount }`, it answers `{ url }`; the next reader gets so many frames and a close, or, where it asks for
 * `/drain` and so speaks no WebSocket, the end of the stream. Then the sender says what it sent.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import { type Block, makeBlock, position, type Shape, writePositions } from './traffic.ts';

/** What the sender has sent to one reader. */
export interface Sent {
  readonly messages: number;
  readonly frames: number;
  /** Of the frames, with their headers. */
  readonly bytes: number;
}

/** Two blocks: the one is filled while the kernel takes the other. */
const BLOCK_BYTES = 4 * 1_048_576;

const shape: Shape = JSON.parse(process.argv[2]!);
const { perFrame } = shape;
const blocks = [makeBlock(shape, BLOCK_BYTES), makeBlock(shape, BLOCK_BYTES)] as const;
let frameCount = 0;

const handshakes = new WebSocketServer({ noServer: true });
const server = createServer();
server.on('upgrade', (request, socket, head) => {
  handshakes.handleUpgrade(request, socket, head, async (reader) => {
    reader.on('error', () => {});
    const [data] = await once(reader, 'message');
    const { id, body } = JSON.parse(data.toString());
    const answer = { subscription_id: body.channel, position: position(0) };
    reader.send(JSON.stringify({ action: 'rtm/subscribe/ok', id, body: answer }));
    await sendAll(socket as Socket);
    if (request.url === '/drain') socket.end();
    else reader.close(1_000);
    process.send!({ sent: sentOf(frameCount) });
  });
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
process.on('message', (wanted: { frameCount: number }) => {
  frameCount = wanted.frameCount;
  process.send!({ url });
});
process.on('disconnect', () => process.exit());
process.send!({ ready: true });

async function sendAll(socket: Socket): Promise<void> {
  const written: Promise<void>[] = [];
  for (let frames = 0, turn = 0; frames < frameCount; turn++) {
    const block = blocks[turn % 2]!;
    await written[turn - 2];
    writePositions(block, frames * perFrame, perFrame);
    const count = Math.min(block.frameCount, frameCount - frames);
    written.push(write(socket, head(block, count)));
    frames += count;
  }
  await Promise.all(written);
}

function head(block: Block, count: number): Buffer {
  return block.bytes.subarray(0, count * block.frameBytes);
}

function write(socket: Socket, bytes: Buffer): Promise<void> {
  return new Promise((taken, lost) => {
    socket.write(bytes, (error) => (error ? lost(error) : taken()));
  });
}

function sentOf(frames: number): Sent {
  return { messages: frames * perFrame, frames, bytes: frames * blocks[0].frameBytes };
}
