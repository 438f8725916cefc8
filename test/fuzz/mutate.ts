// Damage to bytes: flipped, inserted, deleted, spliced from elsewhere, cut off, repeated.
import type { Dice } from './dice.ts';

/** Bytes that mean something to JSON, YAML or UTF-8. */
const LOUD = [
  ...Buffer.from('"\\{}[],:0-+.eEtfnu \t\r\n#&*!|>%@`\'?~$'),
  0,
  0x1f,
  0x7f,
  0x80,
  0xbf,
];
const LOUDER = [0xc0, 0xc3, 0xe2, 0xed, 0xef, 0xf4, 0xfe, 0xff];

/** The bytes after one to four damages; `other` is where spliced parts come from. */
export function mutate(dice: Dice, bytes: Buffer, other: Buffer): Buffer {
  let damaged = Buffer.from(bytes);
  for (let count = 1 + dice.below(4); count > 0; count--) damaged = damage(dice, damaged, other);
  return damaged;
}

function damage(dice: Dice, bytes: Buffer, other: Buffer): Buffer<ArrayBuffer> {
  const at = dice.below(bytes.length + 1);
  const end = Math.min(bytes.length, at + dice.below(16));
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (dice.below(7)) {
    case 0: {
      const flipped = Buffer.from(bytes);
      if (at < flipped.length) flipped[at]! ^= 1 << dice.below(8);
      return flipped;
    }
    case 1:
      return Buffer.concat([before, Buffer.from([dice.pick(LOUD)]), after]);
    case 2:
      return Buffer.concat([before, Buffer.from([dice.pick(LOUDER)]), after]);
    case 3:
      return Buffer.concat([before, bytes.subarray(end)]);
    case 4: {
      const from = dice.below(other.length + 1);
      return Buffer.concat([before, other.subarray(from, from + dice.below(200)), after]);
    }
    case 5:
      return Buffer.from(before);
    default:
      return Buffer.concat([before, bytes.subarray(at, end), bytes.subarray(at, end), after]);
  }
}
