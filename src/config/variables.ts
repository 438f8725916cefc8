/**
 * Variables: values from the environment and from secret files, put into the texts of the document.
 *
 * A value that consists of variables and digits may be a number, true or false: without quotes it is read like any other
 * value of YAML, in quotes it is a text wherever a text will do. Values are never shown in a problem.
 */
import { type Document, isScalar, type Scalar, visit } from 'yaml';
import type { Problem } from '../model/problem.ts';
import { isPlain, Literal, readLiteral } from './literals.ts';
import type { Places } from './places.ts';
import type { SecretReader } from './secrets.ts';
import { type Part, variableParts } from './variable-text.ts';

/** What may stand beside the variables of an unquoted number. */
const NUMBER_TEXT = /^[-+.\dexo]*$/i;
const FORMS =
  '${NAME}, ${NAME:-default}, ${NAME:?message} or ${file:PATH}; a plain ${ is written $${';

export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly readSecret: SecretReader;
}

export interface Replaced {
  readonly problems: readonly Problem[];
  readonly notes: readonly Problem[];
}

/** Keys hold no variables. In them, `$${` is a plain `${` as well. */
export function keysWithVariables(document: Document.Parsed, places: Places): Problem[] {
  const problems: Problem[] = [];
  visit(document, {
    Scalar(key, node) {
      if (key !== 'key' || typeof node.value !== 'string' || !node.value.includes('${')) return;
      const parts = variableParts(node.value);
      node.value = parts.map((part) => (part.kind === 'text' ? part.text : '')).join('');
      if (parts.every(({ kind }) => kind === 'text')) return;
      const message = 'a key cannot hold a variable; write the key out, or $${ for a plain ${';
      problems.push({ code: 'bad-variable', message, place: places.offset(startOf(node)) });
    },
  });
  return problems;
}

/** Replaces the variables in all values of the document, in place. */
export function replaceVariables(
  document: Document.Parsed,
  surroundings: Surroundings,
  places: Places,
): Replaced {
  const expansion = new Expansion(surroundings, places);
  visit(document, {
    Scalar(key, node) {
      if (key === 'key' || !isScalar(node) || typeof node.value !== 'string') return;
      if (!node.value.includes('${')) return;
      const parts = variableParts(node.value);
      const text = expansion.text(parts, startOf(node));
      const literal = isNumberText(parts) ? readLiteral(text) : null;
      const source = isPlain(node) ? 'variable' : 'quoted-variable';
      node.value = literal === null ? text : new Literal(text, literal, source);
    },
  });
  return expansion;
}

/** A value that a variable or a file put into a text. */
export interface Given {
  /** Where in the text, with its values, the variable's part begins. */
  readonly at: number;
  readonly value: string;
}

/** The text with its values, and those that are not in channels.yaml itself. What has no value is left empty. */
export function valuesGiven(
  written: string,
  surroundings: Surroundings,
): { readonly text: string; readonly given: readonly Given[] } {
  const given: Given[] = [];
  let text = '';
  for (const part of variableParts(written)) {
    const expansion = new Expansion(surroundings, NOWHERE);
    const value = expansion.text([part], 0);
    given.push(...expansion.given.map((one) => ({ at: text.length, value: one })));
    text += value;
  }
  return { text, given };
}

const NO_PLACE = { file: '', line: 1, column: 1 };
const NOWHERE: Places = { value: () => NO_PLACE, key: () => NO_PLACE, offset: () => NO_PLACE };

function isNumberText(parts: readonly Part[]): boolean {
  const written = parts.map((part) => (part.kind === 'text' ? part.text : '')).join('');
  return NUMBER_TEXT.test(written) && parts.some(({ kind }) => kind !== 'text');
}

function startOf(node: Scalar): number {
  return node.range?.[0] ?? 0;
}

class Expansion implements Replaced {
  readonly problems: Problem[] = [];
  readonly notes: Problem[] = [];
  /** Values that came from the environment and from files. */
  readonly given: string[] = [];
  readonly #surroundings: Surroundings;
  readonly #places: Places;

  constructor(surroundings: Surroundings, places: Places) {
    this.#surroundings = surroundings;
    this.#places = places;
  }

  /** The text of the parts; what has no value is a problem at `offset`, and empty. */
  text(parts: readonly Part[], offset: number): string {
    return parts.map((part) => this.#valueOf(part, offset)).join('');
  }

  #valueOf(part: Part, offset: number): string {
    switch (part.kind) {
      case 'text':
        return part.text;
      case 'name':
        return this.#variable(part, offset);
      case 'file':
        return this.#secret(this.text(part.path, offset), offset);
      case 'unknown':
        return this.#trouble(
          'bad-variable',
          offset,
          `${part.shown}…} is no variable; write ${FORMS}`,
        );
    }
  }

  #variable(part: Extract<Part, { kind: 'name' }>, offset: number): string {
    const { name, fallback, demand } = part;
    const given = this.#surroundings.environment[name];
    // The environment inherits from Object: its functions are no variables.
    const value = typeof given === 'string' ? given : undefined;
    if (value !== undefined && value !== '') {
      this.given.push(value);
      return value;
    }
    if (fallback !== null) return this.text(fallback, offset);
    if (value === '' && demand === null) return value;
    const missing = value === '' ? 'is empty' : 'is not set';
    const remedy = demand || `set it, or write \${${name}:-default}`;
    const message = `the environment variable ${name} ${missing}; ${remedy}`;
    return this.#trouble('unset-variable', offset, message);
  }

  #secret(path: string, offset: number): string {
    const secret = this.#surroundings.readSecret(path);
    if ('fault' in secret) return this.#trouble('bad-secret-file', offset, secret.fault);
    if (secret.remark !== null) {
      this.notes.push({
        code: 'exposed-secret',
        message: secret.remark,
        place: this.#places.offset(offset),
      });
    }
    this.given.push(secret.text);
    return secret.text;
  }

  #trouble(code: Problem['code'], offset: number, message: string): string {
    this.problems.push({ code, message, place: this.#places.offset(offset) });
    return '';
  }
}
