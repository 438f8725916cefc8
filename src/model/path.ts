/**
 * Paths into JSON: `symbol`, `data.items[0].id`, `["odd key"].x`.
 *
 * Only a value's own properties are followed, so a message cannot reach JavaScript's insides.
 */

export type Step = string | number;
export type PathReader = (value: unknown) => unknown;

const STEP = /^(?:\.?([A-Za-z_$@-][\w$@:-]*)|\[(\d{1,6})\]|\["((?:[^"\\]|\\.)*)"\])/;
export const PATH_STEPS_MAX = 32;

/** The steps of a path; null if the text is not a path. An empty text or `$` is the value itself. */
export function parsePath(text: string): readonly Step[] | null {
  let rest = text.replace(/^\$(?:\.|(?=\[)|$)/, '');
  const steps: Step[] = [];
  while (rest !== '') {
    const match = STEP.exec(rest);
    if (!match || steps.length >= PATH_STEPS_MAX) return null;
    if (steps.length === 0 && rest.startsWith('.')) return null;
    if (match[1] !== undefined) steps.push(match[1]);
    else if (match[2] !== undefined) steps.push(Number(match[2]));
    else steps.push(match[3]!.replace(/\\(.)/g, '$1'));
    rest = rest.slice(match[0].length);
    if (rest !== '' && !rest.startsWith('.') && !rest.startsWith('[')) return null;
  }
  return steps;
}

/** A function that reads the value at the path; undefined where there is none. Throws SyntaxError for a bad path. */
export function compilePath(text: string): PathReader {
  const steps = parsePath(text);
  if (!steps)
    throw new SyntaxError(`${JSON.stringify(text)} is not a path; write one like data.items[0].id`);
  if (steps.length === 0) return (value) => value;
  if (steps.length === 1) return (value) => follow(value, steps[0]!);
  return (value) => {
    let at = value;
    for (const step of steps) {
      at = follow(at, step);
      if (at === undefined) return undefined;
    }
    return at;
  };
}

function follow(value: unknown, step: Step): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
  return (value as Record<Step, unknown>)[step];
}
