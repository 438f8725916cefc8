/**
 * Numbers, true and false in channels.yaml, with the text that stood for them.
 *
 * A whole number beyond 2^53 becomes a bigint, which keeps its digits. A literal that JavaScript would write otherwise
 * (`1.10`, `007`, `True`) goes through the data as a `Literal`, until `settle` replaces it by its value and says where it was.
 */
import { type Document, isScalar, Scalar, visit } from 'yaml';
import { keepDigits } from '../model/exact-json.ts';

export type LiteralValue = number | bigint | boolean;

/** Where a literal comes from. What a variable gives may be taken for a text and for a number, whichever fits. */
export type LiteralSource = 'file' | 'variable' | 'quoted-variable';

export class Literal {
  readonly text: string;
  readonly value: LiteralValue;
  readonly source: LiteralSource;

  constructor(text: string, value: LiteralValue, source: LiteralSource) {
    this.text = text;
    this.value = value;
    this.source = source;
  }

  /** What it is, unless the schema refuses that. */
  get first(): LiteralValue | string {
    return this.source === 'quoted-variable' ? this.text : this.value;
  }

  /** What else it may be. */
  get second(): LiteralValue | string {
    return this.source === 'quoted-variable' ? this.value : this.text;
  }
}

/** By map or list, then by key or index: the literals that stood there. */
export type Literals = ReadonlyMap<object, ReadonlyMap<string, Literal>>;

const WHOLE = /^(?:[-+]?\d+|0o[0-7]+|0x[\da-fA-F]+)$/;
const DECIMAL = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;
const BOOLEAN = /^(?:true|True|TRUE|false|False|FALSE)$/;

/** The value that YAML 1.2 reads from an unquoted text; null where that is no number and no boolean. */
export function readLiteral(text: string): LiteralValue | null {
  if (BOOLEAN.test(text)) return text.toLowerCase() === 'true';
  if (!WHOLE.test(text)) return DECIMAL.test(text) ? Number.parseFloat(text) : null;
  const number = Number(text);
  if (Number.isSafeInteger(number)) return number;
  const digits = BigInt(text.replace(/^[-+]/, ''));
  return text.startsWith('-') ? -digits : digits;
}

/** What YAML makes of an unquoted text, in words; null where it stays a text. */
export function readsAs(text: string): string | null {
  if (BOOLEAN.test(text)) return text.toLowerCase();
  if (/^(?:~|null|Null|NULL)$/.test(text)) return 'null';
  const isOdd = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/.test(text);
  return isOdd || readLiteral(text) !== null ? 'a number' : null;
}

/** Puts bigints and `Literal`s into the document, where a plain value would lose something. */
export function keepLiterals(document: Document.Parsed): void {
  visit(document, {
    Scalar(key, node) {
      const { source } = node;
      if (key === 'key' || source === undefined || !isScalar(node)) return;
      if (typeof node.value !== 'number' && typeof node.value !== 'boolean') return;
      const value = readLiteral(source);
      if (value === null) return;
      node.value = String(value) === source ? value : new Literal(source, value, 'file');
    },
  });
}

/** Whether the scalar stands without quotes. */
export function isPlain(node: Scalar): boolean {
  return node.type === Scalar.PLAIN;
}

/** Replaces every `Literal` in the data by what it is first, in place, and returns where they were. */
export function settle(data: unknown): Literals {
  const found = new Map<object, Map<string, Literal>>();
  const seen = new Set<object>();
  const go = (holder: unknown): void => {
    if (typeof holder !== 'object' || holder === null || seen.has(holder)) return;
    seen.add(holder);
    for (const [key, value] of Object.entries(holder)) {
      if (!(value instanceof Literal)) {
        go(value);
        continue;
      }
      (holder as Record<string, unknown>)[key] = value.first;
      keepDigits(holder, key, value.text);
      found.set(holder, (found.get(holder) ?? new Map<string, Literal>()).set(key, value));
    }
  };
  go(data);
  return found;
}
