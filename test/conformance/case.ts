// What a case of the conformance suite is: what is sent, and what must come of it.
import { type Frame, OP } from './wire.ts';

export type Step =
  /** A message, in so many frames; after each frame but the last, a ping if one is given. */
  | {
      readonly kind: 'message';
      readonly payload: Buffer;
      readonly binary: boolean;
      readonly parts: number;
      readonly ping: string | null;
    }
  /** A text that is not UTF-8, cut as given. */
  | { readonly kind: 'bad-text'; readonly parts: readonly Buffer[] }
  | { readonly kind: 'ping'; readonly payload: Buffer }
  /** Frames that are no message: closing, against the rules, or of no meaning. */
  | { readonly kind: 'raw'; readonly frames: readonly Frame[] };

export interface Case {
  /** Its number in the Autobahn test suite. */
  readonly id: string;
  readonly what: string;
  readonly steps: readonly Step[];
  /** `open`: everything was taken. Else the codes with which the peer may close; 1005 for none. */
  readonly ends: 'open' | readonly number[];
  /** Bytes a write; null for one write. */
  readonly chop: number | null;
  /** The length of the frame matters, and not that of the message in it. */
  readonly exactLength: boolean;
}

export function makeCase(
  id: string,
  what: string,
  steps: readonly Step[],
  given: Partial<Pick<Case, 'ends' | 'chop' | 'exactLength'>> = {},
): Case {
  return { id, what, steps, ends: 'open', chop: null, exactLength: false, ...given };
}

const bytes = (payload: string | Buffer): Buffer => Buffer.from(payload);

export function text(payload: string | Buffer, parts = 1, pingBetween: string | null = null): Step {
  return { kind: 'message', payload: bytes(payload), binary: false, parts, ping: pingBetween };
}

export function binary(payload: Buffer, parts = 1): Step {
  return { kind: 'message', payload, binary: true, parts, ping: null };
}

export function badText(...parts: readonly Buffer[]): Step {
  return { kind: 'bad-text', parts };
}

export function ping(payload: string | Buffer = ''): Step {
  return { kind: 'ping', payload: bytes(payload) };
}

export function raw(...frames: readonly Frame[]): Step {
  return { kind: 'raw', frames };
}

export function frame(
  op: number,
  payload: string | Buffer = '',
  given: Partial<Frame> = {},
): Frame {
  return { op, payload: bytes(payload), ...given };
}

/** A close frame; no code for an empty one. */
export function closeFrame(code: number | null, reason: string | Buffer = ''): Frame {
  if (code === null) return frame(OP.close);
  const head = Buffer.alloc(2);
  head.writeUInt16BE(code);
  return frame(OP.close, Buffer.concat([head, bytes(reason)]));
}

/** The frames of a step; `wrap` makes of a message what is sent. */
export function framesOf(step: Step, wrap: (payload: Buffer) => Buffer): readonly Frame[] {
  if (step.kind === 'raw') return step.frames;
  if (step.kind === 'ping') return [frame(OP.ping, step.payload)];
  if (step.kind === 'bad-text') return cutFrames(OP.text, step.parts, null);
  const whole = wrap(step.payload);
  const size = Math.max(1, Math.ceil(whole.length / step.parts));
  const count = whole.length === 0 ? step.parts : Math.ceil(whole.length / size);
  const parts = Array.from({ length: count }, (_, i) => whole.subarray(i * size, (i + 1) * size));
  return cutFrames(step.binary ? OP.binary : OP.text, parts, step.ping);
}

function cutFrames(op: number, parts: readonly Buffer[], pingBetween: string | null): Frame[] {
  return parts.flatMap((payload, index) => {
    const fin = index === parts.length - 1;
    const part = { op: index === 0 ? op : OP.more, payload, fin };
    return fin || pingBetween === null ? [part] : [part, frame(OP.ping, pingBetween)];
  });
}

/** What must have happened at the end: the messages that arrive, and the pongs. */
export function expectedOf({ steps, ends }: Case): {
  readonly messages: readonly Buffer[];
  readonly badTextCount: number;
  readonly pongs: readonly string[];
} {
  const last = ends === 'open' ? -1 : steps.findIndex(({ kind }) => kind === 'raw');
  const taken = last < 0 ? steps : steps.slice(0, last);
  return {
    messages: taken.flatMap((step) => (step.kind === 'message' ? [step.payload] : [])),
    badTextCount: taken.filter(({ kind }) => kind === 'bad-text').length,
    pongs: taken.flatMap((step) => {
      if (step.kind === 'ping') return [step.payload.toString('latin1')];
      if (step.kind !== 'message' || step.ping === null) return [];
      return Array<string>(step.parts - 1).fill(step.ping);
    }),
  };
}
