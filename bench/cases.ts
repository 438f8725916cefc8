/** What is measured in `throughput`: the frames, and what is asked of the readers. */
import type { Side, Work } from './sides.ts';
import type { Shape } from './traffic.ts';

export interface Case {
  /** For `--cases`. */
  readonly name: string;
  readonly title: string;
  readonly work: Work;
  readonly shape: Shape;
  /** Which of a side's numbers of messages it takes. */
  readonly volume: 0 | 1 | 2 | 3;
}

/** The case that is drawn. */
export const DRAWN = 'count-10';

export const cases: readonly Case[] = [
  counting(1, 200, 0),
  counting(10, 200, 1),
  counting(50, 400, 2),
  keyed(1),
  keyed(100),
  keyed(10_000),
  unlike('count', 'count', 1),
  unlike('keys', 'count-by', 3),
];

/** The sides of a case: a drain and a counter of frames cannot count by key. */
export function sidesOf({ work }: Case, sides: readonly Side[]): Side[] {
  return sides.filter(({ counts }) => work === 'count' || counts === 'messages');
}

function counting(perFrame: number, messageBytes: number, volume: Case['volume']): Case {
  return {
    name: `count-${perFrame}`,
    title: `count, ${perFrame} × ${messageBytes} B a frame`,
    work: 'count',
    shape: { perFrame, messageBytes, keyCount: 100, orderCount: 1 },
    volume,
  };
}

function keyed(keyCount: number): Case {
  return {
    name: `keys-${keyCount}`,
    title: `count-by with ${keyCount.toLocaleString('en')} ${keyCount === 1 ? 'key' : 'keys'}, 10 × 200 B a frame`,
    work: 'count-by',
    shape: { perFrame: 10, messageBytes: 200, keyCount, orderCount: 1 },
    volume: 3,
  };
}

/** Messages of which no two that are near look alike. */
function unlike(name: string, work: Work, volume: Case['volume']): Case {
  return {
    name: `${name}-unlike`,
    title: `${work}, 10 × 200 B a frame, members in 500 orders`,
    work,
    shape: { perFrame: 10, messageBytes: 200, keyCount: 100, orderCount: 500 },
    volume,
  };
}
