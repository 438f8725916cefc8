/** Validates data against the schema of the kinds. A value from a variable is taken as a text or a number, whichever fits. */
import type { z } from 'zod';
import type { Literal, Literals } from './literals.ts';
import type { Path } from './places.ts';
import type { KindIssue } from './schema.ts';
import { valueAt } from './value-at.ts';

type Issue = z.core.$ZodIssue;

/** A place in the data where a variable gave what may be a number, true or false. */
interface Spot {
  readonly holder: Record<string, unknown>;
  readonly key: string;
  readonly literal: Literal;
}

/**
 * The result of validating `data`. `appkey: ${KEY}` may be all digits and is still a text, `{ top: "${TOP}" }` is a number:
 * each value from a variable is first what YAML makes of it, and where that is refused, what else it may be. What is
 * refused as both is told as the number.
 */
export function validate<T extends z.ZodType>(
  schema: T,
  data: unknown,
  literals: Literals,
): z.ZodSafeParseResult<z.output<T>> {
  const first = schema.safeParse(data);
  if (first.success) return first;
  const refused = spotsOf(first.error.issues, data, literals);
  if (refused.length === 0) return first;
  for (const { holder, key, literal } of refused) holder[key] = literal.second;
  const second = schema.safeParse(data);
  if (second.success) return second;
  const still = new Set(pathsOf(second.error.issues).map((path) => JSON.stringify(path)));
  for (const { path, holder, key, literal } of refused) {
    if (still.has(JSON.stringify(path))) holder[key] = literal.value;
  }
  return schema.safeParse(data);
}

function spotsOf(
  issues: readonly Issue[],
  data: unknown,
  literals: Literals,
): (Spot & { readonly path: Path })[] {
  return pathsOf(issues).flatMap((path) => {
    const holder = valueAt(data, path.slice(0, -1)) as Record<string, unknown>;
    const key = String(path.at(-1));
    const literal = literals.get(holder)?.get(key);
    return literal && literal.source !== 'file' ? [{ path, holder, key, literal }] : [];
  });
}

/** Every path that an issue, or a branch of one, points to. */
function pathsOf(issues: readonly Issue[], outer: Path = []): Path[] {
  return issues.flatMap((issue) => {
    const path = [...outer, ...issue.path];
    if (issue.code === 'invalid_union')
      return [path, ...issue.errors.flatMap((one) => pathsOf(one, path))];
    const inner = issue.code === 'custom' ? kindIssueIn(issue) : null;
    if (!inner) return [path];
    return pathsOf([inner], path.slice(0, path.length - inner.path.length));
  });
}

function kindIssueIn(issue: Extract<Issue, { code: 'custom' }>): Issue | null {
  return (issue.params as { kindIssue?: KindIssue } | undefined)?.kindIssue?.issue ?? null;
}
