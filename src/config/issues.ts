/** From what the schema found to problems that a person can put right. */
import type { z } from 'zod';
import type { Problem, ProblemCode } from '../model/problem.ts';
import type { Path, Places } from './places.ts';
import type { KindIssue } from './schema.ts';
import { schemaAt, shapeKeys } from './schema-walk.ts';
import { suggestion } from './suggest.ts';
import { valueAt } from './value-at.ts';

type Issue = z.core.$ZodIssue;

/** Values of such keys are not repeated in messages: secrets, and what is sent to a feed. */
const NOT_REPEATED = /secret|appkey|token|pass|auth|header|url|protocols|subscribe|ping|send/i;
const VALUE_LENGTH_MAX = 60;
/** What a name of a key may look like; anything else may be a value that lost its key. */
const KEY_NAME = /^[\w$.-]{1,40}$/;

/**
 * All problems behind one issue. `outer` is the path at which `issue.path` starts; `written` is the data as it is in the
 * file, so that a problem can show `${NAME}` and never what the environment has for it.
 */
export function problemsOf(
  issue: Issue,
  context: { readonly schema: z.ZodType; readonly written: unknown; readonly places: Places },
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
    { code, message: `${named(path, value)} ${complaint(issue)}`, place: places.value(path) },
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

function complaint(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${article(issue.expected)}`;
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

/** `interval "5x"`, or only `secret` where the value is nobody's business. */
function named(path: Path, value: unknown): string {
  // An entry of a list is named by the list.
  const key = String(path.findLast((step) => typeof step === 'string') ?? 'the file');
  const secret = path.some((step) => NOT_REPEATED.test(String(step)));
  if (secret || value === null || !['string', 'number', 'boolean'].includes(typeof value))
    return key;
  const text = JSON.stringify(value);
  return text.length > VALUE_LENGTH_MAX ? key : `${key} ${text}`;
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
