/** How a reader in Node says what its work cost: one line of JSON on standard output, as the readers in other languages. */
import { writeSync } from 'node:fs';

/** What a reader reports. */
export interface Report {
  /** User and system time of the whole process, from the subscription's acceptance to the end of the stream. */
  readonly cpuSeconds: number;
  /** Messages, frames or bytes: see `Side.counts`. */
  readonly counted: number;
  /** How many keys there were, of a reader that counts by key. */
  readonly keys?: number;
}

/** Called when the subscription is accepted; what it returns is called at the end of the stream. */
export function account(): (result: Omit<Report, 'cpuSeconds'>) => void {
  const start = process.cpuUsage();
  return (result) => {
    const { user, system } = process.cpuUsage(start);
    say({ cpuSeconds: (user + system) / 1e6, ...result });
  };
}

/** Prints one line, also from a thread that ends right after. */
export function say(line: unknown): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}
