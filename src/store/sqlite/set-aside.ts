/** A damaged store is set aside: renamed with all that belongs to it, so that nothing of it is lost to those who can mend it. */
import { existsSync, renameSync } from 'node:fs';
import { basename } from 'node:path';
import { KEPT_LOG } from './rescue.ts';

const BELONGINGS = ['', '-wal', '-shm', KEPT_LOG];
/** How many stores that were damaged in the same second are told apart. */
const SAME_SECOND_MAX = 100;

/** Renames the file at `location` and its log, returns the new name. `now` in Unix milliseconds. */
export function setAside(location: string, now: number): string {
  const target = freeName(`${location}.damaged`, now);
  for (const belonging of BELONGINGS) {
    if (existsSync(location + belonging)) renameSync(location + belonging, target + belonging);
  }
  return basename(target);
}

/** `path` with a time behind it, and a number where there is such a file already. `at` in Unix milliseconds. */
export function freeName(path: string, at: number): string {
  const time = new Date(at)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '');
  let target = `${path}-${time}`;
  for (let i = 2; isTaken(target) && i <= SAME_SECOND_MAX; i++) target = `${path}-${time}-${i}`;
  return target;
}

function isTaken(target: string): boolean {
  return BELONGINGS.some((belonging) => existsSync(target + belonging));
}
