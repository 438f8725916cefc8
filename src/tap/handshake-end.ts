/** Finds the end of the HTTP response to an upgrade, which may come in pieces. */

const END = Buffer.from('\r\n\r\n');
const SWITCHING = /^HTTP\/1\.1 101[ \r]/;
/** `101` is in the first so many bytes of the status line. */
const STATUS_LENGTH = 13;

export class HandshakeEnd {
  #head = '';
  /** How many bytes of END have been seen in a row. */
  #matched = 0;
  /** Whether frames follow. Where the first response is not a 101, all is taken as response: `ws` knows what it is. */
  isOver = false;

  /** Returns how many bytes of the chunk belong to the response. */
  take(chunk: Buffer): number {
    if (this.#head.length < STATUS_LENGTH) {
      this.#head += chunk.toString('latin1', 0, STATUS_LENGTH - this.#head.length);
    }
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at];
      this.#matched = byte === END[this.#matched] ? this.#matched + 1 : Number(byte === END[0]);
      if (this.#matched < END.length) continue;
      this.#matched = 0;
      if (!SWITCHING.test(this.#head)) continue;
      this.isOver = true;
      return at + 1;
    }
    return chunk.length;
  }
}
