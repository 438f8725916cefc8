/**
 * What may be told of a text that came from outside, or from inside Weir: without secrets, and for the public also
 * without absolute paths and stack traces.
 *
 * Every detail of a link, gap, event, error or problem passes here once, in the thread that makes it or in main.
 */

/** Stands where a secret was. */
export const MASK = '•••';
/** Shorter secrets are only masked as whole words: `abc` is part of many. */
const SHORT_BELOW = 6;
/** Longest detail that is stored and served, and longest one in the log; in UTF-16 units. */
export const OPEN_LENGTH_MAX = 300;
const LOG_LENGTH_MAX = 2_000;
/** Longest part of what a peer sent that a detail repeats: a secret that is cut in two cannot be masked. */
export const EXCERPT_LENGTH_MAX = 4_096;

export type Redact = (text: string) => string;

export interface Discretion {
  /** For the log: without secrets. */
  readonly log: Redact;
  /** For store, REST and page: without secrets, absolute paths and stack traces. */
  readonly open: Redact;
}

/** What must not be told. */
export interface Hidden {
  readonly secrets: readonly string[];
  /** Absolute ones: a path in them is shown from there, also if it has spaces. */
  readonly folders: readonly string[];
}

export function discretion({ secrets, folders }: Hidden): Discretion {
  const redact = redactor(secrets);
  return {
    log: (text) => shorten(redact(text), LOG_LENGTH_MAX),
    open: (text) => shorten(withoutPaths(withoutTrace(redact(text)), folders), OPEN_LENGTH_MAX),
  };
}

/** The text, less its middle where it is too long: what is quoted stands there, and what it means at the ends. */
function shorten(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  const tail = Math.floor(lengthMax / 3);
  return `${text.slice(0, lengthMax - tail - 1)}…${text.slice(-tail)}`;
}

/** Masks every secret, also one that is URL-, JSON- or base64-encoded. */
export function redactor(secrets: readonly string[]): Redact {
  const longestFirst = [...new Set(secrets)].sort((a, b) => b.length - a.length);
  const masks = longestFirst.filter((secret) => secret !== '').map(maskOf);
  return (text) => masks.reduce((rest, mask) => mask(rest), text);
}

function maskOf(secret: string): Redact {
  const short = secret.length < SHORT_BELOW;
  const encoded = short ? [] : base64Cores(secret);
  let written: RegExp | null = null;
  return (text) => {
    let rest = text;
    // Only a text with one of these signs can hold it in another form than its own.
    if (short || rest.includes(secret) || /[%+\\]/.test(rest)) {
      written ??= writtenForms(secret, short);
      rest = rest.replace(written, MASK);
    }
    for (const core of encoded) rest = rest.replaceAll(core, MASK);
    return rest;
  };
}

/** Matches the secret with each sign as it is, percent-encoded, or escaped as in JSON (also twice). */
function writtenForms(secret: string, short: boolean): RegExp {
  const signs = [...secret].map((sign) => `(?:${formsOf(sign).join('|')})`).join('');
  if (!short) return new RegExp(signs, 'gu');
  const base64 = literals(Buffer.from(secret).toString('base64').replace(/=+$/, ''));
  return new RegExp(`(?<!${WORD})(?:${signs}|${base64}=*)(?!${WORD})`, 'gu');
}

const WORD = '[\\p{L}\\p{N}_]';

/** One sign in all its forms, as patterns. */
function formsOf(sign: string): string[] {
  const bytes = [...Buffer.from(sign)].map((byte) => `%${anyCase(byte, 2)}`);
  const units = [...Array(sign.length).keys()].map((index) => anyCase(sign.charCodeAt(index), 4));
  const forms = [
    `\\\\{0,4}${literals(sign)}`,
    bytes.join(''),
    units.map((unit) => `\\\\{1,4}u${unit}`).join(''),
  ];
  if (sign === ' ') forms.push('\\+');
  if (CONTROLS[sign]) forms.push(`\\\\{1,4}${CONTROLS[sign]}`);
  return forms;
}

const CONTROLS: Readonly<Record<string, string>> = { '\n': 'n', '\r': 'r', '\t': 't' };

function literals(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&');
}

/** A pattern for the number in hexadecimal digits, in small letters or capitals. */
function anyCase(value: number, digits: number): string {
  const text = value.toString(16).padStart(digits, '0');
  return text.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

/** What base64 makes of the secret wherever it stands in a longer text: less the signs that its neighbours change. */
function base64Cores(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    const from = Math.ceil((before * 8) / 6);
    const to = Math.floor(((before + bytes.length) * 8) / 6);
    const core = text.slice(from, to);
    return [...new Set([core, core.replaceAll('+', '-').replaceAll('/', '_')])];
  });
}

/** The text up to a stack trace, in one line. */
function withoutTrace(text: string): string {
  const end = text.search(/\n\s*(?:at |Require stack:)/);
  return (end < 0 ? text : text.slice(0, end)).replace(/\s+/g, ' ').trim();
}

const QUOTED_PATH = /(['"`])(?:file:\/\/)?\/(?:[^'"`\n]*\/)?([^'"`\n/]+)\1/g;
const PATH =
  /(?<![\p{L}\p{N}_:/.%~•-])(?:file:\/\/)?(?:\/[^\s/'"`:;,()<>|]+)*\/([^\s/'"`:;,()<>|]+)/gu;
const WINDOWS_PATH = /\b[A-Za-z]:\\(?:[^\\\s'"]+\\)*([^\\\s'"]+)/g;

/** Absolute paths become the names of their files. A lone `/word` without a dot is not taken for one. */
function withoutPaths(text: string, folders: readonly string[]): string {
  let rest = text;
  for (const folder of folders) {
    if (folder.length > 1) rest = rest.replace(pathsIn(folder), '');
  }
  return rest
    .replace(QUOTED_PATH, '$1$2$1')
    .replace(PATH, (path, name: string) => (isLoneWord(path) ? path : name))
    .replace(WINDOWS_PATH, '$1');
}

/** What begins a path in the folder. */
function pathsIn(folder: string): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}_.-])(?:file://)?${literals(folder)}/`, 'gu');
}

function isLoneWord(path: string): boolean {
  return /^\/[^/.]+$/.test(path);
}
