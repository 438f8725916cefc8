/**
 * The tap: a stream between the socket and `ws`.
 *
 *     socket ──> tap ──────────────────────────> ws      handshake, control frames, whatever is not plain
 *                 └── scanner ──> sinks                  frames that are understood
 *
 * Bytes are looked at first, and whole frames that the scanner understands are counted and dropped; all others are
 * handed on as they came. Order is kept: nothing is counted while `ws` still has to say something about what it
 * was given, so a reply, an error or a pong is heard before the messages behind it.
 */
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { CARRY_BYTES, READ_AT, READ_BYTES } from '../../wasm/layout.ts';
import { frameExtent } from './frame-extent.ts';
import { HandshakeEnd } from './handshake-end.ts';
import type { Kernel } from './kernel.ts';
import type { TapLink } from './link.ts';

/** After so many frames in a row that were not understood, the rest of the chunk is not tried. */
const STRANGE_MAX = 8;

export class TapSocket extends Duplex {
  readonly #kernel: Kernel;
  readonly #link: TapLink;
  readonly #counted: () => void;
  readonly #handshake = new HandshakeEnd();
  #socket: Socket | null = null;
  /** Whether frames may be counted here: the handshake is done, without extensions, and nobody has said stop. */
  #counting = false;
  /** Events that `ws` still owes for what it was given. */
  #owed = 0;
  /** Bytes of a frame for `ws` that are still to come. */
  #passing = 0;
  /** The beginning of a frame that is not whole yet. */
  #rest: Buffer = Buffer.alloc(0);
  #restLength = 0;
  /** Length of that frame, where its head is whole; else 0. */
  #awaited = 0;
  /** How much of it `ws` has already: of a head that may be an error, it must see every byte at once. */
  #restHanded = 0;
  #paused = false;

  /** `counted` is called when messages were counted without `ws`. */
  constructor(link: TapLink, counted: () => void) {
    super({ allowHalfOpen: false });
    this.#kernel = link.kernel;
    this.#link = link;
    this.#counted = counted;
  }

  /** Chunks of the socket shall be read into this. */
  get input(): Uint8Array {
    return this.#kernel.input;
  }

  /** Takes the socket whose bytes come here. */
  attach(socket: Socket): void {
    this.#socket = socket;
    // As `ws` does, which cannot reach it through a stream.
    socket.setNoDelay();
    socket.on('end', () => {
      this.#handOnRest();
      this.push(null);
    });
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
  }

  /** `ws` has accepted the connection; with extensions, frames are not what they seem. */
  opened(extensions: string): void {
    this.#counting = extensions === '';
  }

  /** `ws` has said what it had to say about one thing it was given. */
  answered(): void {
    this.#owed -= 1;
  }

  /** From now on everything goes to `ws`. */
  stop(): void {
    this.#counting = false;
  }

  /** The socket has read `length` bytes into `input`. */
  filled(length: number): void {
    this.#take(READ_AT, READ_AT + length);
  }

  /** The socket has read a chunk into memory of its own. */
  received(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; at += READ_BYTES) {
      const part = chunk.subarray(at, at + READ_BYTES);
      this.#kernel.bytes.set(part, READ_AT);
      this.filled(part.length);
    }
  }

  override _read(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#socket?.resume();
  }

  /** Head and payload of a frame are two chunks, and shall be one packet. */
  override _writev(
    chunks: readonly { readonly chunk: Buffer }[],
    done: (error?: Error | null) => void,
  ): void {
    this.#socket!.write(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket!.end(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#counting = false;
    this.#socket?.destroy();
    done(error);
  }

  #take(from: number, to: number): void {
    const at = this.#handshake.isOver ? from : this.#passHandshake(from, to);
    // A frame in many pieces is put together once, not anew for each.
    if (this.#counting && this.#restLength + to - at < this.#awaited) this.#keepMore(at, to);
    else this.#keepRest(this.#takeFrames(this.#joinRest(at), to), to);
    if (this.#paused) this.#socket?.pause();
  }

  /** The HTTP response is for `ws`; frames begin right behind it. */
  #passHandshake(from: number, to: number): number {
    const length = this.#handshake.take(this.#kernel.bytes.subarray(from, to));
    this.#handOn(from, from + length);
    return from + length;
  }

  /** Puts the beginning of a frame right before its end; returns where it begins. */
  #joinRest(at: number): number {
    const start = at - this.#restLength;
    if (this.#restLength > 0) this.#rest.copy(this.#kernel.bytes, start, 0, this.#restLength);
    this.#restLength = this.#awaited = 0;
    return start;
  }

  #keepRest(from: number, to: number): void {
    const room = Math.max(to - from, this.#awaited);
    if (room > this.#rest.length) this.#rest = Buffer.alloc(room);
    this.#keepMore(from, to);
  }

  #keepMore(from: number, to: number): void {
    this.#restLength += this.#kernel.bytes.copy(this.#rest, this.#restLength, from, to);
  }

  #handOnRest(): void {
    const left = this.#rest.subarray(this.#restHanded, this.#restLength);
    if (left.length > 0) this.push(Buffer.from(left));
    this.#restLength = this.#restHanded = 0;
  }

  /** Counts and hands on, frame by frame; returns where a frame begins that is not whole. */
  #takeFrames(from: number, to: number): number {
    let at = this.#pass(from, to);
    let strange = 0;
    while (at < to) {
      if (this.#counting && this.#owed === 0 && this.#restHanded === 0) {
        const next = this.#link.scan(at, to);
        if (next > at) {
          strange = 0;
          this.#counted();
        }
        at = next;
        // A sink may have ended the connection; then the rest is for `ws`, which knows.
        if (this.#counting && this.#owed === 0 && this.#mayWait(at, to)) return at;
      }
      strange += 1;
      const end = this.#giveFrames(at, to, strange > STRANGE_MAX || !this.#counting ? to : at + 1);
      if (end === at) {
        // The head is not whole: `ws` may know already what is wrong with it.
        this.#handOn(at, to);
        this.#restHanded = to - at;
        return at;
      }
      at = end;
    }
    return at;
  }

  /** Whether the frame there is only not whole yet, and can be kept until it is. */
  #mayWait(at: number, to: number): boolean {
    if (this.#link.isStrange) return false;
    const extent = frameExtent(this.#kernel.bytes, at, to);
    if (extent && extent.length > CARRY_BYTES) return false;
    this.#awaited = extent?.length ?? 0;
    return true;
  }

  /** Hands on the frames that begin before `until`; returns where it ended. */
  #giveFrames(from: number, to: number, until: number): number {
    let end = from;
    while (end < until && end < to) {
      const extent = frameExtent(this.#kernel.bytes, end, to);
      if (!extent) break;
      // What continues nothing is an error, which ends the connection: it is owed for ever.
      if (!extent.continues || this.#owed === 0) this.#owed += 1;
      end += extent.length;
    }
    this.#passing = Math.max(0, end - to);
    const handed = Math.min(end, to);
    this.#handOn(from, handed);
    return handed;
  }

  /** The rest of a frame that is being handed on. */
  #pass(from: number, to: number): number {
    const end = Math.min(to, from + this.#passing);
    this.#passing -= end - from;
    this.#handOn(from, end);
    return end;
  }

  /** The scanner's memory is used again at once, so `ws` gets a copy. */
  #handOn(from: number, to: number): void {
    const known = Math.min(this.#restHanded, to - from);
    this.#restHanded -= known;
    if (from + known === to) return;
    if (!this.push(Buffer.from(this.#kernel.bytes.subarray(from + known, to)))) this.#paused = true;
  }
}
