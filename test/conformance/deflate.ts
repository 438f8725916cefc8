// permessage-deflate by hand (RFC 7692): the peer's half of it, with any parameters.

import type { Transform } from 'node:stream';
import { constants, createDeflateRaw, createInflateRaw, type Zlib } from 'node:zlib';

/** What a server may answer to an offer. Window bits are null where the answer leaves them out. */
export interface DeflateAnswer {
  readonly serverBits: number | null;
  readonly clientBits: number | null;
  readonly serverTakeover: boolean;
  readonly clientTakeover: boolean;
}

/** What Z_SYNC_FLUSH ends with, and a message leaves out. */
const TAIL = Buffer.from([0, 0, 0xff, 0xff]);

export function headerOf(answer: DeflateAnswer): string {
  return [
    'permessage-deflate',
    ...(answer.serverTakeover ? [] : ['server_no_context_takeover']),
    ...(answer.clientTakeover ? [] : ['client_no_context_takeover']),
    ...(answer.serverBits === null ? [] : [`server_max_window_bits=${answer.serverBits}`]),
    ...(answer.clientBits === null ? [] : [`client_max_window_bits=${answer.clientBits}`]),
  ].join('; ');
}

/** Compresses or restores one message after the other, with or without what it remembers of those before. */
export class MessageZip {
  readonly #make: () => Transform & Zlib;
  readonly #takeover: boolean;
  #stream: (Transform & Zlib) | null = null;

  constructor(how: 'deflate' | 'inflate', windowBits: number | null, takeover: boolean) {
    const options = { windowBits: windowBits ?? 15 };
    this.#make = () => (how === 'deflate' ? createDeflateRaw(options) : createInflateRaw(options));
    this.#takeover = takeover;
  }

  /** The payload of a frame with RSV1. */
  async deflate(message: Buffer): Promise<Buffer> {
    const whole = await this.#through(message);
    return whole.subarray(0, whole.length - TAIL.length);
  }

  async inflate(payload: Buffer): Promise<Buffer> {
    return this.#through(Buffer.concat([payload, TAIL]));
  }

  #through(bytes: Buffer): Promise<Buffer> {
    const stream = this.#stream ?? this.#make();
    this.#stream = this.#takeover ? stream : null;
    const chunks: Buffer[] = [];
    const take = (chunk: Buffer) => chunks.push(chunk);
    return new Promise((resolve, reject) => {
      stream.on('data', take).once('error', reject);
      stream.write(bytes);
      stream.flush(constants.Z_SYNC_FLUSH, () => {
        stream.off('data', take).off('error', reject);
        resolve(Buffer.concat(chunks));
      });
    });
  }
}
