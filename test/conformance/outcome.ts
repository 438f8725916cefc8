// What a case came to, and what was wrong with it.
import { type Case, expectedOf } from './case.ts';
import { type Frame, OP, type Wire } from './wire.ts';

/** The last ping of a case whose connection stays open: its pong follows all that was sent before. */
const LAST = 'the last ping of this case';

/** A peer that neither answers nor ends is given up, so that its case fails and does not hang. */
const CASE_MS_MAX = 4_000;
/** So many failed cases are enough to know. */
export const FAILED_MAX = 5;

export interface Outcome {
  /** Other frames of the peer, as they came. */
  readonly texts: readonly string[];
  readonly pongs: readonly string[];
  /** The code of its close; 1005 for none in the frame, null where no close frame came. */
  readonly closed: number | null;
  /** Whether the last ping was answered. */
  readonly answered: boolean;
}

/** Told of each case; false when there is no need to go on. */
export type Done = (one: Case, faults: readonly string[]) => boolean;

/** Sends a case's frames, and reads what comes until the last pong or the end of the connection. */
export async function play(one: Case, frames: readonly Frame[], wire: Wire): Promise<Outcome> {
  const giveUp = setTimeout(() => wire.destroy(), CASE_MS_MAX);
  wire.send(frames, one.chop);
  if (one.ends === 'open') wire.send([{ op: OP.ping, payload: Buffer.from(LAST) }]);
  const texts: string[] = [];
  const pongs: string[] = [];
  let closed: number | null = null;
  let answered = false;
  for (let frame = await wire.next(); frame; frame = await wire.next()) {
    const { op, payload } = frame;
    if (op === OP.text) texts.push(payload.toString());
    if (op === OP.close) {
      closed = payload.length >= 2 ? payload.readUInt16BE() : 1005;
      wire.end();
    }
    if (op !== OP.pong) continue;
    answered = payload.toString() === LAST;
    if (answered) break;
    pongs.push(payload.toString('latin1'));
  }
  clearTimeout(giveUp);
  return { texts, pongs, closed, answered };
}

/** Everything that is not as it should be, in words. */
export function faultsOf(
  one: Case,
  outcome: Outcome,
  messages: readonly Buffer[],
  badTextCount: number,
  { answersAll = true } = {},
): string[] {
  const expected = expectedOf(one);
  const faults: string[] = [];
  const { ends } = one;
  const ended = ends === 'open' ? outcome.answered : ends.includes(outcome.closed ?? -1);
  if (!ended) faults.push(`ended with ${outcome.closed}, wanted ${ends}`);
  // A peer may answer only the newest of several pings (RFC 6455 §5.5.3): here, that is the last one.
  const wanted = answersAll ? expected.pongs : inOrder(outcome.pongs, expected.pongs);
  if (JSON.stringify(outcome.pongs) !== JSON.stringify(wanted)) {
    faults.push(`${outcome.pongs.length} pongs, wanted ${expected.pongs.length}`);
  }
  const same =
    messages.length === expected.messages.length &&
    messages.every((message, index) => message.equals(expected.messages[index]!));
  if (!same) faults.push(`${messages.length} messages, wanted ${expected.messages.length}`);
  const wantedBad = ends === 'open' ? expected.badTextCount : 0;
  if (badTextCount !== wantedBad) faults.push(`${badTextCount} malformed, wanted ${wantedBad}`);
  return faults;
}

/** Those of `all` that `some` has, in the order of `all`. */
function inOrder(some: readonly string[], all: readonly string[]): readonly string[] {
  const left = [...some];
  return all.filter((one) => left[0] === one && left.shift() !== undefined);
}
