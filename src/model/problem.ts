/**
 * Problems: what an operator did wrong, told so that it can be put right.
 *
 * Every problem has a stable code (tests and scripts match it) and a sentence for people. Problems are
 * collected, never thrown one by one: an operator sees all of them at once.
 */

/** Where in a text the problem is. Line and column count from 1; the column counts UTF-16 units. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface Problem {
  readonly code: ProblemCode;
  /** One sentence: what is wrong, and what to write instead. Never a secret's value. */
  readonly message: string;
  readonly place?: Place;
}

export type ProblemCode =
  | 'file-unreadable'
  | 'file-encoding'
  | 'file-too-large'
  | 'file-empty'
  | 'yaml-syntax'
  | 'yaml-duplicate-key'
  | 'yaml-alias-bomb'
  | 'yaml-tag'
  | 'unknown-key'
  | 'unknown-kind'
  | 'missing-key'
  | 'wrong-type'
  | 'bad-value'
  | 'bad-name'
  | 'duplicate-name'
  | 'unset-variable'
  | 'bad-variable'
  | 'bad-secret-file'
  | 'exposed-secret'
  | 'no-channels'
  | 'exposed'
  | 'too-many-channels'
  | 'reads-otherwise'
  | 'bad-processor'
  | 'not-applied'
  /** Stands for those that are not listed. */
  | 'more-problems';

/** `file:line:column: message`, the form that editors and terminals make clickable. */
export function formatProblem(problem: Problem): string {
  const { place, message } = problem;
  return place ? `${place.file}:${place.line}:${place.column}: ${message}` : message;
}

/** A note is no error: the same form, with `note: ` before the message. */
export function formatNote({ message, ...note }: Problem): string {
  return formatProblem({ ...note, message: `note: ${message}` });
}
