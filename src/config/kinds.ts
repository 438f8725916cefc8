/** What the loader must know of the kinds, handed in by whoever knows the registers. */
import type { z } from 'zod';

export interface KindSchema {
  readonly kind: string;
  readonly options: z.ZodType;
  /** Whether a name in the file asks for this kind; default: it is the kind's own name. */
  matches?(name: string): boolean;
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
