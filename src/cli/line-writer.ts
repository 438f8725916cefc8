/**
 * Lines to standard output or standard error, whose reader may be slow, stop reading, or be gone. Writing never waits and
 * never throws: what does not fit is dropped and counted, and a line says so once there is room again.
 */
import type { Writable } from 'node:stream';
import { nodeTimers } from '../shared/clock.ts';

/** What a service keeps for a slow reader, in bytes. Some thousand lines. */
export const WAITING_BYTES_MAX = 1_048_576;

/** A stream of a terminal: Node lets it block, which the handle can undo. */
type Terminal = Writable & {
  readonly isTTY?: boolean;
  readonly _handle?: { setBlocking?(blocking: boolean): unknown };
};

export class LineWriter {
  readonly #stream: Writable;
  readonly #bytesMax: number;
  #gone = false;
  #droppedCount = 0;
  /** Dropped lines that no line has told of yet. */
  #untoldCount = 0;

  /** Keeps at most `bytesMax` bytes that the reader has not taken; infinity for all of them. */
  constructor(stream: Writable, bytesMax: number) {
    this.#stream = stream;
    this.#bytesMax = bytesMax;
    stream.on('error', () => {
      this.#gone = true;
    });
    // A terminal that is stopped with Ctrl-S would stop whoever writes to it.
    if (bytesMax !== Number.POSITIVE_INFINITY) unblock(stream);
  }

  /** How many lines were dropped: there was no room, or nobody reads any more. */
  get droppedCount(): number {
    return this.#droppedCount;
  }

  /** Writes a line; it needs no line feed. */
  write(line: string): void {
    if (this.#gone || this.#stream.writableLength + line.length > this.#bytesMax) {
      this.#dropped();
      return;
    }
    if (this.#untoldCount > 0) {
      const lines = this.#untoldCount === 1 ? '1 line was' : `${this.#untoldCount} lines were`;
      this.#untoldCount = 0;
      this.#stream.write(`(${lines} dropped here: their reader was too slow)\n`);
    }
    this.#stream.write(line.endsWith('\n') ? line : `${line}\n`, (error) => {
      if (error) this.#dropped();
    });
  }

  #dropped(): void {
    this.#droppedCount += 1;
    this.#untoldCount += 1;
  }

  /** Resolves when everything was taken, the reader is gone, or `withinMs` have passed. */
  async flushed(withinMs: number): Promise<void> {
    if (this.#gone || this.#stream.writableLength === 0) return;
    await new Promise<void>((done) => {
      if (withinMs !== Number.POSITIVE_INFINITY) nodeTimers.after(withinMs, done);
      this.#stream.once('error', () => done());
      // Called after all that was written before it.
      this.#stream.write('', () => done());
    });
  }
}

function unblock(stream: Terminal): void {
  if (stream.isTTY) stream._handle?.setBlocking?.(false);
}
