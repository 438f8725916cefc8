/** From the text of channels.yaml to a YAML document, or to what is wrong with its grammar; and from the document to data. */
import { type Document, LineCounter, parseDocument } from 'yaml';
import type { Problem } from '../model/problem.ts';
import { keepLiterals } from './literals.ts';
import { type Places, placesIn } from './places.ts';
import { syntaxProblems, tagProblems, warningNotes } from './syntax.ts';
import { unusableNames, unusableParts } from './unusable.ts';
import { keysWithVariables } from './variables.ts';

/** How often what an anchor names may be used before the file counts as a bomb: five times in each channel there may be. */
const ALIAS_COUNT_MAX = 10_000;

export type Parsed =
  | {
      readonly document: Document.Parsed;
      readonly places: Places;
      /** What is wrong, and does not keep the rest from being looked at. */
      readonly faults: readonly Problem[];
      readonly notes: readonly Problem[];
    }
  | { readonly problems: readonly Problem[] };

/** Parses a text of any kind; never throws. Variables are in the document as they are written. */
export function parse(text: string, file: string): Parsed {
  const document = parseText(text);
  const start = { file, line: 1, column: 1 };
  if (!document || document.errors.some(({ message }) => message.includes('call stack'))) {
    return { problems: [tooDeep(start)] };
  }
  const places = placesIn(file, document.contents, linesOf(text));
  if (document.errors.length > 0) return { problems: syntaxProblems(document, text, places) };
  const problems = unusableParts(document, places);
  if (problems.length > 0) return { problems };
  const faults = [
    ...tagProblems(document, text, places),
    ...unusableNames(document, places),
    ...keysWithVariables(document, places),
  ];
  keepLiterals(document);
  return { document, places, faults, notes: warningNotes(document, text, places) };
}

export function tooDeep(place: NonNullable<Problem['place']>): Problem {
  const message = 'the file is nested too deeply; it cannot be what was meant';
  return { code: 'yaml-syntax', message, place };
}

/** The document as data; null where its aliases expand to far more than was written. */
export function toData(document: Document.Parsed): { readonly data: unknown } | null {
  try {
    return { data: document.toJS({ maxAliasCount: ALIAS_COUNT_MAX }) };
  } catch (error) {
    // The only thing left that can fail: aliases, too many (ReferenceError) or circular (RangeError).
    if (error instanceof ReferenceError || error instanceof RangeError) return null;
    throw error;
  }
}

function parseText(text: string): Document.Parsed | null {
  try {
    return parseDocument(text, {
      merge: true,
      prettyErrors: false,
      logLevel: 'error',
      // A key is the text that stands there: 007 stays 007, and 1 and "1" are the same key.
      stringKeys: true,
      resolveKnownTags: false,
    });
  } catch (error) {
    // The parser is recursive; a thousand brackets in a row overflow the stack.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Counted here, because the parser misses lines where the text is not right. */
function linesOf(text: string): LineCounter {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    lines.addNewLine(at + 1);
  }
  return lines;
}
