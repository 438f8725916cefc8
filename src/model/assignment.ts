/** Which channel runs in which feed thread. */

export interface Assignable {
  readonly name: string;
  /** Channels with equal keys share a connection, so they stay together. */
  readonly connectionKey: string;
  /** User code gets a thread of its own. */
  readonly isolated: boolean;
}

/**
 * Spreads channels over at most `threadCount` threads, the largest groups first, each to the thread with the
 * fewest channels; isolated channels come after, one thread each. The same input gives the same answer.
 */
export function assignThreads<C extends Assignable>(
  channels: readonly C[],
  threadCount: number,
): C[][] {
  const groups = Map.groupBy(
    channels.filter(({ isolated }) => !isolated),
    ({ connectionKey }) => connectionKey,
  );
  const threads: C[][] = Array.from({ length: Math.min(threadCount, groups.size) }, () => []);
  const largestFirst = [...groups.values()].sort((a, b) => b.length - a.length);
  for (const group of largestFirst) {
    const least = threads.reduce((a, b) => (b.length < a.length ? b : a));
    least.push(...group);
  }
  const alone = channels.filter(({ isolated }) => isolated).map((channel) => [channel]);
  return [...threads, ...alone];
}
