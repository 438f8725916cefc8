/** Notes: what is right in the file, and may not be what was meant. */
import type { z } from 'zod';
import type { ChannelConfig } from '../model/channel.ts';
import { isJsonNumber } from '../model/exact-json.ts';
import type { Problem } from '../model/problem.ts';
import { isSecret } from './issues.ts';
import { findKind, type KindSchema, type Kinds } from './kinds.ts';
import type { Literal, Literals } from './literals.ts';
import type { Path, Places } from './places.ts';
import { schemaAt } from './schema-walk.ts';
import { valueAt } from './value-at.ts';

export interface Noted {
  readonly channels: readonly ChannelConfig[];
  /** The data of the file, as it was validated. */
  readonly data: unknown;
  readonly literals: Literals;
  readonly kinds: Kinds;
  readonly places: Places;
}

/** The notes on the feeds and processors of all channels. */
export function channelNotes({ channels, data, literals, kinds, places }: Noted): Problem[] {
  return channels.flatMap((channel) =>
    (['feed', 'processor'] as const).flatMap((part) => {
      const kind = findKind(kinds[`${part}s`], channel[part].kind)!;
      const at: Path = ['channels', channel.name, part];
      const own = kind.notes?.(channel[part] as never) ?? [];
      const read = literalNotes(valueAt(data, at), literals, kind);
      return [...own, ...read].map(
        ({ path, message }): Problem => ({
          code: 'reads-otherwise',
          message,
          place: places.value([...at, ...path]),
        }),
      );
    }),
  );
}

/**
 * Values such as `00007` and `1.0`, which YAML reads as numbers and JavaScript writes otherwise, where a text would do as
 * well; and those that JSON cannot write as they stand.
 */
function literalNotes(
  data: unknown,
  literals: Literals,
  kind: KindSchema,
  path: Path = [],
): { readonly path: Path; readonly message: string }[] {
  if (typeof data !== 'object' || data === null) return [];
  return Object.entries(data).flatMap(([key, value]) => {
    const here = [...path, key];
    const literal = literals.get(data)?.get(key);
    if (!literal) return literalNotes(value, literals, kind, here);
    return isWorthANote(literal, schemaAt(kind.options, here))
      ? [{ path: here, message: sentence(literal, here) }]
      : [];
  });
}

function isWorthANote(literal: Literal, schema: z.core.$ZodType | null): boolean {
  const { text, value, source } = literal;
  if (source === 'quoted-variable' || String(value) === text) return false;
  if (schema) return (schema as z.ZodType).safeParse(text).success;
  return typeof value !== 'boolean' && !isJsonNumber(text);
}

function sentence({ text, value, source }: Literal, path: Path): string {
  if (source !== 'file' || isSecret(path)) {
    return 'YAML reads this as a number that is written otherwise, or as true or false; if a text is meant, put it in quotes';
  }
  const read = typeof value === 'boolean' ? String(value) : `the number ${value}`;
  return `YAML reads ${text} as ${read}; if the text is meant, put it in quotes: "${text}"`;
}
