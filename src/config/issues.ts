/** From what the schema found to problems that a person can put right. */
import type { z } from 'zod';
import { stringifyExact } from '../model/exact-json.ts';
import type { Problem, ProblemCode } from '../model/problem.ts';
import { readLiteral } from './literals.ts';
import type { Path, Places } from './places.ts';
import type { KindIssue } from './schema.ts';
import { schemaAt, shapeKeys } from './schema-walk.ts';
import { suggestion } from './suggest.ts';
import { valueAt } from './value-at.ts';

type Issue = z.core.$ZodIssue;

/** Values of such keys are not repeated in messages. */
const SECRET_LIKE = /secret|appkey|token|pass|auth|header|url/i;
/** Nor are texts under such keys: they are sent to a feed, and may hold what it takes to come in. */
const SENT = /protocols|subscribe|ping|send/i;
const VALUE_LENGTH_MAX = 60;
/** What a name of a key may look like; anything else may be a value that lost its key. */
const KEY_NAME = /^[\w$.-]{1,40}$/;

/**
 * All problems behind one issue. `outer` is the path at which `issue.path` starts; `written` is the data as it is in the
 * file, so that a problem can show `${NAME}` and never what the environment has for it; `data` is what was validated.
 */
export function problemsOf(
  issue: Issue,
  context: {
    readonly schema: z.ZodType;
    readonly written: unknown;
    readonly data: unknown;
    readonly places: Places;
  },
  outer: Path = [],
): Problem[] {
  const path = [...outer, ...issue.path];
  const { places, written } = context;
  if (issue.code === 'custom') return customProblems(issue, context, path);
  if (issue.code === 'unrecognized_keys') {
    const known = shapeKeys(schemaAt(context.schema, issue.path));
    return issue.keys.map((key) => ({
      code: 'unknown-key' as const,
      message: `unknown key${KEY_NAME.test(key) ? ` ${JSON.stringify(key)}` : ''}; ${suggestion(key, known)}`,
      place: places.key([...path, key]),
    }));
  }
  if (issue.code === 'invalid_union') {
    const nearest = nearestBranch(issue.errors);
    if (nearest) return nearest.flatMap((inner) => problemsOf(inner, context, path));
  }
  if (issue.code === 'invalid_key') {
    const name = String(path.at(-1));
    const message = `${JSON.stringify(name)} is not a channel name; use small letters, digits and hyphens, such as ${JSON.stringify(nameLike(name))}`;
    return [{ code: 'bad-name', message, place: places.key(path) }];
  }
  const value = valueAt(written, path);
  if (value === undefined) {
    const message = `${where(path.slice(0, -1))} needs ${JSON.stringify(String(path.at(-1)))}`;
    return [{ code: 'missing-key', message, place: places.value(path) }];
  }
  const code: ProblemCode = issue.code === 'invalid_type' ? 'wrong-type' : 'bad-value';
  return [
    {
      code,
      message: `${named(path, value)} ${complaint(issue, valueAt(context.data, path))}`,
      place: places.value(path),
    },
  ];
}

function customProblems(
  issue: Extract<Issue, { code: 'custom' }>,
  context: Parameters<typeof problemsOf>[1],
  path: Path,
): Problem[] {
  const params = (issue.params ?? {}) as {
    kindIssue?: KindIssue;
    unknownKind?: string;
    place?: string;
    names?: string[];
  };
  if (params.kindIssue) {
    const { issue: inner, schema } = params.kindIssue;
    return problemsOf(
      inner,
      { ...context, schema },
      path.slice(0, path.length - inner.path.length),
    );
  }
  const place = context.places.value(path);
  const value = valueAt(context.written, path);
  if (params.unknownKind !== undefined) {
    const message = `unknown ${params.place} kind ${JSON.stringify(value)}; ${suggestion(params.unknownKind, params.names ?? [])}`;
    return [{ code: 'unknown-kind', message, place }];
  }
  return [{ code: 'bad-value', message: `${named(path, value)} ${issue.message}`, place }];
}

/** The branch that comes nearest: the one that accepts the value's type and complains deeper inside. */
function nearestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | null {
  const scored = branches
    .filter((issues) => issues.length > 0)
    .map((issues) => ({
      issues,
      depth: Math.max(
        ...issues.map(({ path, code }) => path.length + (code === 'invalid_type' ? 0 : 0.5)),
      ),
    }));
  scored.sort((a, b) => b.depth - a.depth);
  const best = scored[0];
  return best && best.depth > 0 ? best.issues : null;
}

/** What is wrong with `value`, which is not shown. */
function complaint(issue: Issue, value: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      return wrongType(issue.expected, value);
    case 'too_small':
      return `is too small; the least is ${issue.minimum}`;
    case 'too_big':
      return `is too big; the most is ${issue.maximum}`;
    case 'invalid_value':
      return `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
    case 'invalid_union':
      return 'has none of the forms that are possible here';
    default:
      return `is not right: ${issue.message}`;
  }
}

function wrongType(expected: string, value: unknown): string {
  const wanted = `must be ${article(expected)}`;
  if (expected === 'string' && ['number', 'bigint', 'boolean'].includes(typeof value)) {
    return `${wanted}; put it in quotes`;
  }
  if (!['number', 'int', 'boolean'].includes(expected)) return wanted;
  if (typeof value === 'bigint') return `is too big; the most is ${Number.MAX_SAFE_INTEGER}`;
  const isQuoted = typeof value === 'string' && readLiteral(value) !== null;
  return isQuoted ? `${wanted}; leave the quotes out` : wanted;
}

function article(type: string): string {
  const names: Record<string, string> = {
    string: 'a text',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
    object: 'a map of keys and values',
    record: 'a map of keys and values',
    array: 'a list',
  };
  return names[type] ?? type;
}

/** Whether the value at the path is not to be shown. */
export function isSecret(path: Path): boolean {
  return path.some((step) => SECRET_LIKE.test(String(step)));
}

/** `interval "5x"`, or only `secret` where the value is nobody's business. */
function named(path: Path, value: unknown): string {
  const key = nameOf(path);
  const isShown = ['string', 'number', 'bigint', 'boolean'].includes(typeof value);
  const isSent = typeof value === 'string' && path.some((step) => SENT.test(String(step)));
  if (isSecret(path) || isSent || !isShown) return key;
  const text = typeof value === 'number' ? String(value) : stringifyExact(value);
  return text.length > VALUE_LENGTH_MAX ? key : `${key} ${text}`;
}

/** The last key; of an entry of a list, the list's key and the index: `symbols[2]`. */
function nameOf(path: Path): string {
  const [list, last] = [path.at(-2), path.at(-1)];
  if (last === undefined) return 'the file';
  return typeof last === 'number' && list !== undefined ? `${String(list)}[${last}]` : String(last);
}

function where(path: Path): string {
  return path.length === 0 ? 'the file' : path.map(String).join('.');
}

function nameLike(text: string): string {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return name === '' ? 'my-channel' : name;
}
