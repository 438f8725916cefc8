/** Work that can wait for a frame, and may be spread over several: no frame is held up by many cards at once. */

/** What is left of a frame belongs to the browser. */
const FRAME_MS = 6;

const queue = new Set<() => void>();
let asked = false;

/** Does the task in one of the next frames; a task that waits already is not done twice. */
export function soon(task: () => void): void {
  queue.add(task);
  if (!asked) requestAnimationFrame(turn);
  asked = true;
}

async function turn(): Promise<void> {
  const end = performance.now() + FRAME_MS;
  for (const task of queue) {
    queue.delete(task);
    task();
    // What the task has changed is drawn in a microtask; its time counts too.
    await null;
    await null;
    if (performance.now() >= end) break;
  }
  asked = queue.size > 0;
  if (asked) requestAnimationFrame(turn);
}
