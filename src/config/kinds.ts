/** What the loader must know of the kinds, handed in by whoever knows the registers. */
import type { z } from 'zod';

export interface KindSchema {
  readonly kind: string;
  readonly options: z.ZodType;
  /** Whether a name in the file asks for this kind; default: it is the kind's own name. */
  matches?(name: string): boolean;
  /** What of valid options may not be what was meant; default: nothing. */
  notes?(options: never): readonly KindNote[];
}

/** A sentence on one option, at its path in the kind's options. */
export interface KindNote {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

export interface Kinds {
  readonly feeds: readonly KindSchema[];
  readonly processors: readonly KindSchema[];
  readonly stores: readonly KindSchema[];
  /** Options of Weir's own RTM server. */
  readonly rtm: z.ZodType;
}

export function findKind(kinds: readonly KindSchema[], name: string): KindSchema | undefined {
  return kinds.find((kind) => kind.matches?.(name) ?? kind.kind === name);
}
