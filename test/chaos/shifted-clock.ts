// Loaded before Weir in each of its threads: its wall clock is ahead by what the file WEIR_CLOCK_FILE says, in milliseconds.
import { readFileSync } from 'node:fs';

/** The file is read anew so often, in milliseconds. */
const LOOK_MS = 20;

const file = process.env['WEIR_CLOCK_FILE'];
const real = Date.now;
let aheadMs = 0;
let lookedAt = Number.NEGATIVE_INFINITY;

function ahead(): number {
  const now = performance.now();
  if (file === undefined || now - lookedAt < LOOK_MS) return aheadMs;
  lookedAt = now;
  // A file that is just being written is empty: the clock stays.
  const text = readFileSync(file, 'utf8');
  if (text !== '') aheadMs = Number(text);
  return aheadMs;
}

Date.now = () => real() + ahead();
