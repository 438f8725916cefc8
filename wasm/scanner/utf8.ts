/** UTF-8 (RFC 3629): bytes of ASCII 16 at a time, all else one sequence at a time. */

/** Whether the bytes are UTF-8. */
export function isUtf8(at: usize, to: usize): bool {
  while (at < to) {
    if (at + 16 <= to && !i8x16.bitmask(v128.load(at))) {
      at += 16;
      continue;
    }
    const first = load<u8>(at);
    if (first < 0x80) {
      at++;
      continue;
    }
    const length = sequenceLength(at, to);
    if (length === 0) return false;
    at += length;
  }
  return true;
}

/** Table 3-7 of the Unicode standard: which second byte may follow which first one. 0 for no sequence. */
function sequenceLength(at: usize, to: usize): i32 {
  const first = load<u8>(at);
  const length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (length === 0 || at + length > to) return 0;
  const second: i32 = load<u8>(at + 1);
  const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < least || second > most) return 0;
  for (let i = 2; i < length; i++) if ((load<u8>(at + i) & 0xc0) !== 0x80) return 0;
  return length;
}
