/** From SQLite's errors to the store's: which kind, and a sentence that says how to go on. */
import { StoreError } from '../store.ts';

/** What is wrong with a store's content, found by ourselves; becomes a StoreError where the store's name is known. */
export class Fault extends Error {
  readonly kind: 'damaged' | 'refused';

  constructor(kind: Fault['kind'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Fault';
    this.kind = kind;
  }
}

/** SQLite's primary result codes, as far as they are told apart. */
const CODES = {
  permission: 3,
  busy: 5,
  locked: 6,
  readOnly: 8,
  inputOutput: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
} as const;

const REMEDIES: ReadonlyMap<number, string> = new Map([
  [CODES.permission, 'it may not be accessed; give Weir the right to read and write it'],
  [CODES.busy, 'another process holds a lock on it; end that process, or wait for it'],
  [CODES.locked, 'another connection holds a lock on it; end it, or wait for it'],
  [CODES.readOnly, 'it is read-only; give Weir the right to write it and its folder'],
  [CODES.inputOutput, 'reading or writing its disk failed; look at the disk'],
  [CODES.full, 'its disk is full; free some space'],
  [CODES.cannotOpen, 'it cannot be opened; is there such a folder, and may Weir write in it?'],
]);

/** What the system says of folders and names, in the same terms. */
const SYSTEM_CODES: ReadonlyMap<string, number> = new Map([
  ['EACCES', CODES.permission],
  ['EPERM', CODES.permission],
  ['EROFS', CODES.readOnly],
  ['ENOSPC', CODES.full],
  ['EIO', CODES.inputOutput],
]);

/** A row is there of which the writer, who knows them all, knows nothing: a unique key, a primary key, a row id. */
const UNKNOWN_ROW_CODES: ReadonlySet<unknown> = new Set([2067, 1555, 2579]);

/** Whether reading on is pointless because the file does not hold what was written. */
export function isDamage(error: unknown): boolean {
  if (error instanceof StoreError || error instanceof Fault) return error.kind === 'damaged';
  if (error instanceof Error && 'errcode' in error && UNKNOWN_ROW_CODES.has(error.errcode))
    return true;
  const code = codeOf(error);
  return code === CODES.corrupt || code === CODES.notADatabase || isTooLarge(error);
}

/** A number that no writer of ours stores: it does not fit in a double. */
export function isTooLarge(error: unknown): boolean {
  return error instanceof RangeError && 'code' in error && error.code === 'ERR_OUT_OF_RANGE';
}

/** `error` as a StoreError of this store. */
export function storeError(location: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const kind = kindOf(error);
  const state = { damaged: 'is damaged', refused: 'cannot be used', trouble: 'is in trouble' }[
    kind
  ];
  const why = remedyOf(error) ?? textOf(error);
  return new StoreError(kind, `The store ${location} ${state}: ${why}.`, { cause: error });
}

/** `error`, met when the store was opened, with the way out. `foreign`: the file was never a store of Weir. */
export function openingError(location: string, error: unknown, foreign: boolean): StoreError {
  const kind = kindOf(error);
  const why = remedyOf(error) ?? `${textOf(error)}. Move it away, or name another with --store`;
  const message = `The store ${location} cannot be opened: ${why}.`;
  return new StoreError(foreign && kind === 'damaged' ? 'refused' : kind, message, {
    cause: error,
  });
}

function kindOf(error: unknown): StoreError['kind'] {
  if (error instanceof StoreError || error instanceof Fault) return error.kind;
  return isDamage(error) ? 'damaged' : 'trouble';
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function remedyOf(error: unknown): string | null {
  const remedy = REMEDIES.get(codeOf(error) ?? -1);
  return remedy === undefined ? null : `${remedy} (${(error as Error).message})`;
}

/** SQLite's primary result code; null for an error of another kind. */
function codeOf(error: unknown): number | null {
  if (!(error instanceof Error)) return null;
  if ('errcode' in error) return Number(error.errcode) & 0xff;
  return 'code' in error ? (SYSTEM_CODES.get(String(error.code)) ?? null) : null;
}
