/** The zone whose clocks label the page and whose midnights divide its days. */

export const browserZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

let zone = browserZone();
let parts = partsFormat();

/** Takes another zone; null for the browser's. All formats and axes follow. */
export function setZone(name: string | null): void {
  const next = name ?? browserZone();
  if (next === zone) return;
  zone = next;
  offsets.clear();
  parts = partsFormat();
}

export const currentZone = (): string => zone;

function partsFormat(): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
}

/** How far the zone's clocks are ahead of UTC at that moment, in milliseconds. */
export function offsetMs(at: number): number {
  // Clocks change on whole minutes, in whole quarters of an hour of the Unix clock, so a quarter has one offset.
  const quarter = Math.floor(at / QUARTER_MS);
  let offset = offsets.get(quarter);
  if (offset === undefined) {
    if (offsets.size >= OFFSETS_MAX) offsets.clear();
    offset = readOffset(quarter * QUARTER_MS);
    offsets.set(quarter, offset);
  }
  return offset;
}

/** Reading an offset is dear, and axes ask for the same few again and again. */
const OFFSETS_MAX = 1_000;
const QUARTER_MS = 900_000;
/** No zone is further from UTC, and clocks are not changed twice in twice this time. */
const SHIFT_MS_MAX = 26 * 3_600_000;
const offsets = new Map<number, number>();

function readOffset(at: number): number {
  const second = Math.floor(at / 1_000) * 1_000;
  const shown: Record<string, number> = {};
  for (const { type, value } of parts.formatToParts(second)) shown[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second: seconds = 0 } = shown;
  return Date.UTC(year, month - 1, day, hour, minute, seconds) - second;
}

/**
 * The moments at which clocks show `local` (milliseconds, as if they were UTC's), ascending: two where they are set back
 * over it; where they skip it, the first moment after.
 */
export function fromLocal(local: number): readonly number[] {
  const offsets = [offsetMs(local - SHIFT_MS_MAX), offsetMs(local + SHIFT_MS_MAX)];
  const guesses = [...new Set(offsets)].map((offset) => local - offset).sort((a, b) => a - b);
  const shown = guesses.filter((at) => at + offsetMs(at) === local);
  return shown.length > 0 ? shown : guesses.slice(-1);
}

/** `UTC+5:30` where clocks show the time of `at` twice, because they are set back; else nothing. */
export function offsetWhereRepeated(at: number): string {
  const offset = offsetMs(at);
  if (fromLocal(at + offset).length < 2) return '';
  const minutes = Math.round(Math.abs(offset) / 60_000);
  const part = minutes % 60 === 0 ? '' : `:${String(minutes % 60).padStart(2, '0')}`;
  return minutes === 0 ? 'UTC' : `UTC${offset < 0 ? '−' : '+'}${Math.floor(minutes / 60)}${part}`;
}
