/** What the sender sends: RTM data frames of one length, made once and sent over and over. */

/** How the messages of a run look. */
export interface Shape {
  /** Messages in a frame. */
  readonly perFrame: number;
  /** Length of one message, exactly. */
  readonly messageBytes: number;
  /** How many keys the messages name in turn, as `symbol`. */
  readonly keyCount: number;
  /** In how many orders the members of a message come, one message after the other in another. */
  readonly orderCount: number;
}

/** Many frames behind one another, all of the same length. */
export interface Block {
  readonly bytes: Buffer;
  readonly frameBytes: number;
  readonly frameCount: number;
  /** Where in a frame the digits of its position are. */
  readonly positionAt: number;
}

/** The first index: all have twelve digits, so that all frames are of one length. */
export const FIRST_INDEX = 100_000_000_000;
const GENERATION = '1700000000';
const DIGITS = 12;
/** Prime to every count of keys here: a walk over all keys that is not in their order. */
const KEY_STRIDE = 7_919;
/** FIN and text: a whole message in one frame (RFC 6455 §5.2). */
const WHOLE_TEXT = 0x81;

/** The position before message number `index`. */
export function position(index: number): string {
  return `${GENERATION}:${FIRST_INDEX + index}`;
}

/** Frames of `shape`, about `bytes` of them, as a server sends them: unmasked. */
export function makeBlock(shape: Shape, bytes: number): Block {
  const frameBytes = makeFrame(shape, 0).length;
  const frameCount = Math.ceil(bytes / frameBytes);
  const frames = Array.from({ length: frameCount }, (_, index) => makeFrame(shape, index));
  const positionAt = frames[0]!.indexOf(`${GENERATION}:`) + GENERATION.length + 1;
  return { bytes: Buffer.concat(frames), frameBytes, frameCount, positionAt };
}

/**
 * Makes the block the next one of the stream, after `sent` messages. Only positions change: they are the true ones,
 * dense and rising, for Weir reads and keeps them. The messages are those of the block before.
 */
export function writePositions(block: Block, sent: number, perFrame: number): void {
  const { bytes, frameBytes, frameCount, positionAt } = block;
  let index = FIRST_INDEX + sent;
  for (let frame = 0; frame < frameCount; frame++) {
    index += perFrame;
    let rest = index;
    const last = frame * frameBytes + positionAt + DIGITS - 1;
    for (let at = last; at > last - DIGITS; at--) {
      const tens = Math.floor(rest / 10);
      bytes[at] = 0x30 + rest - tens * 10;
      rest = tens;
    }
  }
}

function makeFrame(shape: Shape, frame: number): Buffer {
  const first = frame * shape.perFrame;
  const messages = Array.from({ length: shape.perFrame }, (_, at) =>
    makeMessage(shape, first + at),
  );
  const body = `{"position":"${position(first + shape.perFrame)}","messages":[${messages.join(',')}],"subscription_id":"c"}`;
  const payload = Buffer.from(`{"action":"rtm/subscription/data","body":${body}}`);
  return Buffer.concat([header(payload.length), payload]);
}

function header(length: number): Buffer {
  if (length > 0xffff) throw new RangeError('a frame of the bench has at most 65,535 bytes');
  if (length < 126) return Buffer.from([WHOLE_TEXT, length]);
  return Buffer.from([WHOLE_TEXT, 126, length >> 8, length & 0xff]);
}

/** A trade, as exchanges send them, with a note that fills it up to its length. */
function makeMessage({ messageBytes, keyCount, orderCount }: Shape, index: number): string {
  const key = String((index * KEY_STRIDE) % keyCount).padStart(5, '0');
  const price = `${20_000 + ((index * 37) % 50_000)}.${10 + (index % 90)}`;
  const trade = {
    id: 100_000_000 + index,
    symbol: `K${key}`,
    side: index % 3 === 0 ? 'sell' : 'buy ',
    price,
    size: `0.0${1_000_000 + ((index * 101) % 9_000_000)}`,
    time: '2026-11-21T14:05:00.123456Z',
  };
  const order = {
    venue: { name: 'north-2', book: 7, open: true, halted: null },
    maker: { order: 700_000_000 + index, fee: -0.00025, tags: ['post', 'gtc'] },
    taker: { order: 800_000_000 + index, fee: 0.0004, tags: [] },
  };
  const whole = permuted(messageBytes >= 400 ? { ...trade, ...order } : trade, index % orderCount);
  const text = JSON.stringify({ ...whole, note: 'a "quoted" text [with] {brackets}, ' });
  if (text.length > messageBytes) throw new RangeError(`${messageBytes} bytes are too few`);
  return `${text.slice(0, -2)}${'x'.repeat(messageBytes - text.length)}"}`;
}

/** The same members in the order of that number; all below the factorial of how many there are differ. */
function permuted(record: object, order: number): object {
  const left = Object.entries(record);
  const taken = [];
  for (let rest = order; left.length > 0; ) {
    const place = rest % left.length;
    rest = (rest - place) / left.length;
    taken.push(...left.splice(place, 1));
  }
  return Object.fromEntries(taken);
}
