/** What a command is, and how it speaks: exit codes, output, arguments. */
import { type ParseArgsConfig, parseArgs } from 'node:util';

export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** The whole help, with examples. */
  readonly help: string;
  /** Whether it runs until it is stopped: then nothing that happens to its output may hold it up. */
  readonly service?: true;
  /** Resolves with the exit code: 0 done, 1 failed, 2 the input is wrong. */
  run(args: readonly string[], out: Output): Promise<number>;
}

export interface Output {
  /** To standard output: what was asked for. */
  print(line: string): void;
  /** To standard error: what went wrong. */
  complain(line: string): void;
  /** How many lines of both were dropped, since nobody read them; absent where none ever is. */
  droppedCount?(): number;
}

export const EXIT = { ok: 0, failed: 1, wrongInput: 2 } as const;

/** Thrown for wrong arguments; told with a pointer to the help. */
export class UsageError extends Error {}

/** `parseArgs` with errors that are ours. */
export function readArguments<O extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: O,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    const [sentence] = (error as Error).message.split('. ');
    throw new UsageError(sentence);
  }
}
