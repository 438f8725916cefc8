// Loaded before Weir in each of its threads: once armed, a thread dies in a given state, in a given way.
// WEIR_ARMED names a file; while it holds "<state> <way>", the next thread to come to that state dies, and disarms it.
import { readFileSync, unlinkSync } from 'node:fs';
import { Socket } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import * as threads from 'node:worker_threads';
import { WebSocket } from 'ws';

export const STATES = ['connect', 'authenticate', 'subscribe', 'steady', 'seal', 'reload'] as const;
export const WAYS = ['throws', 'exits', 'runs out of memory', 'hangs'] as const;
type State = (typeof STATES)[number];

const armed = process.env['WEIR_ARMED'];
const { threadName } = threads;

function comeTo(state: State): void {
  const text = read();
  if (!text?.startsWith(`${state} `)) return;
  unlinkSync(armed!);
  die(text.slice(state.length + 1));
}

function read(): string | null {
  try {
    return readFileSync(armed!, 'utf8');
  } catch {
    return null;
  }
}

function die(way: string): void {
  if (way === 'throws') {
    queueMicrotask(() => {
      throw new Error('on purpose');
    });
  }
  if (way === 'exits') process.exit(3);
  if (way === 'hangs') for (;;);
  if (way !== 'runs out of memory') return;
  const hoard: unknown[] = [];
  for (;;) hoard.push(new Array(10_000).fill({}));
}

if (armed && threadName === 'feed 1') {
  const { connect } = Socket.prototype;
  Socket.prototype.connect = function (this: Socket, ...given: never[]) {
    comeTo('connect');
    return (connect as (...all: never[]) => Socket).apply(this, given);
  } as typeof connect;
  const { send, emit } = WebSocket.prototype;
  WebSocket.prototype.send = function (this: WebSocket, ...given: never[]) {
    if (String(given[0]).includes('"auth/handshake"')) comeTo('authenticate');
    if (String(given[0]).includes('"rtm/subscribe"')) comeTo('subscribe');
    return (send as (...all: never[]) => void).apply(this, given);
  } as typeof send;
  WebSocket.prototype.emit = function (this: WebSocket, ...given: never[]) {
    if (given[0] === 'message') comeTo('steady');
    return (emit as (...all: never[]) => boolean).apply(this, given);
  } as typeof emit;
  // Weir's own line to main.
  threads.workerData.line.on('message', ({ kind }: { kind: string }) => {
    if (kind === 'change-channel') comeTo('reload');
  });
}

if (armed && threadName === 'timer') {
  const { exec } = DatabaseSync.prototype;
  DatabaseSync.prototype.exec = function (sql: string) {
    exec.call(this, sql);
    if (sql === 'COMMIT') comeTo('seal');
  };
}
