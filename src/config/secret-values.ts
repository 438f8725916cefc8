/**
 * Which values of channels.yaml are secrets, and so are masked wherever Weir says something.
 *
 * 1. What a variable or a file gave (`${NAME}`, `${file:PATH}`), but for what anyone may see: host and port of an
 *    address, and the parts of the file that are shown (titles, charts, listen …).
 * 2. What stands under a key whose name says so: secret, password, token, appkey, apiKey, Authorization, Cookie …
 * 3. In an address: user and password, and parameters whose name says so, or whose value is of 1.
 *
 * An alias counts as the text that it stands for. A default in the file (`${NAME:-default}`) is no secret.
 */
import { userInfoOf, wordsOf } from './secret-parts.ts';
import { type Surroundings, valuesGiven } from './variables.ts';

/** Names of keys, in single words, whose values are secrets. */
const SECRET_WORDS = new Set(
  'secret secrets password passwd passphrase pass pwd token tokens appkey apikey auth authorization bearer credential credentials cookie jwt signature'.split(
    ' ',
  ),
);
/** The same in two words. */
const SECRET_PAIRS = /\b(api|app|access|private|secret|signing|client|subscription) (key|secret)\b/;
/** Parts of the file that are shown, or that describe what a feed sends. By path; `*` is any one step. */
const OPEN_PARTS = [
  'listen timezone retain threads charts allowedHosts allowedOrigins trustProxy access basePath',
  'channels.*.title channels.*.description channels.*.chart channels.*.was channels.*.group channels.*.tags',
  'channels.*.feed.kind rtm.listen',
  'channels.*.processor.kind channels.*.processor.key channels.*.processor.value',
  ...['only', 'ignore', 'ready', 'refused', 'messages', 'time', 'sequence', 'cursor', 'key'].map(
    (key) => `channels.*.feed.${key}`,
  ),
]
  .join(' ')
  .split(' ')
  .map((path) => path.split('.'));
/** Maps whose keys are names that the user chose. */
const NAMES = new Set(['channels', 'rtm.roles', 'outlets', 'doors', 'routes']);
/** The appkey of the demo stands in the documentation: masking it would hide the word "demo". */
const WELL_KNOWN = new Set(['demo']);
const DEPTH_MAX = 100;

export interface SecretSources extends Surroundings {
  /** The data with its variables as they are in the file. */
  readonly written: unknown;
  /** The same data with their values. */
  readonly data: unknown;
}

/** Every secret in the file. Data of any shape gives an answer. */
export function secretsIn({ written, data, ...surroundings }: SecretSources): string[] {
  const found = new Set<string>();
  const add = (text: string) => {
    if (text !== '' && !WELL_KNOWN.has(text)) found.add(text);
  };
  const visit = (before: unknown, after: unknown, path: readonly string[], named: boolean) => {
    if (path.length > DEPTH_MAX || isOpen(path)) return;
    if (typeof after === 'object' && after !== null) {
      for (const [key, value] of Object.entries(after)) {
        const says = !Array.isArray(after) && !NAMES.has(path.join('.')) && isSecretName(key);
        visit(child(before, key), value, [...path, key], named || says);
      }
      return;
    }
    if (after === null || after === undefined || typeof after === 'boolean') return;
    const text = String(after);
    // A number is a setting, unless its name says otherwise.
    const isText = typeof before === 'string' && typeof after === 'string';
    const given = isText ? hiddenValues(before, surroundings) : [];
    given.forEach(add);
    if (named) secretTexts(text).forEach(add);
    addressSecrets(text, given.length > 0).forEach(add);
  };
  visit(written, data, [], false);
  return [...found];
}

/** Whether the key's name says that its value is a secret. */
export function isSecretName(name: string): boolean {
  const words = wordsOf(name);
  return words.some((word) => SECRET_WORDS.has(word)) || SECRET_PAIRS.test(words.join(' '));
}

function child(parent: unknown, key: string): unknown {
  const has = typeof parent === 'object' && parent !== null && Object.hasOwn(parent, key);
  return has ? (parent as Record<string, unknown>)[key] : undefined;
}

function isOpen(path: readonly string[]): boolean {
  return OPEN_PARTS.some(
    (part) =>
      part.length === path.length && part.every((step, i) => step === '*' || step === path[i]),
  );
}

/** What variables and files put into a text; not what became host or port of an address. */
function hiddenValues(written: string, surroundings: Surroundings): string[] {
  if (!written.includes('${')) return [];
  const { text, given } = valuesGiven(written, surroundings);
  const authority = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#]*@)?([^/?#@]*)/i.exec(text);
  const to = authority === null ? 0 : authority[0].length;
  const from = authority === null ? 0 : to - authority[1]!.length;
  return given.filter(({ at }) => at < from || at >= to).map(({ value }) => value);
}

/** A value under a secret's name, and the parts of it that are secrets on their own, as in `Bearer abc` or `sid=abc`. */
function secretTexts(text: string): string[] {
  const [, scheme, rest] = /^([A-Za-z][\w-]*) +(\S.*)$/.exec(text) ?? [];
  const parts = [text];
  if (rest !== undefined) parts.push(rest);
  if (scheme?.toLowerCase() === 'basic') {
    const pair = Buffer.from(rest!, 'base64').toString('utf8');
    parts.push(pair, pair.slice(pair.indexOf(':') + 1));
  }
  for (const [, value] of text.matchAll(/(?:^|; *)[\w-]+=([^;]+)/g)) parts.push(value!);
  return parts;
}

function addressSecrets(text: string, given: boolean): string[] {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return [];
  const url = URL.parse(text);
  if (url === null) return userInfoOf(text);
  const parameters = [...url.searchParams].filter(([name]) => given || isSecretName(name));
  return [...userInfoOf(text), ...parameters.map(([, value]) => value)];
}
