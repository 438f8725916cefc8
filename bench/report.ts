/** How a counting process says that it is done: its own CPU time since its first message. */

/** Looked at so often that the look costs nothing that could be seen. */
const LOOK_MS = 5;

export function reportWhenCounted(counted: () => number, messageCount: number): void {
  let start: NodeJS.CpuUsage | null = null;
  const timer = setInterval(() => {
    const count = counted();
    if (start === null && count > 0) start = process.cpuUsage();
    if (count < messageCount) return;
    clearInterval(timer);
    const { user, system } = process.cpuUsage(start ?? undefined);
    process.send!({ cpuSeconds: (user + system) / 1e6, counted: count });
    process.exit(0);
  }, LOOK_MS);
}
