// Where Weir does otherwise than the suite wants, why, and what is checked instead.
import type { Case } from './case.ts';

export type Side = 'feed' | 'rtm';

export interface Exclusion {
  readonly side: Side;
  /** Whether it is this case. */
  readonly applies: (one: Pick<Case, 'id' | 'steps'>) => boolean;
  readonly reason: string;
  /** How the connection ends instead. */
  readonly ends: Case['ends'];
}

export const EXCLUSIONS: readonly Exclusion[] = [
  {
    side: 'feed',
    applies: ({ steps }) => steps.some(({ kind }) => kind === 'bad-text'),
    reason:
      'a text that is not UTF-8 is one malformed message, counted as such, and no reason to lose the link',
    ends: 'open',
  },
  {
    side: 'feed',
    applies: ({ id }) => id === '7.5.1',
    reason: 'nor is a close reason that is not UTF-8: the peer is going anyway, and is answered',
    ends: [1000],
  },
];

/** Autobahn's own cases that are not re-enacted, or end otherwise there; for the run of the suite itself. */
export const SUITE_EXCLUSIONS: readonly {
  readonly side: Side;
  readonly ids: RegExp;
  readonly reason: string;
}[] = [
  {
    side: 'feed',
    ids: /^(6\.([346]|[89]|1\d|2[01])\.|7\.5\.1$)/,
    reason: EXCLUSIONS[0]!.reason,
  },
  {
    side: 'feed',
    ids: /^9\.[34]\.[12]$/,
    reason:
      'a message in more than 16,384 frames closes the link with 1008: a bound against floods',
  },
  {
    side: 'rtm',
    ids: /^9\.[34]\.[12]$/,
    reason: 'a PDU in more than 16,384 frames closes with 1008: a bound against floods',
  },
  {
    side: 'rtm',
    ids: /^1[23]\./,
    reason: 'the RTM server declines compression, as Satori did; the offer is answered without it',
  },
];

/** The case as it is to end on that side, and why if that is not what the suite wants. */
export function onSide(one: Case, side: Side): { readonly wanted: Case; readonly reason: string } {
  const exclusion = EXCLUSIONS.find((other) => other.side === side && other.applies(one));
  if (!exclusion) return { wanted: one, reason: '' };
  return { wanted: { ...one, ends: exclusion.ends }, reason: exclusion.reason };
}
