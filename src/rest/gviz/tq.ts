/**
 * The query language, as far as it makes sense for buckets: select, where on the time, order by, limit, offset,
 * label, options. What is not understood is refused; ignoring a `limit` would surprise people.
 */
import { GvizError } from './gviz-error.ts';

export interface TimeCondition {
  readonly operator: '>' | '>=' | '<' | '<=';
  /** As written: `2026-11-21 14:05:00`, in the zone of the request. */
  readonly time: string;
}

export interface TableQuery {
  /** Ids of columns in their order; null for all. */
  readonly select: readonly string[] | null;
  readonly where: readonly TimeCondition[];
  readonly orderBy: { readonly column: string; readonly descending: boolean } | null;
  readonly limit: number | null;
  readonly offset: number;
  readonly labels: ReadonlyMap<string, string>;
  readonly noValues: boolean;
  readonly noFormat: boolean;
}

const TOKEN = /\s*(?:`([^`]*)`|'([^']*)'|"([^"]*)"|([A-Za-z_][\w-]*)|(\d+)|(>=|<=|>|<|,|\*))/y;
const TOKENS_MAX = 500;
const CLAUSES = ['select', 'where', 'order', 'limit', 'offset', 'label', 'options'];
const UNSUPPORTED = ['group', 'pivot', 'skipping', 'format'];

interface Token {
  readonly kind: 'name' | 'text' | 'word' | 'number' | 'sign';
  readonly text: string;
}

/** Throws a GvizError for what is wrong or not supported. */
export function parseTq(text: string): TableQuery {
  return new Parser(tokens(text)).query();
}

function tokens(text: string): Token[] {
  const list: Token[] = [];
  TOKEN.lastIndex = 0;
  const trimmed = text.trimEnd();
  while (TOKEN.lastIndex < trimmed.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(trimmed);
    if (!match || list.length >= TOKENS_MAX) {
      throw new GvizError(
        'invalid_query',
        `cannot be read from "${trimmed.slice(at, at + 20)}" on`,
      );
    }
    const [, name, single, double, word, number, sign] = match;
    if (name !== undefined) list.push({ kind: 'name', text: name });
    else if (word !== undefined) list.push({ kind: 'word', text: word });
    else if (number !== undefined) list.push({ kind: 'number', text: number });
    else if (sign !== undefined) list.push({ kind: 'sign', text: sign });
    else list.push({ kind: 'text', text: single ?? double ?? '' });
  }
  return list;
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(list: readonly Token[]) {
    this.#tokens = list;
  }

  query(): TableQuery {
    let query: TableQuery = {
      select: null,
      where: [],
      orderBy: null,
      limit: null,
      offset: 0,
      labels: new Map(),
      noValues: false,
      noFormat: false,
    };
    let last = -1;
    while (this.#at < this.#tokens.length) {
      const clause = this.#next().text.toLowerCase();
      const position = CLAUSES.indexOf(clause);
      if (UNSUPPORTED.includes(clause)) {
        throw new GvizError('unsupported_query_operation', `"${clause}" is not supported`);
      }
      if (position <= last)
        throw new GvizError('invalid_query', `"${clause}" is not expected here`);
      last = position;
      query = { ...query, ...this.#clause(clause) };
    }
    return query;
  }

  #clause(clause: string): Partial<TableQuery> {
    switch (clause) {
      case 'select':
        return { select: this.#select() };
      case 'where':
        return { where: this.#where() };
      case 'order':
        return { orderBy: this.#orderBy() };
      case 'limit':
        return { limit: this.#number() };
      case 'offset':
        return { offset: this.#number() };
      case 'label':
        return { labels: this.#labels() };
      default:
        return this.#options();
    }
  }

  #select(): string[] | null {
    if (this.#take('*')) return null;
    const columns = [this.#column()];
    while (this.#take(',')) columns.push(this.#column());
    return columns;
  }

  #where(): TimeCondition[] {
    const conditions: TimeCondition[] = [];
    do {
      if (this.#column() !== 't') {
        throw new GvizError('unsupported_query_operation', 'where knows conditions on t only');
      }
      const operator = this.#next().text;
      if (operator !== '>' && operator !== '>=' && operator !== '<' && operator !== '<=') {
        throw new GvizError('unsupported_query_operation', `where does not know "${operator}"`);
      }
      if (!['datetime', 'date', 'timestamp'].includes(this.#next().text.toLowerCase())) {
        throw new GvizError(
          'invalid_query',
          "where wants a time, as in datetime '2026-11-21 14:05:00'",
        );
      }
      conditions.push({ operator, time: this.#text() });
    } while (this.#take('and'));
    return conditions;
  }

  #orderBy(): TableQuery['orderBy'] {
    if (!this.#take('by')) throw new GvizError('invalid_query', '"order" wants "by"');
    const column = this.#column();
    const descending = this.#take('desc');
    if (!descending) this.#take('asc');
    if (this.#take(',')) {
      throw new GvizError('unsupported_query_operation', 'order by takes one column');
    }
    return { column, descending };
  }

  #labels(): Map<string, string> {
    const labels = new Map<string, string>();
    do labels.set(this.#column(), this.#text());
    while (this.#take(','));
    return labels;
  }

  #options(): Partial<TableQuery> {
    const noFormat = this.#take('no_format');
    const noValues = this.#take('no_values');
    if (!noFormat && !noValues) {
      throw new GvizError('invalid_query', 'options are no_format and no_values');
    }
    return { noValues, noFormat: noFormat || this.#take('no_format') };
  }

  #column(): string {
    const { kind, text } = this.#next();
    if (kind === 'name' || kind === 'word') return text;
    throw new GvizError(
      'invalid_query',
      `"${text}" is not a column; names with signs go in backticks`,
    );
  }

  #number(): number {
    const { kind, text } = this.#next();
    if (kind === 'number') return Number(text);
    throw new GvizError('invalid_query', `"${text}" is not a number`);
  }

  #text(): string {
    const { kind, text } = this.#next();
    if (kind === 'text') return text;
    throw new GvizError('invalid_query', `"${text}" is not a text in quotes`);
  }

  /** Goes past a word or sign if it is next. */
  #take(wanted: string): boolean {
    const token = this.#tokens[this.#at];
    const found =
      (token?.kind === 'word' || token?.kind === 'sign') && token.text.toLowerCase() === wanted;
    if (found) this.#at += 1;
    return found;
  }

  #next(): Token {
    const token = this.#tokens[this.#at++];
    if (!token) throw new GvizError('invalid_query', 'ends too early');
    return token;
  }
}
