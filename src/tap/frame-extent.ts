/** The head of a WebSocket frame (RFC 6455 §5.2): how long the frame is, and whether it begins something. */

export interface FrameExtent {
  /** Of the whole frame, head included, in bytes. */
  readonly length: number;
  /** Of its payload, in bytes. */
  readonly payload: number;
  /** Whether it goes on with a message that an earlier frame began. */
  readonly continues: boolean;
}

const LENGTH_MASK = 0x7f;
const MASKED = 0x80;
const OPCODE = 0x0f;

/** The frame at `at`; null where its head is not whole before `to`. */
export function frameExtent(bytes: Buffer, at: number, to: number): FrameExtent | null {
  if (to - at < 2) return null;
  const first = bytes[at]!;
  const second = bytes[at + 1]!;
  const short = second & LENGTH_MASK;
  const head = (short === 126 ? 4 : short === 127 ? 10 : 2) + (second & MASKED ? 4 : 0);
  if (to - at < head) return null;
  const payload =
    short === 126
      ? bytes.readUInt16BE(at + 2)
      : short === 127
        ? Number(bytes.readBigUInt64BE(at + 2))
        : short;
  return { length: head + payload, payload, continues: (first & OPCODE) === 0 };
}
