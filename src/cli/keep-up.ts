/** Keeps a running Weir up with channels.yaml: applies the file whenever it changes, and on SIGHUP. */
import type { Weir } from '../main.ts';
import { formatNote, formatProblem, type Problem } from '../model/problem.ts';
import { nodeTimers } from '../shared/clock.ts';
import type { Output } from './command.ts';
import { type Given, type Read, readConfiguration } from './configuration.ts';
import { watchConfiguration } from './watch.ts';

export interface KeepUpParts {
  readonly file: string;
  /** What the command line says instead of the file. */
  readonly given: Given;
  /** The file as Weir was started with it. */
  readonly read: Read;
  readonly notes: NoteTeller;
  readonly out: Output;
}

/** Returns a function that ends it. */
export function keepUp(weir: Weir, { file, given, read, notes, out }: KeepUpParts): () => void {
  let known: string | null = contentsOf(read);
  const apply = (always: boolean) => {
    const now = readConfiguration(file, given);
    const contents = contentsOf(now);
    if (contents === known && !always) return;
    known = contents;
    if (now.config) {
      notes.tell(now.notes);
      weir.reload(now.config).catch(() => {
        // Weir has told why. To save the same file again is then to try it again.
        known = null;
      });
      return;
    }
    weir.refuse(now.problems);
    for (const problem of now.problems) out.complain(formatProblem(problem));
  };
  const onHangUp = () => apply(true);
  process.on('SIGHUP', onHangUp);
  const stopWatching = watchConfiguration(file, {
    timers: nodeTimers,
    elapsed: () => performance.now(),
    size: read.bytes?.length ?? 0,
    changed: () => apply(false),
  });
  return () => {
    process.off('SIGHUP', onHangUp);
    stopWatching();
  };
}

/** What tells two readings of the file apart: its contents, or why it has none. */
function contentsOf({ bytes, problems }: Read): string {
  return bytes === null ? `unreadable: ${problems[0]?.message}` : bytes.toString('latin1');
}

/** Tells the notes on the file, each once as long as it holds. */
export class NoteTeller {
  readonly #out: Output;
  #told: readonly string[] = [];

  constructor(out: Output) {
    this.#out = out;
  }

  tell(notes: readonly Problem[]): void {
    const now = notes.map(formatNote);
    for (const note of now) if (!this.#told.includes(note)) this.#out.complain(note);
    this.#told = now;
  }
}
