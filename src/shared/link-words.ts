/**
 * A channel's link in shared memory: whether its feed is connected and proven alive, since when, and why not.
 *
 * Written by the feed thread; read by REST and main. The words change together: the version is odd while
 * they do, and a reader that meets a change reads again.
 */
import type { LinkState } from '../model/channel.ts';
import { CONTROL, LINK_DETAIL_UNITS_MAX, type RingViews } from './ring.ts';
import { readUnits, writeUnits } from './text.ts';

const STATES: readonly LinkState[] = ['down', 'connecting', 'up'];
/** A reader gives up after so many torn reads and says what it read last; a writer died in between. */
const READ_TRIES_MAX = 100;

export interface Link {
  readonly state: LinkState;
  /** Unix milliseconds of the last change of state; 0 before the first. */
  readonly since: number;
  /** Unix milliseconds of the last proof of life; 0 before the first. */
  readonly proof: number;
  /** Why it is not up; empty when it is. */
  readonly detail: string;
  /** When it is tried again; Unix milliseconds, 0 where that is not known. */
  readonly nextTry: number;
}

export function writeLink(
  views: RingViews,
  link: Omit<Link, 'proof' | 'nextTry'> & Partial<Pick<Link, 'nextTry'>>,
): void {
  const { control, linkTimes, linkDetail } = views;
  const version = (control[CONTROL.linkVersion]! | 1) >>> 0;
  Atomics.store(control, CONTROL.linkVersion, version);
  control[CONTROL.linkState] = STATES.indexOf(link.state);
  linkTimes[0] = link.since;
  linkTimes[3] = link.nextTry ?? 0;
  control[CONTROL.linkDetailLength] = writeUnits(linkDetail, link.detail, 0, LINK_DETAIL_UNITS_MAX);
  Atomics.store(control, CONTROL.linkVersion, (version + 1) >>> 0);
}

/** Notes a proof of life at `at` (Unix milliseconds). A single word, so it needs no version. */
export function writeProof(views: RingViews, at: number): void {
  views.linkTimes[1] = at;
}

/** Notes that coverage is credited up to `at` (Unix milliseconds), for whoever takes over from this thread. */
export function writeCoveredTo(views: RingViews, at: number): void {
  views.linkTimes[2] = at;
}

/** Up to when a writer before this one credited coverage; Unix milliseconds, 0 for never. */
export function readCoveredTo(views: RingViews): number {
  return views.linkTimes[2]!;
}

export function readLink(views: RingViews): Link {
  const { control, linkTimes, linkDetail } = views;
  for (let tries = 1; ; tries++) {
    const version = Atomics.load(control, CONTROL.linkVersion);
    const link: Link = {
      state: STATES[control[CONTROL.linkState]!] ?? 'down',
      since: linkTimes[0]!,
      proof: linkTimes[1]!,
      nextTry: linkTimes[3]!,
      detail: readUnits(
        linkDetail,
        0,
        Math.min(LINK_DETAIL_UNITS_MAX, control[CONTROL.linkDetailLength]!),
      ),
    };
    const still = version % 2 === 0 && Atomics.load(control, CONTROL.linkVersion) === version;
    if (still || tries >= READ_TRIES_MAX) return link;
  }
}
