/** From the bytes of channels.yaml to its text. The file is UTF-8; one that is not is told what it seems to be. */
import { isUtf8 } from 'node:buffer';
import type { Place, Problem } from '../model/problem.ts';

/** How files of other encodings begin; the longer marks first. */
const MARKS: readonly (readonly [name: string, bytes: readonly number[]])[] = [
  ['UTF-32 LE', [0xff, 0xfe, 0, 0]],
  ['UTF-32 BE', [0, 0, 0xfe, 0xff]],
  ['UTF-16 LE', [0xff, 0xfe]],
  ['UTF-16 BE', [0xfe, 0xff]],
];
/** How much of a file is looked at to tell UTF-16 without a mark, in bytes. */
const SAMPLE_BYTES = 4_096;
/** What a file of UTF-16 in Latin script has at least: a zero byte in so many of its pairs. */
const ZERO_SHARE = 0.5;
const UTF8_MARK = [0xef, 0xbb, 0xbf];

/** The text, without a mark at its beginning; or the problem with a file that is not UTF-8. `file` names it, for the place. */
export function decode(
  bytes: Uint8Array,
  file: string,
): { readonly text: string } | { readonly problem: Problem } {
  const [mark] = MARKS.find(([, start]) => begins(bytes, start)) ?? [utf16WithoutMark(bytes)];
  if (mark) {
    const message = `the file is ${mark}, and must be UTF-8; save it as UTF-8`;
    return problem(message, { file, line: 1, column: 1 });
  }
  const body = begins(bytes, UTF8_MARK) ? bytes.subarray(UTF8_MARK.length) : bytes;
  if (isUtf8(body)) return { text: Buffer.from(body).toString('utf8') };
  const at = firstFault(body);
  const place = placeOf(body, at, file);
  if (isCutOff(body, at)) {
    return problem('the file ends in the middle of a character, as if it were cut off', place);
  }
  const hex = body[at]!.toString(16).toUpperCase().padStart(2, '0');
  const message = `the file is not UTF-8: the byte ${hex} here means nothing in it. It seems to be ${oneByteName(body)}; save it as UTF-8`;
  return problem(message, place);
}

function problem(message: string, place: Place): { readonly problem: Problem } {
  return { problem: { code: 'file-encoding', message, place } };
}

function begins(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, index) => bytes[index] === byte);
}

/** Latin script in UTF-16 has a zero byte in nearly every pair: the second one in LE, the first one in BE. */
function utf16WithoutMark(bytes: Uint8Array): string | null {
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  const zeros = [0, 0];
  sample.forEach((byte, index) => {
    if (byte === 0) zeros[index % 2]! += 1;
  });
  const enough = (sample.length / 2) * ZERO_SHARE;
  if (zeros[1]! > enough && zeros[0] === 0) return 'UTF-16 LE';
  return zeros[0]! > enough && zeros[1] === 0 ? 'UTF-16 BE' : null;
}

/** The index of the first byte that is no UTF-8, of bytes that are not all UTF-8. */
function firstFault(bytes: Uint8Array): number {
  let at = 0;
  while (isUtf8(bytes.subarray(at, at + lengthAt(bytes, at)))) at += lengthAt(bytes, at);
  return at;
}

/** How long a character is that begins with the byte at `at`, in bytes. */
function lengthAt(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!;
  if (lead >= 0xf0) return 4;
  if (lead >= 0xe0) return 3;
  return lead >= 0xc0 ? 2 : 1;
}

/** Whether all that is wrong is that the last character has no end. */
function isCutOff(bytes: Uint8Array, at: number): boolean {
  const rest = [...bytes.subarray(at)];
  return rest.length < lengthAt(bytes, at) && rest.slice(1).every((byte) => byte >> 6 === 0b10);
}

/** Bytes from 80 to 9F are letters and quotes in Windows-1252 only. */
function oneByteName(bytes: Uint8Array): string {
  const isWindows = bytes.some((byte) => byte >= 0x80 && byte <= 0x9f);
  return isWindows ? 'Windows-1252' : 'Latin-1 (ISO 8859-1) or Windows-1252';
}

function placeOf(bytes: Uint8Array, at: number, file: string): Place {
  const before = Buffer.from(bytes.subarray(0, at)).toString('utf8');
  const lineStart = before.lastIndexOf('\n') + 1;
  const line = before.split('\n').length;
  return { file, line, column: before.length - lineStart + 1 };
}
