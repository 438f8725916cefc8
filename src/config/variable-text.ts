/**
 * The grammar of variables in a text: `${NAME}`, `${NAME:-default}`, `${NAME:?message}`, `${file:PATH}`, and `$${` for a
 * plain `${`. A default and a path may hold variables themselves; braces inside are counted, so `${A:-{"b":1}}` is one.
 */

export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'name';
      readonly name: string;
      /** What follows `:-`; null where there is none. */
      readonly fallback: readonly Part[] | null;
      /** What follows `:?`; null where there is none. */
      readonly demand: string | null;
    }
  | { readonly kind: 'file'; readonly path: readonly Part[] }
  /** A `${…}` of another form. `shown` is as much of it as can be no secret. */
  | { readonly kind: 'unknown'; readonly shown: string };

const HEAD = /\$\{(?:file:|([A-Za-z_]\w*)(?:(:-|:\?)|(?=\})))/y;
const NAME_START = /\$\{([A-Za-z_]\w*)?/y;
/** Variables within each other. */
const DEPTH_MAX = 10;

/** The parts of a text, in order; one text part where there is no variable. */
export function variableParts(text: string): readonly Part[] {
  return new Reader(text).parts();
}

/** Whether the text holds a variable, or something that looks like one. */
export function hasVariable(text: string): boolean {
  return variableParts(text).some(({ kind }) => kind !== 'text');
}

/** The text as people may see it: each variable by its name alone, and its value nowhere. */
export function namesOnly(text: string): string {
  const shown = variableParts(text).map((part) => {
    if (part.kind === 'text') return part.text.replaceAll('${', () => '$${');
    if (part.kind === 'name') return `\${${part.name}}`;
    return part.kind === 'file' ? '${file:…}' : `${part.shown}…}`;
  });
  return shown.join('');
}

class Reader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The parts up to the end of the text, or up to the brace that closes the variable around them. */
  parts(inside = false): readonly Part[] {
    const parts: Part[] = [];
    let plain = '';
    let depth = 0;
    const endText = () => {
      if (plain !== '') parts.push({ kind: 'text', text: plain });
      plain = '';
    };
    while (this.#at < this.#text.length) {
      if (this.#text.startsWith('${', this.#at)) {
        endText();
        parts.push(this.#variable());
        continue;
      }
      const escaped = this.#text.startsWith('$${', this.#at);
      const step = escaped ? '${' : this.#text[this.#at]!;
      if (inside && step === '}' && depth === 0) break;
      if (step.endsWith('{')) depth += 1;
      if (step === '}') depth -= 1;
      plain += step;
      this.#at += escaped ? 3 : 1;
    }
    endText();
    return parts;
  }

  /** The variable that begins here. */
  #variable(): Part {
    const start = this.#at;
    HEAD.lastIndex = start;
    const head = HEAD.exec(this.#text);
    const end = this.#text.indexOf('}', start);
    if (end < 0 || this.#depth === DEPTH_MAX) return this.#unknown(start, this.#text.length);
    if (!head) return this.#unknown(start, end + 1);
    this.#at = HEAD.lastIndex;
    const [whole, name, operator] = head;
    const from = this.#at;
    this.#depth += 1;
    const inner = this.parts(true);
    this.#depth -= 1;
    const raw = this.#text.slice(from, this.#at);
    // Without its own closing brace, it takes in all that follows.
    if (this.#at >= this.#text.length) return this.#unknown(start, this.#text.length);
    this.#at += 1;
    if (whole.endsWith('file:')) return { kind: 'file', path: inner };
    return {
      kind: 'name',
      name: name!,
      fallback: operator === ':-' ? inner : null,
      demand: operator === ':?' ? raw : null,
    };
  }

  /** Skips what is no variable. */
  #unknown(start: number, end: number): Part {
    NAME_START.lastIndex = start;
    const [shown] = NAME_START.exec(this.#text)!;
    this.#at = end;
    return { kind: 'unknown', shown };
  }
}
