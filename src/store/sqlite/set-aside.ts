/** A damaged store is set aside: renamed with all that belongs to it, so that nothing of it is lost to those who can mend it. */
import { existsSync, renameSync } from 'node:fs';
import { basename } from 'node:path';

const BELONGINGS = ['', '-wal', '-shm'];
/** How many stores that were damaged in the same second are told apart. */
const SAME_SECOND_MAX = 100;

/** Renames the file at `location` and its log; returns the new name. `now` in Unix milliseconds. */
export function setAside(location: string, now: number): string {
  const time = new Date(now)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '');
  let target = `${location}.damaged-${time}`;
  for (let i = 2; existsSync(target) && i <= SAME_SECOND_MAX; i++) {
    target = `${location}.damaged-${time}-${i}`;
  }
  for (const belonging of BELONGINGS) {
    if (existsSync(location + belonging)) renameSync(location + belonging, target + belonging);
  }
  return basename(target);
}
