/** `weir store`: what an operator does with a store, also while a Weir runs on it. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { storeKind } from '../store/index.ts';
import { StoreError } from '../store/store.ts';
import { type PruneRequest, REQUEST_FACT } from '../timer/prune-gate.ts';
import { type Command, EXIT, type Output, readArguments, UsageError } from './command.ts';
import { storeOf } from './store-argument.ts';

const help = `weir store backup FILE | trust-clock | prune --yes   [store or channels.yaml]

  backup FILE    writes a whole copy of the store to a new file, while Weir runs
  trust-clock    after a jump of the clock, Weir prunes nothing for a day of running: this ends the wait
  prune --yes    after retain was shortened, nothing more is removed for a day of running: this ends the wait

Without a store: that of channels.yaml. A running Weir acts within a minute; else the next start does.

To restore a backup: stop Weir, move the store away together with its -wal and -shm files, copy the backup to its
place, start Weir. Feeds then resume where the backup has them: what they send again is counted again.

Exit code: 0 done, 1 failed, 2 the arguments are wrong, or there is no such store.`;

type Action = (store: { kind: string; location: string }, out: Output) => Promise<number>;

export const store: Command = {
  name: 'store',
  summary: 'copy a store, or end a wait before it is pruned',
  help,
  async run(args, out) {
    const { values, positionals } = readArguments(args, {
      yes: { type: 'boolean', default: false },
    });
    const [name, ...rest] = positionals;
    const { action, given } = parse(name, rest, values.yes);
    const location = storeOf(given, out);
    if (location === null) return EXIT.wrongInput;
    try {
      return await action(location, out);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      out.complain(error.message);
      return error.kind === 'refused' ? EXIT.wrongInput : EXIT.failed;
    }
  },
};

function parse(
  name: string | undefined,
  rest: readonly string[],
  yes: boolean,
): { readonly action: Action; readonly given: string | undefined } {
  if (name === 'backup') {
    const [file, given, ...more] = rest;
    if (file === undefined || more.length > 0) throw new UsageError('give the file to write');
    return { action: backup(resolve(file)), given };
  }
  if (rest.length > 1) throw new UsageError('give one store, or one channels.yaml');
  const [given] = rest;
  if (name === 'trust-clock') return { action: request('trust-clock'), given };
  if (name !== 'prune') throw new UsageError('say what to do: backup, trust-clock or prune');
  if (!yes) throw new UsageError('prune removes history for ever; add --yes');
  return { action: request('prune'), given };
}

function backup(file: string): Action {
  return async ({ kind, location }, out) => {
    if (existsSync(file)) throw new UsageError(`${file} is there already; name a new file`);
    await storeKind(kind)!.backUp(location, file);
    out.print(`Copied ${location} to ${file}.`);
    return EXIT.ok;
  };
}

function request(what: PruneRequest): Action {
  return async ({ kind, location }, out) => {
    storeKind(kind)!.leaveFact(location, REQUEST_FACT, what);
    out.print('Noted. A running Weir acts on it within a minute, else the next start does.');
    return EXIT.ok;
  };
}
