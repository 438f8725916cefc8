/** Asking again and again: one request at a time, none while the page is hidden, more rarely while nothing comes. */

export const RETRY_MS_MAX = 10_000;

const wakers = new Set<() => void>();

/**
 * Calls `ask` at once, then `everyMs` after each answer. `ask` says whether there was one; while there is none the
 * pause doubles, up to RETRY_MS_MAX. The returned function ends it and aborts what is under way.
 */
export function poll(
  ask: (stop: AbortSignal) => Promise<boolean>,
  everyMs: number,
  isHidden: () => boolean,
): () => void {
  const stop = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waitMs = everyMs;
  let asking = false;
  const turn = async () => {
    // A hidden page asks nothing; `wakeAll` goes on when it is seen again.
    if (stop.signal.aborted || asking || isHidden()) return;
    asking = true;
    const answered = await ask(stop.signal);
    asking = false;
    if (stop.signal.aborted) return;
    waitMs = answered ? everyMs : Math.min(RETRY_MS_MAX, waitMs * 2);
    timer = setTimeout(turn, waitMs);
  };
  const wake = () => {
    if (asking) return;
    clearTimeout(timer);
    waitMs = everyMs;
    void turn();
  };
  wakers.add(wake);
  void turn();
  return () => {
    wakers.delete(wake);
    clearTimeout(timer);
    stop.abort();
  };
}

/** Everybody asks now: the page is seen again, or Weir has come back. */
export function wakeAll(): void {
  for (const wake of [...wakers]) wake();
}
