/** The tap: counting in the bytes of the socket, before `ws`. See wasm/README.md. */
import { CARRY_BYTES, ENVELOPE_JSON, ENVELOPE_OPAQUE, ENVELOPE_SATORI } from '../../wasm/layout.ts';
import { tapKernel } from './kernel.ts';
import { type TapChannel, TapLink } from './link.ts';
import { MemoryFull } from './lot.ts';

export { scannerTrouble } from './kernel.ts';
export type { TapChannel, TapLink } from './link.ts';
export { areFew, type Guard, plainSteps } from './program.ts';

const ENVELOPES = {
  /** A frame is one message, whatever it holds. */
  opaque: ENVELOPE_OPAQUE,
  /** A frame is one JSON value. */
  json: ENVELOPE_JSON,
  /** A frame is a PDU of Satori RTM. */
  satori: ENVELOPE_SATORI,
} as const;

export interface TapPlan {
  readonly envelope: keyof typeof ENVELOPES;
  /** Whether a frame that is not UTF-8 is malformed. */
  readonly utf8: boolean;
  readonly frameBytesMax: number;
  readonly channels: readonly TapChannel[];
}

/** A tap for one connection; null where there is nothing it can count, no room, or it is switched off. */
export function openTap({ envelope, utf8, frameBytesMax, channels }: TapPlan): TapLink | null {
  const kernel = channels.length > 0 ? tapKernel() : null;
  if (!kernel) return null;
  try {
    return new TapLink(kernel, {
      envelope: ENVELOPES[envelope],
      utf8,
      frameBytesMax: Math.min(frameBytesMax, CARRY_BYTES),
      channels,
    });
  } catch (error) {
    // What follows: `ws` counts, more slowly.
    if (error instanceof MemoryFull) return null;
    throw error;
  }
}
