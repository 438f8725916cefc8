/** What the YAML parser found wrong, and which tags nobody here understands, in words that say what to write instead. */
import type { Document, YAMLError } from 'yaml';
import type { Problem } from '../model/problem.ts';
import type { Places } from './places.ts';

const QUOTES = 'put the text in quotes: "…"';
const VARIABLE = 'inside { } or [ ] a variable needs quotes: "${NAME}"';
/** How tags of other programs look: `!secret`, `!!binary`. */
const TAG_NAME = /^!!?[a-z_]+$/;

/** By the parser's code, and a part of its sentence where the code alone says too little; the first that fits. */
const WORDS: readonly (readonly [code: string, part: string, words: string])[] = [
  [
    'MULTIPLE_DOCS',
    '',
    'a second document begins here (---); channels.yaml is one document, so take this line out, or the second part to a file of its own',
  ],
  ['DUPLICATE_KEY', '', 'this key is in the map already; give each its own name, or remove one'],
  ['NON_STRING_KEY', '', 'a key must be a text, not a list, a map or an alias'],
  [
    'BLOCK_AS_IMPLICIT_KEY',
    'Nested',
    `a colon and a space begin a value, so a text that has them needs quotes; ${QUOTES}`,
  ],
  [
    'BLOCK_IN_FLOW',
    '',
    `a colon and a space begin a value, so a text that has them needs quotes; ${QUOTES}`,
  ],
  ['BAD_SCALAR_START', '', `a text cannot begin with this character; ${QUOTES}`],
  [
    'UNEXPECTED_TOKEN',
    'at node end',
    `the value was over before this; if it is one text, ${QUOTES}`,
  ],
  ['MISSING_CHAR', 'between', `there is no comma before this; if it is one text, ${QUOTES}`],
  [
    'MISSING_CHAR',
    'closing',
    "the quote that begins here has no end; close it, and write a quote inside as \\\" or ''",
  ],
  ['MISSING_CHAR', 'followed by', 'this key has no value; write a colon and a space after it'],
  [
    'MULTILINE_IMPLICIT_KEY',
    '',
    'this line is no key with a value; write a space after the colon, or check the indentation',
  ],
  ['TAB_AS_INDENT', '', 'the line is indented with a tab; indent with spaces'],
  [
    'BAD_INDENT',
    'same column',
    'the line is indented differently from those it belongs to; begin it in their column',
  ],
  [
    'BAD_INDENT',
    'end with',
    'the bracket before this has no end, or what is in it is not indented; close it',
  ],
  [
    'BAD_DQ_ESCAPE',
    '',
    'a text in double quotes has \\ before a character for which that means nothing; write \\\\, or use single quotes',
  ],
];

/** The problems of the grammar, one a line: a mistake often breaks several rules, and the first is the one to mend. */
export function syntaxProblems(document: Document.Parsed, text: string, places: Places): Problem[] {
  const seen = new Set<number>();
  return document.errors.flatMap((error): Problem[] => {
    const place = places.offset(error.pos[0]);
    if (seen.has(place.line)) return [];
    seen.add(place.line);
    const code = error.code === 'DUPLICATE_KEY' ? 'yaml-duplicate-key' : 'yaml-syntax';
    return [{ code, message: wordsFor(error, text), place }];
  });
}

/** Tags that mean nothing here, and %YAML lines for another YAML than 1.2. */
export function tagProblems(document: Document.Parsed, text: string, places: Places): Problem[] {
  const problems = document.warnings
    .filter(({ code }) => code === 'TAG_RESOLVE_FAILED')
    .map(({ pos: [from, to] }): Problem => {
      const message = `${tagName(text, from, to)} is a tag that means nothing here; take it out, or put a text that begins with ! in quotes. For secrets there are "\${NAME}" and "\${file:PATH}"`;
      return { code: 'yaml-tag', message, place: places.offset(from) };
    });
  const { version } = document.directives?.yaml ?? {};
  if (version === undefined || version === '1.2') return problems;
  const message = `channels.yaml is YAML 1.2; take out the line %YAML ${version}`;
  return [
    { code: 'yaml-syntax', message, place: places.offset(Math.max(0, text.indexOf('%YAML'))) },
    ...problems,
  ];
}

/** The tag's name, where it cannot be a password that begins with an exclamation mark: a value follows it. */
function tagName(text: string, from: number, to: number): string {
  const name = text.slice(from, to);
  return TAG_NAME.test(name) && /^[ \t]+[^\s#]/.test(text.slice(to, to + 100)) ? name : 'this !…';
}

function wordsFor({ code, message, pos: [at] }: YAMLError, text: string): string {
  if (text.startsWith('${', at - 1)) return VARIABLE;
  const known = WORDS.find(([like, part]) => like === code && message.includes(part));
  // The parser quotes the text at the place, which may hold a secret.
  return known?.[2] ?? `not YAML: ${message.split('\n')[0]!.replace(/: ".*$/, '')}`;
}

/** What the parser warns of, apart from tags. */
export function warningNotes(document: Document.Parsed, text: string, places: Places): Problem[] {
  return document.warnings
    .filter(({ code }) => code !== 'TAG_RESOLVE_FAILED')
    .map((warning) => ({
      code: 'yaml-syntax',
      message: wordsFor(warning, text),
      place: places.offset(warning.pos[0]),
    }));
}
