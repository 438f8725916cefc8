/** `weir audit`: checks that every number in a store is what was written, and that all of them agree. */
import { TIERS } from '../model/tier.ts';
import { storeKind } from '../store/index.ts';
import { type Audit, type Difference, StoreError } from '../store/store.ts';
import { type Command, EXIT, type Output, readArguments, UsageError } from './command.ts';
import { storeOf } from './store-argument.ts';

const help = `weir audit [store or channels.yaml]

Checks a store, and changes nothing in it; a Weir may be running on it meanwhile. Without an argument: the store
of channels.yaml. What must hold:

  file        SQLite finds no fault in it
  as written  no row was altered: each carries a checksum
  ledger      received = counted + filtered + late + duplicate + malformed, in every cell
  tiers       each minute is the sum of its seconds, each quarter of its minutes, wherever these are still kept
  keys        the keys of a cell count together what the cell counted by key
  watermarks  in order, with no cell beyond them

  $ weir audit data/weir.db
  3 channels; cells: 10800 of 1s, 2880 of 1m, 192 of 15m; from 2026-11-19T14:00:00Z to 2026-11-21T14:05:07Z
  No difference.

Exit code: 0 all holds, 1 something does not (the first place is told), 2 there is no such store.`;

export const audit: Command = {
  name: 'audit',
  summary: 'check that the numbers in a store are whole and agree',
  help,
  async run(args, out) {
    const { positionals } = readArguments(args, {});
    if (positionals.length > 1) throw new UsageError('give one store, or one channels.yaml');
    const store = storeOf(positionals[0], out);
    if (store === null) return EXIT.wrongInput;
    try {
      return tell(storeKind(store.kind)!.audit(store.location), out);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      out.complain(error.message);
      return error.kind === 'refused' ? EXIT.wrongInput : EXIT.failed;
    }
  },
};

function tell(found: Audit, out: Output): number {
  out.print(summary(found));
  const { first, differenceCount } = found;
  if (first === null) {
    out.print('No difference.');
    return EXIT.ok;
  }
  out.print(sentence(first));
  const others = differenceCount - 1;
  if (others > 0) out.print(`And ${others} more ${others === 1 ? 'difference' : 'differences'}.`);
  return EXIT.failed;
}

function summary({ channelCount, cellCounts, keyCellCounts, span }: Audit): string {
  const counts = (of: Audit['cellCounts']) =>
    TIERS.map(({ name }) => `${of[name]} of ${name}`).join(', ');
  const keyed = Object.values(keyCellCounts).some((count) => count > 0);
  return [
    `${channelCount} ${channelCount === 1 ? 'channel' : 'channels'}`,
    `cells: ${counts(cellCounts)}`,
    ...(keyed ? [`by key: ${counts(keyCellCounts)}`] : []),
    span === null ? 'nothing was sealed yet' : `from ${time(span.from)} to ${time(span.to)}`,
  ].join('; ');
}

function sentence({ channel, tier, start, field, expected, found }: Difference): string {
  const place = [channel, tier, start === null ? null : time(start)].filter(Boolean).join(' ');
  return `${place === '' ? 'store' : place}: ${field}: expected ${expected}, found ${found}.`;
}

/** RFC 3339; a damaged time may be beyond what a date can be. */
function time(at: number): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return String(at);
  return date.toISOString().replace('.000Z', 'Z');
}
