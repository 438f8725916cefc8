/** Asking again and again: one request at a time, none while the page is hidden, more rarely while nothing comes. */

export const RETRY_MS_MAX = 10_000;

const wakers = new Set<(again: boolean) => void>();

/**
 * Calls `ask` at once, then `everyMs()` after each answer; null waits until woken. `ask` says whether there was an
 * answer; while there is none the pause doubles, up to RETRY_MS_MAX. The returned function ends it and aborts what
 * is under way.
 */
export function poll(
  ask: (stop: AbortSignal) => Promise<boolean>,
  everyMs: () => number | null,
  isHidden: () => boolean,
): () => void {
  const stop = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waitMs = FIRST_RETRY_MS;
  let asking = false;
  let again = false;
  const turn = async () => {
    // A hidden page asks nothing; `wakeAll` goes on when it is seen again.
    if (stop.signal.aborted || asking || isHidden()) return;
    asking = true;
    again = false;
    const answered = await ask(stop.signal);
    asking = false;
    if (stop.signal.aborted) return;
    const pauseMs = answered ? everyMs() : null;
    waitMs = answered ? (pauseMs ?? FIRST_RETRY_MS) : Math.min(RETRY_MS_MAX, waitMs * 2);
    if (again) void turn();
    else if (!answered || pauseMs !== null) timer = setTimeout(turn, waitMs);
  };
  const wake = (anew: boolean) => {
    if (asking) {
      again = anew;
      return;
    }
    clearTimeout(timer);
    waitMs = everyMs() ?? FIRST_RETRY_MS;
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

const FIRST_RETRY_MS = 1_000;

/**
 * Everybody asks now: the page is seen again, or Weir has come back. `anew`: what is being asked already is asked
 * once more afterwards, because its answer may be older than what the stream says from now on.
 */
export function wakeAll(anew = false): void {
  for (const wake of [...wakers]) wake(anew);
}
