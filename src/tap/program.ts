/** What a scanner can look for without parsing: paths of plain names, and how they lie in its memory. */
import {
  GUARD_COUNT,
  GUARD_PATH,
  GUARD_SIZE,
  GUARD_TOKENS,
  GUARD_TOKENS_MAX,
  GUARDS_MAX,
  NAME_BYTES_MAX,
  PATH_COUNT,
  PATH_STEPS,
  PATH_STEPS_MAX,
  PROGRAM_GUARD_COUNT,
  PROGRAM_GUARDS,
  PROGRAM_KEY,
  PROGRAM_LIST,
  PROGRAM_SHAPES,
  PROGRAM_SIZE,
  PROGRAM_VALUE,
  SHAPES_SIZE,
  STEP_AT,
  STEP_LENGTH,
  STEP_MASK,
  STEP_SIZE,
  STEP_TAIL,
} from '../../wasm/layout.ts';
import { stringifyExact } from '../model/exact-json.ts';
import { isFramePath, parsePath } from '../model/path.ts';
import type { Lot } from './lot.ts';

/** The paths of one channel. */
export interface Program {
  /** To the array of messages; null where the frame is the message. */
  readonly list: readonly string[] | null;
  /** From a message to its key, and to its value; null where none is wanted. */
  readonly key: readonly string[] | null;
  readonly value: readonly string[] | null;
  /** What must be in a frame for it to have messages: each of these. */
  readonly guards?: readonly Guard[];
}

/** One of these values must be at the path. */
export interface Guard {
  readonly path: readonly string[];
  readonly values: readonly (string | number | bigint | boolean | null)[];
}

/** Whether the scanner has room for the guards. */
export function areFew(guards: readonly Guard[]): boolean {
  const fits = (text: string) => Buffer.byteLength(text) <= NAME_BYTES_MAX;
  return (
    guards.length <= GUARDS_MAX &&
    guards.every(({ values }) => values.length <= GUARD_TOKENS_MAX) &&
    guards.every(({ values }) => values.every((value) => fits(stringifyExact(value))))
  );
}

/** The steps of a path that can be followed by its bytes; null where only the parser can. */
export function plainSteps(path: string): readonly string[] | null {
  const steps = parsePath(path);
  return steps && !isFramePath(path) && steps.length <= PATH_STEPS_MAX && steps.every(isPlain)
    ? (steps as string[])
    : null;
}

/**
 * Whether a step stands in a frame as it is written here: no index, no escapes, no stand-in for broken UTF-8. And
 * no `length` or number, which arrays have as well.
 */
function isPlain(step: string | number): boolean {
  return typeof step === 'string' && step !== 'length' && !UNPLAIN.test(step);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON escapes them, so a name with one is not plain
const UNPLAIN = /^\d+$|["\\\u0000-\u001f\ud800-\udfff\ufffd]/;

/** Writes a program into memory, with room for shapes of messages where they help; returns its address. */
export function writeProgram(
  lot: Lot,
  { list, key, value, guards = [] }: Program,
  hasShapes: boolean,
): number {
  const { words } = lot.kernel;
  const at = lot.take(PROGRAM_SIZE);
  const path = (steps: readonly string[] | null) => (steps === null ? 0 : writePath(lot, steps));
  words[(at + PROGRAM_LIST) >> 2] = path(list);
  words[(at + PROGRAM_KEY) >> 2] = path(key);
  words[(at + PROGRAM_VALUE) >> 2] = path(value);
  words[(at + PROGRAM_GUARD_COUNT) >> 2] = guards.length;
  words[(at + PROGRAM_GUARDS) >> 2] = writeGuards(lot, guards);
  words[(at + PROGRAM_SHAPES) >> 2] = hasShapes ? lot.take(SHAPES_SIZE) : 0;
  return at;
}

function writeGuards(lot: Lot, guards: readonly Guard[]): number {
  const { words } = lot.kernel;
  const at = lot.take(GUARD_SIZE * Math.max(guards.length, 1));
  guards.forEach(({ path, values }, index) => {
    const guard = at + index * GUARD_SIZE;
    words[(guard + GUARD_PATH) >> 2] = writePath(lot, path);
    words[(guard + GUARD_COUNT) >> 2] = values.length;
    values.forEach((value, place) => {
      const token = Buffer.from(stringifyExact(value));
      words.set([lot.copy(token), token.length], (guard + GUARD_TOKENS + place * 8) >> 2);
    });
  });
  return at;
}

function writePath(lot: Lot, steps: readonly string[]): number {
  const { words, bytes } = lot.kernel;
  const at = lot.take(PATH_STEPS + steps.length * STEP_SIZE);
  words[(at + PATH_COUNT) >> 2] = steps.length;
  steps.forEach((name, index) => {
    const quoted = Buffer.from(`"${name}"`);
    const step = at + PATH_STEPS + index * STEP_SIZE;
    words[(step + STEP_AT) >> 2] = lot.copy(quoted);
    words[(step + STEP_LENGTH) >> 2] = quoted.length;
    const tail = quoted.subarray(-8);
    bytes.set(tail, step + STEP_TAIL + 8 - tail.length);
    bytes.fill(0xff, step + STEP_MASK + 8 - tail.length, step + STEP_MASK + 8);
  });
  return at;
}
