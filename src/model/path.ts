/**
 * Paths into JSON: `symbol`, `data.items[0].id`, `["odd key"].x`.
 *
 * `$frame.sequence` leads into the frame that a message came in. Only a value's own properties are followed, so a message cannot reach JavaScript's insides.
 */

export type Step = string | number;
/** Reads a value of a message; `frame` is the frame in which the message came, where that is not the message itself. */
export type PathReader = (value: unknown, frame?: unknown) => unknown;

/** A path that begins so leads into the frame, where one frame carries several messages. */
const FRAME = '$frame';

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

/** The one spelling of a path, however it is written. Throws SyntaxError for a bad path. */
export function pathName(text: string): string {
  return JSON.stringify(stepsOf(text));
}

/** A function that reads the value at the path; undefined where there is none. Throws SyntaxError for a bad path. */
export function compilePath(text: string): PathReader {
  const steps = stepsOf(text);
  if (steps[0] === FRAME) {
    const inFrame = readerOf(steps.slice(1));
    return (value, frame = value) => inFrame(frame);
  }
  return readerOf(steps);
}

/** Whether a path leads into the frame, and not into the message. */
export function isFramePath(text: string): boolean {
  return parsePath(text)?.[0] === FRAME;
}

function readerOf(steps: readonly Step[]): PathReader {
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

function stepsOf(text: string): readonly Step[] {
  const steps = parsePath(text);
  if (steps) return steps;
  throw new SyntaxError(`${JSON.stringify(text)} is not a path; write one like data.items[0].id`);
}

function follow(value: unknown, step: Step): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
  return (value as Record<Step, unknown>)[step];
}
